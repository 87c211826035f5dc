#include "probes/kernel_symbols.h"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace coldstart::probes {

bool KernelSymbols::hidden() {
  std::ifstream file("/proc/kallsyms");
  std::string address;
  // All are zero then. The very first symbol, of per-CPU data, may be zero for everybody.
  for (int i = 0; i < 1000 && file >> address; ++i) {
    if (address.find_first_not_of('0') != std::string::npos) return false;
    file.ignore(1 << 16, '\n');
  }
  return true;
}

void KernelSymbols::read() {
  read_ = true;
  std::ifstream file("/proc/kallsyms");
  std::string line;
  while (std::getline(file, line)) {
    // "ffffffff81404390 T synchronize_rcu", perhaps "\t[module]"
    std::uint64_t address = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
    const auto type = static_cast<std::size_t>(end - line.data()) + 1;
    if (error != std::errc() || address == 0 || type + 2 >= line.size()) continue;
    if (line[type] != 't' && line[type] != 'T' && line[type] != 'W' && line[type] != 'w') continue;
    const std::size_t name_end = std::min(line.find('\t', type), line.size());
    symbols_.push_back({address, static_cast<std::uint32_t>(names_.size())});
    names_.append(line, type + 2, name_end - type - 2);
    names_.push_back('\0');
  }
  std::stable_sort(symbols_.begin(), symbols_.end(),
                   [](const Symbol& a, const Symbol& b) { return a.address < b.address; });
}

std::string_view KernelSymbols::find(std::uint64_t address) {
  if (!read_) read();
  const auto after =
      std::upper_bound(symbols_.begin(), symbols_.end(), address,
                       [](std::uint64_t value, const Symbol& s) { return value < s.address; });
  if (after == symbols_.begin()) return {};
  return names_.c_str() + std::prev(after)->name;
}

std::string wait_of_stack(std::span<const std::string_view> functions) {
  const auto any = [&](auto&& accept) {
    return std::any_of(functions.begin(), functions.end(), accept);
  };
  const auto has = [](std::string_view part) {
    return [part](std::string_view f) { return f.find(part) != std::string_view::npos; };
  };
  // A grace period may be waited for while a lock is held or with one to come: it is what matters.
  if (any(has("synchronize_rcu")) || any(has("wait_rcu_gp")) || any(has("rcu_barrier")) ||
      any(has("synchronize_srcu")) || any(has("rcu_sync_enter"))) {
    return "rcu";
  }
  if (any(has("wait_for_vfork_done"))) return "child";
  if (any(has("mutex_lock")) || any(has("rwsem_down")) || any(has("percpu_rwsem_wait")) ||
      any(has("percpu_down"))) {
    return "kernel lock";
  }
  if (any(has("flush_work")) || any(has("flush_workqueue")) || any(has("kthread_"))) {
    return "kernel worker";
  }
  if (any(has("jbd2_")) || any(has("ext4_")) || any(has("xfs_")) || any(has("btrfs_"))) {
    return "filesystem";
  }
  return "kernel";
}

}  // namespace coldstart::probes
