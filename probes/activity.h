// What the threads of an instance did, moment by moment: from the events of tier `cpu`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "probes/events.h"
#include "results/model/account.h"

namespace coldstart::probes {

/// What a thread waits for that blocks uninterruptibly with that kernel stack; see
/// Session::kernel_wait.
using KernelWait = std::function<std::string(int stack)>;

/// Times are CLOCK_MONOTONIC nanoseconds, ends exclusive.
struct Activity {
  enum class State : std::uint8_t { kWait, kDisk, kRunnable, kCpu };
  /// What the instance as a whole did. Segments follow each other without gaps.
  struct Segment {
    std::int64_t begin_ns = 0, end_ns = 0;
    State state = State::kWait;
    std::string waits_for;  ///< kWait
  };
  /// One thread was on a CPU.
  struct CpuRun {
    std::uint32_t tid = 0;
    std::int64_t begin_ns = 0, end_ns = 0;
  };
  /// By how much the counters of a thread rose between two of its events.
  struct Rise {
    std::uint32_t tid = 0;
    std::int64_t begin_ns = 0, end_ns = 0;
    std::int64_t minor_faults = 0, major_faults = 0, read_bytes = 0;
  };
  /// A thread is in another state from here on; without a state: it has ended.
  struct Change {
    std::uint32_t pid = 0, tid = 0;
    std::int64_t at_ns = 0;
    std::optional<State> state;
    std::string waits_for;  ///< kWait
  };
  std::vector<Segment> segments;
  std::vector<CpuRun> runs;
  std::vector<std::int64_t> switches;  ///< when a thread left a CPU
  std::vector<Rise> rises;
  std::vector<Change> changes;  ///< also those outside of the time that is followed; if asked for

  /// How [begin, end) divides.
  TimeSplit split(std::int64_t begin_ns, std::int64_t end_ns) const;
};

/// Follows all threads of an instance from `from_ns` to `to_ns`. The events must be in order of
/// time. `changes`: whether to keep the states of each thread as well.
Activity follow_threads(const std::vector<Event>& events, std::int64_t from_ns, std::int64_t to_ns,
                        const KernelWait& kernel_wait, bool changes = false);

}  // namespace coldstart::probes
