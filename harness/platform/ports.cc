#include "harness/platform/ports.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <netinet/in.h>
#include <random>
#include <sys/socket.h>

#include "probes/fd.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

constexpr int kLastPort = 65535;
constexpr int kFirstUnprivileged = 10'000;  // below: many that other programs like
constexpr int kEnough = 2'000;

// Binds port (0: any) of loopback; returns the port, 0 if that does not work.
int try_to_bind(int port) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) throw Error("socket", std::strerror(errno), "raise ulimit -n");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<in_port_t>(port));
  socklen_t size = sizeof(address);
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) return 0;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

int free_port() {
  const int port = try_to_bind(0);
  if (port == 0) throw Error("loopback", std::string("no free TCP port: ") + std::strerror(errno));
  return port;
}

PortPool::PortPool() {
  int low = kLastPort;
  int high = kLastPort;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> low >> high;
  if (low - kFirstUnprivileged >= kEnough) {
    first_ = kFirstUnprivileged;
    last_ = low - 1;
  } else if (kLastPort - high >= kEnough) {
    first_ = high + 1;
    last_ = kLastPort;
  }
  if (last_ >= first_) {
    next_ = first_ +
            static_cast<int>(std::random_device()() % static_cast<unsigned>(last_ - first_ + 1));
  }
}

int PortPool::take() {
  for (int tried = 0; tried <= last_ - first_; ++tried) {
    const int port = next_;
    next_ = next_ == last_ ? first_ : next_ + 1;
    if (!taken_.contains(port) && try_to_bind(port) == port) {
      taken_.insert(port);
      return port;
    }
  }
  for (int tried = 0; tried < kEnough; ++tried) {
    const int port = free_port();
    if (taken_.insert(port).second) return port;
  }
  throw Error("loopback", "no free TCP port for another instance", "set max_instances");
}

}  // namespace coldstart::harness
