// The files that are mapped in measured processes: found, opened once and kept.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "probes/address_space.h"
#include "probes/fd.h"
#include "probes/function_names.h"

namespace coldstart::probes {

/// An ELF file from which code is executed.
struct MappedFile {
  Fd file;
  ElfFile elf;
  FunctionNames names;
  std::string label;  ///< its base name
};

class StackFiles {
 public:
  StackFiles();

  /// How the root directory of a process can be reached, also after its death: kept open. Does
  /// nothing where it is ours. Asked while the process lives.
  void note_root(std::uint32_t pid);
  /// What to take for the root of processes that died too soon; empty: none but ours.
  void set_fallback_root(std::string folder) { fallback_root_ = std::move(folder); }
  /// Forgets the processes, not the files.
  void forget_processes();

  /// The perf map of a process, as far as it was written by now: /tmp/perf-PID.map with its id as
  /// the process itself knows it. Absent: there is none. `not_before`: an older file is of an
  /// earlier process with that id (seconds since the epoch).
  std::optional<std::string> read_perf_map(std::uint32_t pid, std::int64_t not_before) const;

  /// Removes what read_perf_map() would read, and nothing else: a regular file, no link. Does
  /// nothing where there is none. Links on the way to it lead where they do for the process.
  void remove_perf_map(std::uint32_t pid, std::int64_t not_before) const;

  /// Null: it is no file, or it cannot be found any more.
  const MappedFile* find(std::uint32_t pid, const Mapping& mapping);
  /// What to add to addresses of the file to get those in the process. Absent: the file does not
  /// say.
  static std::optional<std::uint64_t> bias(const MappedFile& file, const Mapping& mapping);

 private:
  using Identity = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t>;
  Fd open(std::uint32_t pid, const Mapping& mapping) const;

  struct Process {
    Fd root;               // not open: ours
    std::uint32_t own_id;  // in its own pid namespace
  };
  std::unordered_map<std::uint32_t, Process> processes_;
  std::string fallback_root_;
  std::map<Identity, std::unique_ptr<MappedFile>> files_;                     // null: no ELF file
  std::map<std::pair<std::uint64_t, std::string>, const MappedFile*> found_;  // inode, path
  std::unique_ptr<MappedFile> vdso_;
};

}  // namespace coldstart::probes
