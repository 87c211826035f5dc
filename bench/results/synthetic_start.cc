#include "bench/results/synthetic_start.h"

namespace coldstart::bench {

Start synthetic_start(const std::string& function, int trial, std::int64_t latency_ns) {
  Start start;
  start.function = function;
  start.trial = trial;
  start.order = trial;
  start.instance = static_cast<std::uint64_t>(trial);
  start.pid = 1000 + trial;
  start.port = 40000;
  start.http_status = 200;
  constexpr auto kLast = static_cast<std::int64_t>(Boundary::kResponded);
  for (std::int64_t i = 0; i <= kLast; ++i) {
    start.timeline.set(static_cast<Boundary>(i), latency_ns * i / kLast);
  }
  start.timeline.set(Boundary::kCompleted, latency_ns + 20'000);
  return start;
}

}  // namespace coldstart::bench
