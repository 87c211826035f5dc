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
  std::vector<int> cgroup_fds;  ///< cgroup.procs of groups that it joins before it is executed
};

struct SpawnResult {
  pid_t pid = 0;
  int error = 0;       ///< errno of what failed; 0: the program was executed
  int mark_error = 0;  ///< errno: the map could not be written, so nothing was started
};

/// Starts the process as leader of a session of its own, with no signal blocked. What the caller
/// ignores stays ignored: the launcher ignores nothing, so that its children do not either. Uses
/// vfork: returns when the program was executed (or could not be). `spawners_map`: see
/// Session::spawners_fd; -1 for none.
SpawnResult spawn(const SpawnCommand& command, int spawners_map, std::uint64_t instance);

/// Runs a command to its end with no input and no output; kills it after `limit`. Returns whether
/// it ended with exit code 0.
bool run_and_wait(const std::vector<std::string>& command, std::chrono::seconds limit);

}  // namespace coldstart::harness
