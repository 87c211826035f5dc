// The launcher: a small process of its own that starts instances and ends them.
//
// It is forked from coldstart at the very beginning and does nothing but spawn (Boost.Process,
// vfork), reap and kill. It is the subreaper of everything it starts, so that no process of an
// instance can get away, however often it forks. If coldstart dies, even by SIGKILL, the launcher
// notices, ends all instances, removes what they left (containers, the run's temporary directory)
// and ends itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "harness/process/cgroup.h"
#include "probes/fd.h"

namespace coldstart::harness {

/// What to start. Descriptors stay the caller's; the launcher gets duplicates.
struct LaunchRequest {
  std::uint64_t instance = 0;                         ///< not 0; unique in the life of the launcher
  std::string executable;                             ///< a path; PATH is not searched
  std::vector<std::string> arguments;                 ///< with argv[0]
  std::vector<std::string> environment;               ///< "K=V", complete
  std::string directory;                              ///< working directory; empty: ours
  int stdin_fd = -1, stdout_fd = -1, stderr_fd = -1;  ///< all three must be open

  /// Run after the last process of the instance has gone, if the path exists by then: removes a
  /// container that was not ended in an orderly way. First element a path. Cgroups that have the
  /// name of the path's last part are removed in any case.
  std::vector<std::string> cleanup;
  std::string cleanup_if_exists;

  /// The first process is in these groups before it is executed. The launcher must own them.
  CgroupSet cgroups;
};

/// What the launcher tells.
struct LaunchReport {
  enum class Kind : std::uint8_t {
    kFailed,    ///< nothing was executed: `error` says why
    kUnmarked,  ///< the map of spawners could not be written: our own error, nothing was executed
    kExited,    ///< the first process has ended: `wait_status`, and `last`
    kEmpty,     ///< after kExited without `last`: no process of the instance is left, though it was
                ///< not stopped
    kGone,      ///< the instance was stopped and no process of it is left
  };
  Kind kind = Kind::kFailed;
  std::uint64_t instance = 0;
  std::int64_t time_ns = 0;  ///< CLOCK_MONOTONIC at which the launcher knew it, before it cleans up
  int error = 0;             ///< errno
  pid_t pid = 0;
  int wait_status = 0;  ///< as wait(2) gives it
  bool last = false;    ///< kExited: no process of any instance was left
  /// kExited and kGone, where the instance has a group for memory; else negative.
  std::int64_t peak_memory_bytes = -1;
  std::int64_t memory_kills = -1;  ///< see MemoryUse
  std::int64_t memory_hits = -1;
};

class Launcher {
 public:
  /// Forks the launcher. Call it before anything else: before threads, before memory is used.
  Launcher();
  /// Ends all instances at once and waits for the launcher.
  ~Launcher();
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  /// From now on the launcher marks its forks in this map, see probes::Session::spawners_fd.
  void use_spawners_map(int map_fd);
  /// From now on the launcher removes this directory, and all in it, when it ends.
  void own_directory(const std::string& path);
  /// From now on the launcher removes these groups after the end of the instance, or of itself. To
  /// be called before they are made, so that nothing can be left.
  void own_cgroups(std::uint64_t instance, const CgroupSet& cgroups);
  /// The instance will not be launched: the launcher removes its groups.
  void disown_cgroups(std::uint64_t instance);
  /// crun (1.8) refuses a hybrid cgroup layout whose v2 side has controllers. Hides the v2 side
  /// from the launcher and all that it starts, in a mount namespace of its own: crun sees cgroups
  /// v1. Groups that the launcher owns there are still removed.
  void hide_hybrid_cgroup();

  /// Starts an instance. Returns as soon as the request is handed over; a failure comes as a
  /// report. Throws Error if the request is larger than a message may be, or the launcher is gone.
  void launch(const LaunchRequest& request);

  /// Ends an instance: SIGTERM to its process group, after `grace` SIGKILL to all its processes;
  /// then kGone is reported. A grace of zero kills at once.
  void stop(std::uint64_t instance, std::chrono::milliseconds grace);

  /// Readable when a report has come.
  int fd() const { return socket_.get(); }
  /// The next report, absent if none has come. Throws Error if the launcher is gone.
  std::optional<LaunchReport> receive();
  pid_t pid() const { return pid_; }

 private:
  void send(const std::string& bytes, const std::vector<int>& descriptors = {});
  Fd socket_;
  pid_t pid_ = -1;
};

/// Where version 2 is mounted beside version 1.
inline constexpr const char* kHybridCgroup = "/sys/fs/cgroup/unified";
/// Whether /sys/fs/cgroup is such a layout as crun refuses, see Launcher::hide_hybrid_cgroup.
bool has_hybrid_cgroup_controllers();

}  // namespace coldstart::harness
