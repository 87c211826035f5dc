#include "results/report/limits_note.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>
#include <vector>

#include "results/report/cells.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

std::string limits_in_words(const Limits& limits) {
  std::vector<std::string> parts;
  if (limits.memory_bytes) parts.push_back("memory " + format_bytes(*limits.memory_bytes));
  if (limits.cpus)
    parts.push_back(fmt::format("{:g} CPU{}", *limits.cpus, *limits.cpus == 1 ? "" : "s"));
  if (limits.pids) {
    parts.push_back(*limits.pids == 1 ? std::string("1 process or thread")
                                      : fmt::format("{} processes and threads", *limits.pids));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string limits_note(const Run& run) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_limits;
  for (const Function& function : run.functions) {
    if (!function.limits.any() || function.skipped) continue;
    const std::string limits = limits_in_words(function.limits);
    auto same = std::find_if(by_limits.begin(), by_limits.end(),
                             [&](const auto& entry) { return entry.first == limits; });
    if (same == by_limits.end()) same = by_limits.insert(same, {limits, {}});
    const std::string& name = function.sweep_key == "trace" ? function.sweep_of : function.name;
    if (std::find(same->second.begin(), same->second.end(), name) == same->second.end()) {
      same->second.push_back(name);
    }
  }
  std::vector<std::string> parts;
  for (const auto& [limits, names] : by_limits) {
    parts.push_back(fmt::format("{} ({})", limits, fmt::join(names, ", ")));
  }
  return parts.empty() ? "" : printable(fmt::format("limits: {}", fmt::join(parts, "; ")));
}

}  // namespace coldstart::results
