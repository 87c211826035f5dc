#include "probes/skeleton.h"

#include <bpf/libbpf.h>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "coldstart.skel.h"
#include "probes/syscall_table.h"

namespace coldstart::probes {
namespace {

std::string& last_warning() {
  static std::string text;
  return text;
}

int keep_warning(libbpf_print_level level, const char* format, va_list arguments) {
  if (level != LIBBPF_WARN) return 0;
  char line[512];
  std::vsnprintf(line, sizeof(line), format, arguments);
  last_warning() = line;
  while (!last_warning().empty() && last_warning().back() == '\n') last_warning().pop_back();
  return 0;
}

}  // namespace

void SkeletonDeleter::operator()(coldstart_bpf* skeleton) const {
  coldstart_bpf__destroy(skeleton);
}

void keep_warnings() { libbpf_set_print(keep_warning); }
void forget_warning() { last_warning().clear(); }

std::string failure(const std::string& what, int error) {
  std::string text = what + ": " + std::strerror(error);
  if (!last_warning().empty()) text += " (" + last_warning() + ")";
  return text;
}

std::vector<bpf_program*> kernel_programs(const coldstart_bpf& skeleton, TierId tier) {
  const auto& p = skeleton.progs;
  switch (tier) {
    case TierId::kProcess:
      return {p.on_fork,         p.on_exec,    p.on_exit,    p.on_free,
              p.on_socket_state, p.on_receive, p.on_transmit};
    case TierId::kCpu:
      return {p.on_switch, p.on_wakeup, p.on_wakeup_new};
    case TierId::kFiles:
      return {p.on_call, p.on_call_end};
    case TierId::kLoader:
    case TierId::kRuntime:
      return {};
  }
  return {};
}

Skeleton load_skeleton(const TierSet& tiers, std::uint32_t ring_bytes) {
  forget_warning();
  Skeleton skeleton(coldstart_bpf__open());
  if (!skeleton) throw failure("cannot open the probes", errno);
  for (TierId tier : kAllTiers) {
    for (bpf_program* program : kernel_programs(*skeleton, tier)) {
      bpf_program__set_autoload(program, tiers.has(tier));
    }
  }
  const SyscallTable classes = call_classes();
  const SyscallTable on_descriptors = calls_on_descriptors();
  std::memcpy(const_cast<unsigned char*>(skeleton->rodata->call_class), classes.data(),
              classes.size());
  std::memcpy(const_cast<unsigned char*>(skeleton->rodata->works_on_fd), on_descriptors.data(),
              on_descriptors.size());
  skeleton->rodata->ring_bytes = ring_bytes;
  bpf_map__set_max_entries(skeleton->maps.events, ring_bytes);
  if (coldstart_bpf__load(skeleton.get()) != 0) throw failure("cannot load the probes", errno);
  return skeleton;
}

}  // namespace coldstart::probes
