// The account of one cold start: why the time of each phase passed, and on what.
//
// Everything here is optional: it is filled by the probe tiers `cpu`, `files` and `runtime`, and a
// part whose tier was off is absent, never empty-looking zeros. Times are nanoseconds; moments are
// since `due`, like the boundaries.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "results/model/boxed.h"
#include "results/model/tracks.h"

namespace coldstart {

/// How a span of time divides. At each moment exactly one holds, the first that applies: a thread
/// of the instance is on a CPU; one is runnable but waits for a CPU; one is blocked on disk; all
/// are blocked otherwise (or the instance does not exist yet). The four add up to the span.
struct TimeSplit {
  std::int64_t cpu_ns = 0;
  std::int64_t runnable_ns = 0;
  std::int64_t disk_ns = 0;
  std::int64_t wait_ns = 0;
  /// What `wait_ns` was for, as far as the kernel can tell: that of the thread whose wake-up ended
  /// the wait. "futex", "poll", "pipe", "socket", "sleep", "child", "rcu", "kernel lock",
  /// "launcher" (before the first fork), … The values add up to wait_ns.
  std::map<std::string, std::int64_t> waits;

  std::int64_t total_ns() const { return cpu_ns + runnable_ns + disk_ns + wait_ns; }
  bool operator==(const TimeSplit&) const = default;
};

/// Causes of one phase. Tier `cpu`.
struct PhaseCauses {
  std::string phase;  ///< PhaseSpan::name(): "link", or "runtime+app"
  TimeSplit time;
  std::int64_t cpu_time_ns = 0;  ///< CPU time over all threads; may exceed the phase
  std::int64_t context_switches = 0;
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  std::int64_t read_bytes = 0;  ///< from block devices, /proc/PID/io

  bool operator==(const PhaseCauses&) const = default;
};

/// A shared object that the instance mapped to execute. Tier `files`.
struct Library {
  std::string path;                          ///< as the instance named it
  std::int64_t bytes = 0;                    ///< size of the file
  std::optional<std::int64_t> opened_ns;     ///< begin of its open; absent: the kernel mapped it
  std::optional<std::int64_t> mapped_ns;     ///< end of its last mapping that belongs to that open
  std::optional<std::int64_t> cached_bytes;  ///< in the page cache before the start
  /// Mapped before the program was entered; else by dlopen. Absent: nobody saw when that was.
  std::optional<bool> at_startup;

  bool operator==(const Library&) const = default;
};

/// A file, not a shared object, that was read or mapped before the response. Tier `files`.
struct FileUse {
  std::string path;  ///< as the instance named it
  std::int64_t reads = 0;
  std::int64_t bytes = 0;    ///< that read calls returned
  std::int64_t time_ns = 0;  ///< inside open and read calls

  bool operator==(const FileUse&) const = default;
};

struct FilesRead {
  std::int64_t files = 0;  ///< how many different ones
  std::int64_t bytes = 0;
  std::int64_t time_ns = 0;
  std::vector<FileUse> top;  ///< the ten that took the longest, longest first

  bool operator==(const FilesRead&) const = default;
};

/// A part of the phase `sandbox`; all of them add up to it. Tiers `files` and `cpu`.
struct SandboxStep {
  std::string name;  ///< "exec", "cgroup", "namespaces", "mounts", "security", "own code", …
  std::int64_t calls = 0;  ///< system calls that belong to it
  TimeSplit time;

  bool operator==(const SandboxStep&) const = default;
};

/// A module, class or import with its time. Tier `runtime` (Node.js: `files`).
struct NamedTime {
  std::string name;
  std::int64_t begin_ns = 0;
  std::int64_t total_ns = 0;  ///< with everything that it loaded itself
  std::int64_t self_ns = 0;   ///< without

  bool operator==(const NamedTime&) const = default;
};

/// Inside a JVM, before the first response.
struct JvmAccount {
  std::optional<std::int64_t> init_begin_ns;  ///< vm__init__begin
  std::int64_t classes = 0;
  std::int64_t shared_classes = 0;            ///< of these, from a class data archive
  std::optional<std::int64_t> main_class_ns;  ///< first class of the application was loaded
  std::optional<bool> main_class_shared;      ///< that class came from a class data archive
  std::int64_t classes_before_main = 0;
  std::int64_t compilations = 0;
  std::int64_t compile_ns = 0;  ///< summed over compiler threads
  std::int64_t collections = 0;
  std::int64_t gc_ns = 0;

  bool operator==(const JvmAccount&) const = default;
};

/// Inside a Python interpreter, before the first response.
struct PythonAccount {
  std::int64_t imports = 0;
  std::vector<NamedTime> top;  ///< ten, by total time, longest first

  bool operator==(const PythonAccount&) const = default;
};

/// Inside Node.js, before the first response.
struct NodeAccount {
  std::optional<std::int64_t> bootstrap_ns;  ///< entered -> bootstrap complete
  std::int64_t modules = 0;                  ///< script files that were read
  std::vector<NamedTime> top;

  bool operator==(const NodeAccount&) const = default;
};

/// What was in the page cache just before a start, of all files that a rehearsal was seen to touch.
struct CacheProof {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::int64_t cached_bytes = 0;
  bool proven = false;  ///< that the wanted cache state held, but for pinned files
  std::string reason;   ///< why not; or, if it did, which files were pinned
  /// Of `files`, those that cannot be evicted whatever one does: a process has them mapped
  /// (libc.so.6 is mapped by everyone), or their file system has no disk.
  std::int64_t pinned_files = 0;
  std::int64_t pinned_bytes = 0;  ///< what of them is cached

  bool operator==(const CacheProof&) const = default;
};

struct Account {
  std::vector<PhaseCauses> causes;  ///< one a phase, in order; empty: tier `cpu` was off
  Boxed<std::vector<Library>> libraries;
  Boxed<FilesRead> files;
  Boxed<std::vector<SandboxStep>> sandbox;
  Boxed<JvmAccount> jvm;
  Boxed<PythonAccount> python;
  Boxed<NodeAccount> node;
  Boxed<CacheProof> cache;
  Boxed<std::vector<ProcessTrack>> processes;  ///< in order of their begin; if asked for
  /// Parts that are absent although they would apply, and why: {"causes", "tier cpu is off: …"}.
  std::map<std::string, std::string> absent;

  bool operator==(const Account&) const = default;
};

}  // namespace coldstart
