// How many instances Knative's pod autoscaler (KPA) would want: arithmetic, no clock.
//
// After knative/serving, docs/scaling/SYSTEM.md and pkg/autoscaler/scaling/autoscaler.go: every
// tick the concurrency of the function, averaged over a stable and a panic window of one-second
// buckets, is divided by the target per instance. Panic begins when the panic window wants at least
// panic_threshold times the ready instances; while it lasts nothing is taken away, and it ends a
// stable window after the last such tick. The first instance is asked for by the request itself
// (the activator's poke), not by a tick.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "harness/suite/load_spec.h"

namespace coldstart::harness {

class Autoscaler {
 public:
  /// `spec`: its times in real time. Buckets are of `bucket_ns`. Begins at 0.
  Autoscaler(const PlatformSpec& spec, std::int64_t bucket_ns);

  /// From `now_ns` on so many requests are in the system: with an instance or waiting for one.
  void observe(std::int64_t now_ns, int requests);

  struct Wish {
    int instances = 0;
    bool panics = false;
    double stable_average = 0;  ///< requests at once
    double panic_average = 0;
  };
  /// The decision of a tick, `ready` instances being ready and `exist` being there at all. Between
  /// min_instances and max_instances. Never 0 before scale_to_zero_grace has passed since a tick
  /// first wanted none.
  Wish decide(std::int64_t now_ns, int ready, int exist);

 private:
  void advance(std::int64_t now_ns);
  double average(std::int64_t now_ns, std::int64_t window_ns) const;

  PlatformSpec spec_;
  std::int64_t bucket_ns_;
  std::deque<double> full_;  // integrals of requests over whole buckets, the oldest first
  std::int64_t bucket_begin_ns_ = 0;
  double current_ = 0;  // integral over the bucket that goes on
  std::int64_t observed_ns_ = 0;
  int requests_ = 0;
  std::optional<std::int64_t> panic_ns_;  // the last tick over the threshold
  int most_in_panic_ = 0;
  std::optional<std::int64_t> zero_since_ns_;
};

}  // namespace coldstart::harness
