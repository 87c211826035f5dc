// The little that the probes must know of an ELF file: is it dynamically linked and by which
// loader, where in the file does a symbol's code lie, does it carry a USDT note.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::probes {

/// An open ELF file. Reading is through libelf; nothing is executed.
class ElfFile {
 public:
  /// Absent if the path cannot be read or is not an ELF file.
  static std::optional<ElfFile> open(const std::string& path);
  ~ElfFile();
  ElfFile(ElfFile&& other) noexcept;
  ElfFile& operator=(ElfFile&&) = delete;
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  /// PT_INTERP: the dynamic loader, as the file names it. Absent: static (or a library).
  std::optional<std::string> interpreter() const;

  /// File offset of the code of a defined function, as uprobes want it (not its address). Looks in
  /// .dynsym, then in .symtab. With `prefix`, the first symbol that begins with the name, which
  /// must be the end of a mangled name's fixed part. Sources: elf(5); offset = st_value - p_vaddr +
  /// p_offset of the segment that holds it.
  std::optional<std::uint64_t> function_offset(std::string_view name, bool prefix = false) const;

  /// File offsets of the direct calls (x86-64: E8 rel32) of the function at that file offset, in
  /// ascending order. With `caller`, only those in the code of that function, if .dynsym or .symtab
  /// know it. Empty on other processors. A byte sequence that only looks like such a call is found
  /// too: it would have to hold the very distance to the function, one in 2^32.
  std::vector<std::uint64_t> call_offsets(std::uint64_t function, std::string_view caller) const;

  /// Whether .note.stapsdt has this probe.
  bool has_usdt(std::string_view provider, std::string_view probe) const;

 private:
  ElfFile(int fd, void* elf) : fd_(fd), elf_(elf) {}
  int fd_;
  void* elf_;  // Elf*; libelf.h stays out of this header
};

}  // namespace coldstart::probes
