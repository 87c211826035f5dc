// TCP ports of loopback for instances: many at once, none given out twice.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

namespace coldstart::harness {

/// A TCP port of loopback that nobody uses now. Throws Error. Nothing keeps the next caller, or a
/// client's own end of a connection, from getting the same.
int free_port();

/// Gives out ports outside of the range from which the kernel takes the clients' ends of
/// connections (net.ipv4.ip_local_port_range), so that none is taken while its function starts.
/// Begins at a place of its own, so that two runs at the same time hardly meet. Where the kernel's
/// range leaves nothing, ports are as free_port() finds them.
class PortPool {
 public:
  PortPool();

  /// A port that nobody listens on and that is not given out. Throws Error if there is none.
  int take();
  void give_back(int port) { taken_.erase(port); }

 private:
  int first_ = 0;  // the range, both included
  int last_ = -1;
  int next_ = 0;
  std::set<int> taken_;
};

/// A port while it is given out.
class PortLease {
 public:
  PortLease() = default;
  explicit PortLease(PortPool& pool) : pool_(&pool), port_(pool.take()) {}
  ~PortLease() {
    if (pool_ != nullptr) pool_->give_back(port_);
  }
  PortLease(const PortLease&) = delete;
  PortLease& operator=(const PortLease&) = delete;
  PortLease(PortLease&& other) noexcept : pool_(other.pool_), port_(other.port_) {
    other.pool_ = nullptr;
  }
  PortLease& operator=(PortLease&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(port_, other.port_);
    return *this;
  }

  int port() const { return port_; }

 private:
  PortPool* pool_ = nullptr;
  int port_ = 0;
};

}  // namespace coldstart::harness
