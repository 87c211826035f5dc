// Spawning one process with Boost.Process, marked for the probes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace coldstart::harness {

/// Every process of an instance has this variable in its environment; the value names the launcher
/// and the instance, so that an orphan can be told apart from those of another run.
inline constexpr std::string_view kInstanceVariable = "COLDSTART_INSTANCE";
std::string instance_mark(pid_t launcher, std::uint64_t instance);

struct SpawnCommand {
  std::string executable;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string directory;
  int stdin_fd = -1, stdout_fd = -1, stderr_fd = -1;
  /// `tasks` of groups of cgroups v1 that it joins before it is executed. Not cgroup.procs: a
  /// thread that moves itself, and nobody else, takes no lock that waits for a grace period
  /// ("cgroup: Optimize single thread migration", Linux 5.5), some 10 ms.
  std::vector<int> group_tasks;
  /// Folder of a group of cgroups v2 that it is born in (clone3(2), CLONE_INTO_CGROUP, Linux 5.7):
  /// no move, no grace period. -1: none.
  int group_folder = -1;
};

struct SpawnResult {
  pid_t pid = 0;
  int error = 0;       ///< errno of what failed; 0: the program was executed
  int mark_error = 0;  ///< errno: the map could not be written, so nothing was started
};

/// Starts the process as leader of a session of its own, with no signal blocked. What the caller
/// ignores stays ignored: the launcher ignores nothing, so that its children do not either. Uses
/// vfork (for a group of cgroups v2, clone3 with CLONE_VFORK): returns when the program was
/// executed (or could not be). `spawners_map`: see Session::spawners_fd; -1 for none.
SpawnResult spawn(const SpawnCommand& command, int spawners_map, std::uint64_t instance);

/// Runs a command to its end with no input and no output; kills it after `limit`. Returns whether
/// it ended with exit code 0.
bool run_and_wait(const std::vector<std::string>& command, std::chrono::seconds limit);

}  // namespace coldstart::harness
