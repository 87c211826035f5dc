// Programs that instances execute: what files they consist of, and which of the tiers can see them.
//
// A rehearsal start shows which programs a function executes. Each is held open while its process
// still exists (a container's root filesystem is gone with it), then examined: the uprobes of the
// tiers `loader` and `runtime` are attached to exactly the files that were used, wherever they lie.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "probes/events.h"
#include "probes/fd.h"

namespace coldstart::probes {

/// How a program is recognised when a later start executes it. Not by device: overlay filesystems
/// get a new one for every container.
struct ProgramKey {
  std::uint64_t inode = 0;
  std::string filename;  ///< as passed to exec
  auto operator<=>(const ProgramKey&) const = default;
};
ProgramKey key_of(const Event& exec);

/// A device as the kernel numbers it inside itself (cs_file, cs_call), from what stat(2) says.
/// Source: include/linux/kdev_t.h.
std::uint32_t kernel_device(dev_t device);

/// A program that was executed, held open, with the libraries that it had mapped (if it lived long
/// enough to be asked).
struct ProgramImage {
  ProgramKey key;
  std::int64_t pid = 0;
  Fd executable;
  Fd root;                                ///< the root directory of the process; not open: ours
  std::vector<std::string> mapped_names;  ///< base names, parallel to `mapped`
  std::vector<Fd> mapped;                 ///< libraries
};

struct ExecutedFile {
  Fd file;           ///< not open: not found
  std::string path;  ///< below the root that was asked for
};
/// The file with that inode, which the kernel executed for a name: the one that is called so, or,
/// of a script, its interpreter (execve(2); a script may be interpreted by another one).
ExecutedFile open_executed(const std::string& root, const std::string& path, std::uint64_t inode);

/// Opens the program of an exec event. `fallback_root` and `directory` resolve the file name if the
/// process has already gone. Absent if neither way leads to the file with that inode.
std::optional<ProgramImage> open_program(const Event& exec, const std::string& fallback_root,
                                         const std::string& directory);

/// Adds the libraries that the process has mapped by now. Does nothing if it is gone.
void read_mapped_libraries(ProgramImage& image);

enum class Hook : std::uint8_t {
  kLinkMap,
  kLibcStart,
  kRuntimeSymbol,
  kJvmReady,  ///< USDT, as the following
  kJvmMark,   ///< garbage collections, compilations
  kJvmClass,  ///< a class was loaded
  kImport,    ///< Python
};

/// A place to attach a uprobe to. Valid while the image that it came from is held.
struct AttachPoint {
  Hook hook = Hook::kLinkMap;
  std::string path;
  std::uint64_t offset = 0;  ///< file offset; unused for USDT (libbpf reads the note)
  /// kLinkMap: which hit counts (in the lower 32 bits); kRuntimeSymbol: cs_runtime; kJvmMark,
  /// kImport: cs_event_kind.
  std::uint64_t cookie = 0;
  std::string provider, probe;  ///< USDT
};

/// What can be seen of a program. A reason is empty where the boundary can be seen.
struct Program {
  std::string path;         ///< where we found it, for people
  bool dynamic = false;     ///< has a dynamic loader: `linked` applies
  std::string interpreter;  ///< the dynamic loader, which the kernel maps, as the program names it
  std::int64_t interpreter_bytes = 0;
  std::uint64_t interpreter_inode = 0;
  std::uint32_t interpreter_device = 0;  ///< the kernel's own number, as in cs_file
  bool has_entry = false;                ///< `entered` applies: it starts through __libc_start_main
  bool sees_imports = false;             ///< a Python with USDT notes of its imports
  bool has_runtime = false;              ///< `runtime_ready` applies
  std::string linked_reason;             ///< why linked cannot be seen although it applies
  std::string entered_reason;
  std::string runtime_reason;
};

/// A program with the places to attach to. The points refer to files that `keep_open` holds.
struct Examination {
  Program program;
  std::vector<AttachPoint> points;
  std::vector<Fd> keep_open;
};

/// Examines a program: which boundaries it has and where they can be hooked.
Examination examine(const ProgramImage& image);

}  // namespace coldstart::probes
