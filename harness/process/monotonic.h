// The one clock: CLOCK_MONOTONIC, the same that bpf_ktime_get_ns reads in the kernel.
#pragma once

#include <cstdint>
#include <ctime>

namespace coldstart::harness {

inline std::int64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace coldstart::harness
