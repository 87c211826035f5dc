// Runtimes: how a function is started. One file a runtime; this header is all the platform knows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/suite/suite.h"

namespace coldstart::harness {

/// Where and for whom an instance is started.
struct LaunchContext {
  std::filesystem::path run_directory;  ///< temporary, of this run, removed afterwards
  std::uint64_t instance = 0;
  std::string mark;  ///< value of COLDSTART_INSTANCE, see spawn.h
  int port = 0;      ///< offered in $PORT; 0: none
  /// The lowest number that no other living instance of the function has: files that are written
  /// for an instance are the same ones at the next start.
  int slot = 0;
  std::filesystem::path cgroup;  ///< container: the group to be made; empty: the engine chooses
};

/// A command ready for the launcher. Making it (writing a bundle's config.json, say) is preparation
/// and not part of the measured time.
struct LaunchPlan {
  std::string executable;  ///< a path
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  ///< complete
  std::filesystem::path directory;
  std::vector<std::string> cleanup;  ///< see LaunchRequest
  std::string cleanup_if_exists;
  std::string program;           ///< container: the program inside, as the kernel will see its name
  std::filesystem::path rootfs;  ///< container: the root filesystem, else empty
};

/// What the machine lacks to start this function, with what to install: "needs crun; apt-get
/// install crun". Absent if nothing is missing.
std::optional<std::string> missing(const FunctionSpec& function);

/// The port that the function was told to listen on: its `port`, else PORT in its `env`. Absent if
/// neither says one: then it is offered one of our choice.
std::optional<int> configured_port(const FunctionSpec& function);

/// What the runtime says of itself: "openjdk version 17.0.15", or empty if it says nothing.
std::string runtime_version(const FunctionSpec& function);

/// The command as a user would type it, for reports.
std::vector<std::string> displayed_command(const FunctionSpec& function);

/// Prepares one start. Throws Error if preparation fails (the temporary directory is full, say).
LaunchPlan plan_launch(const FunctionSpec& function, const LaunchContext& context);

// ---- for the files of the runtimes
// -----------------------------------------------------------------

/// Searches PATH, or checks the path itself if it has a slash. Empty: not found or not executable.
std::string find_executable(const std::string& program);

/// "needs java; apt-get install PACKAGE"; for a path that was given: that it is wrong.
std::string lacks(const std::string& program, const std::string& package);

/// Our environment, the function's, PORT and HOST and the mark, later ones win.
std::vector<std::string> make_environment(const FunctionSpec& function,
                                          const LaunchContext& context, bool inherit);

/// Runs a command and returns the first line that it prints on standard output or standard error.
/// Empty if it cannot be run or ends with an error.
std::string first_line_of(const std::vector<std::string>& command);

/// How one runtime does these things.
struct RuntimeKindOperations {
  std::optional<std::string> (*missing)(const FunctionSpec&);
  std::vector<std::string> (*version_command)(const FunctionSpec&);  ///< empty: says nothing
  std::vector<std::string> (*command)(const FunctionSpec&);          ///< with the program resolved
  void (*prepare)(const FunctionSpec&, const LaunchContext&, LaunchPlan&);  ///< may be null
};
const RuntimeKindOperations& native_runtime();
const RuntimeKindOperations& container_runtime();
const RuntimeKindOperations& jvm_runtime();
const RuntimeKindOperations& node_runtime();
const RuntimeKindOperations& python_runtime();

}  // namespace coldstart::harness
