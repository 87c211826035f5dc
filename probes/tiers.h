// Probe tiers: groups of hooks that are on or off as one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coldstart::probes {

enum class TierId : std::uint8_t {
  kProcess,  ///< fork, exec, exit, listen, first bytes in and out: tp_btf only
  kLoader,   ///< uprobes in ld.so and libc
  kRuntime,  ///< milestones of the JVM, Node.js and Python, what they load: uprobes
  kCpu,      ///< why time passed: on a CPU, runnable, blocked on what; tp_btf only
  kFiles,    ///< libraries, files, and what a container runtime does; tp_btf only
};
inline constexpr std::array<TierId, 5> kAllTiers = {TierId::kProcess, TierId::kLoader,
                                                    TierId::kRuntime, TierId::kCpu, TierId::kFiles};

std::string_view name(TierId tier);

/// Which tiers are wanted.
class TierSet {
 public:
  static TierSet all();
  static TierSet none() { return {}; }
  /// "all", "none", or names with commas between: "process,loader". Throws Error on an unknown
  /// name.
  static TierSet parse(std::string_view text);

  bool has(TierId tier) const { return (bits_ & bit(tier)) != 0; }
  void add(TierId tier) { bits_ |= bit(tier); }
  void remove(TierId tier) { bits_ &= ~bit(tier); }

 private:
  static unsigned bit(TierId tier) { return 1U << static_cast<unsigned>(tier); }
  unsigned bits_ = 0;
};

/// Whether a tier works here, and if not, why not and what would help. Of one that is on, the
/// reason says what it does not see here.
struct TierStatus {
  TierId id = TierId::kProcess;
  bool on = false;
  std::string reason;
  std::string remedy;
};

/// What this process may do and what this kernel offers, as far as it can be read without trying.
struct Capabilities {
  bool bpf = false;      ///< CAP_BPF, or CAP_SYS_ADMIN
  bool perfmon = false;  ///< CAP_PERFMON, or CAP_SYS_ADMIN
  bool sys_admin = false;
  bool btf = false;                    ///< /sys/kernel/btf/vmlinux is there
  bool initial_pid_namespace = false;  ///< the kernel reports pids of the initial namespace
  bool uprobes = false;                ///< the kernel has the uprobe event source
};
Capabilities read_capabilities();

/// Why a tier cannot work with these capabilities; absent if nothing speaks against it (loading or
/// attaching may still fail). Source: measured, field notes of the project: tp_btf needs CAP_BPF
/// and CAP_PERFMON, uprobes CAP_SYS_ADMIN on top.
std::optional<TierStatus> obstacle(TierId tier, const Capabilities& capabilities);

}  // namespace coldstart::probes
