// What the processes and threads of one start did, moment by moment: for a trace viewer. Tier
// `cpu`. Kept only where it was asked for, since it is most of what there is to keep of a start.
//
// Moments are nanoseconds since `due`. What was there before `due` (a warm instance) begins at 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart {

enum class ThreadState : std::uint8_t {
  kCpu,       ///< on a CPU
  kRunnable,  ///< could run, and waits for a CPU
  kDisk,      ///< blocked on disk
  kWait,      ///< blocked otherwise
};

/// "cpu", "runnable", "disk", "wait".
std::string_view name(ThreadState state);
std::optional<ThreadState> thread_state_from_name(std::string_view text);

/// From this moment to that of the next change, or to the end of the thread.
struct ThreadChange {
  std::int64_t at_ns = 0;
  ThreadState state = ThreadState::kRunnable;
  std::string waits_for;  ///< kWait: "futex", "poll", … as in TimeSplit::waits

  bool operator==(const ThreadChange&) const = default;
};

struct ThreadTrack {
  std::int64_t tid = 0;
  std::string name;                   ///< as the kernel last had it; empty: not seen
  std::vector<ThreadChange> changes;  ///< in order, at least one
  std::int64_t end_ns = 0;            ///< its end, or that of what was measured

  bool operator==(const ThreadTrack&) const = default;
};

/// A program that a process executed, from here to its next one or to its end.
struct ExecutedProgram {
  std::string path;  ///< as it was passed to exec
  std::int64_t at_ns = 0;

  bool operator==(const ExecutedProgram&) const = default;
};

struct ProcessTrack {
  std::int64_t pid = 0;
  std::optional<std::int64_t> parent;  ///< absent: not one of the instance
  std::int64_t begin_ns = 0;
  std::optional<std::int64_t> end_ns;  ///< absent: it lived on
  std::vector<ExecutedProgram> programs;
  std::vector<ThreadTrack> threads;  ///< in order of their first change

  bool operator==(const ProcessTrack&) const = default;
};

}  // namespace coldstart
