// What a load brings, held back until it disturbs nobody: records are built and handed over between
// requests, in batches.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "results/model/record.h"

namespace coldstart::harness {

/// Where the parts of a run go. Called in batches, at moments in which nothing is measured as far
/// as there are any.
struct LoadSink {
  std::function<void(std::span<const Start>)> starts;
  std::function<void(std::span<const Invocation>)> invocations;
  std::function<void(std::span<const InstanceLife>)> instances;
};

/// Buffers. Holds at most about 16 MiB, then hands over whether it disturbs or not.
class Outbox {
 public:
  explicit Outbox(const LoadSink& sink) : sink_(sink) {}
  ~Outbox() = default;
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  void add(Start start);
  void add(Invocation invocation);
  void add(InstanceLife life);

  /// Hands over what there is.
  void flush();
  /// The same if it is worth a transaction: something is there and waits for a second, or much is.
  void flush_if_due(std::int64_t now_ns);

 private:
  bool full() const;

  const LoadSink& sink_;
  std::vector<Start> starts_;
  std::vector<Invocation> invocations_;
  std::vector<InstanceLife> instances_;
  std::int64_t last_flush_ns_ = 0;
};

}  // namespace coldstart::harness
