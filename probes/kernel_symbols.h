// Names of kernel functions by address, to say what a thread waits for inside the kernel.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::probes {

/// /proc/kallsyms, read when it is first asked for (about 50 ms). Where it is hidden no name is
/// found.
class KernelSymbols {
 public:
  /// Whether this process is told no addresses (no CAP_SYSLOG, or kernel.kptr_restrict is 2).
  static bool hidden();

  /// The function that the address lies in; empty if unknown.
  std::string_view find(std::uint64_t address);

 private:
  struct Symbol {
    std::uint64_t address;
    std::uint32_t name;  // offset in names_
  };
  void read();

  bool read_ = false;
  std::vector<Symbol> symbols_;
  std::string names_;
};

/// What a thread with that kernel stack (innermost first) waits for: "rcu" (a grace period),
/// "kernel lock", "kernel worker", "filesystem"; "kernel" if no name says more.
std::string wait_of_stack(std::span<const std::string_view> functions);

}  // namespace coldstart::probes
