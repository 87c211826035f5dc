#include "probes/tiers.h"

#include <cstdint>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "results/model/error.h"

namespace coldstart::probes {
namespace {

// include/linux/proc_ns.h: the inode number of the initial pid namespace.
constexpr ino_t kInitialPidNamespace = 0xEFFFFFFCU;

bool file_exists(const char* path) { return ::access(path, F_OK) == 0; }

bool effective(const __user_cap_data_struct* data, unsigned capability) {
  return (data[capability / 32].effective & (1U << (capability % 32))) != 0;
}

}  // namespace

std::string_view name(TierId tier) {
  switch (tier) {
    case TierId::kProcess:
      return "process";
    case TierId::kLoader:
      return "loader";
    case TierId::kRuntime:
      return "runtime";
    case TierId::kCpu:
      return "cpu";
    case TierId::kFiles:
      return "files";
  }
  return "";
}

TierSet TierSet::all() {
  TierSet set;
  for (TierId tier : kAllTiers) set.add(tier);
  return set;
}

TierSet TierSet::parse(std::string_view text) {
  if (text == "all") return all();
  if (text == "none") return none();
  TierSet set;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    bool known = false;
    for (TierId tier : kAllTiers) {
      if (name(tier) != word) continue;
      set.add(tier);
      known = true;
    }
    if (!known) {
      throw Error("--probes", "unknown tier '" + std::string(word) + "'",
                  "give all, none, or some of process,loader,runtime,cpu,files");
    }
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  // The other tiers only add to what the process tier follows.
  for (TierId tier : kAllTiers) {
    if (!set.has(tier) || set.has(TierId::kProcess)) continue;
    throw Error("--probes", "the tier " + std::string(name(tier)) + " needs the tier process",
                "add it: --probes process," + std::string(name(tier)));
  }
  return set;
}

Capabilities read_capabilities() {
  Capabilities found;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, data) == 0) {
    found.sys_admin = effective(data, CAP_SYS_ADMIN);
    found.bpf = found.sys_admin || effective(data, CAP_BPF);
    found.perfmon = found.sys_admin || effective(data, CAP_PERFMON);
  }
  found.btf = file_exists("/sys/kernel/btf/vmlinux");
  found.uprobes = file_exists("/sys/bus/event_source/devices/uprobe/type");
  struct stat ns {};
  found.initial_pid_namespace =
      ::stat("/proc/self/ns/pid", &ns) == 0 && ns.st_ino == kInitialPidNamespace;
  return found;
}

std::optional<TierStatus> obstacle(TierId tier, const Capabilities& c) {
  const auto off = [tier](std::string reason, std::string remedy) {
    return TierStatus{tier, false, std::move(reason), std::move(remedy)};
  };
  if (!c.bpf || !c.perfmon) {
    return off("needs CAP_BPF and CAP_PERFMON",
               "run as root, or: setcap cap_bpf,cap_perfmon,cap_sys_admin+ep on the program");
  }
  if (!c.btf) {
    return off("the kernel has no BTF (/sys/kernel/btf/vmlinux)",
               "use a kernel built with CONFIG_DEBUG_INFO_BTF=y");
  }
  if (!c.initial_pid_namespace) {
    return off("runs in a pid namespace of its own, the kernel reports other process ids",
               "run in the host's pid namespace (docker, podman: --pid=host)");
  }
  if (tier != TierId::kLoader && tier != TierId::kRuntime) return std::nullopt;
  if (!c.sys_admin) {
    return off("uprobes need CAP_SYS_ADMIN", "run as root, or add cap_sys_admin to the program");
  }
  if (!c.uprobes)
    return off("the kernel has no uprobes", "use a kernel with CONFIG_UPROBE_EVENTS=y");
  return std::nullopt;
}

}  // namespace coldstart::probes
