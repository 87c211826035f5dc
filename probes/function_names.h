// Which function lies at an address: of an ELF file, and of code that a runtime generates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/elf_file.h"

namespace coldstart::probes {

/// C++ and (old-style) Rust names as people write them, without their parameters; others as they
/// are. Without ';' and line breaks, and cut where it is longer than a line can show.
std::string readable_name(const char* symbol);

/// The functions of an ELF file: .symtab and .dynsym, and those of the debug file with its build
/// id.
class FunctionNames {
 public:
  /// `debug_folder`: where .build-id/ is; normally /usr/lib/debug.
  explicit FunctionNames(const ElfFile& file, const std::string& debug_folder);

  /// By the address in the file, before it is loaded; empty: none that is known of.
  std::string find(std::uint64_t address) const;
  bool empty() const { return symbols_.empty(); }

 private:
  struct Symbol {
    std::uint64_t address, size;
    std::uint32_t name;  // offset in names_
  };
  void add(const ElfFile& file);

  std::vector<Symbol> symbols_;  // by address
  std::string names_;
};

/// A perf map: what a runtime says of the code that it generated, by address. Its lines are "begin
/// size name", the numbers hexadecimal. Source: tools/perf/Documentation/jit-interface.txt of
/// Linux.
class PerfMap {
 public:
  /// Lines that are none are passed over. Of two that overlap, the later one holds.
  static PerfMap parse(std::string_view text);

  /// Empty: nothing was generated there.
  std::string find(std::uint64_t address) const;
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t begin, end;
    std::string name;
  };
  std::vector<Entry> entries_;  // by begin; a later line of equal begin is behind the earlier one
};

}  // namespace coldstart::probes
