#include "results/report/causes_table.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr std::size_t kReasons = 3;
constexpr const char* kNoBreak = "\u00a0";

// "71 %", not to be broken; empty under 0.5 %.
std::string percent(std::int64_t part, std::int64_t of) {
  const double share = of > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(of) : 0;
  return share < 0.5 ? "" : fmt::format("{}{}%", std::llround(share), kNoBreak);
}

void add_share(std::string& text, const std::string& name, const std::string& share) {
  if (!share.empty())
    text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", name, kNoBreak, share);
}

}  // namespace

std::string shares(std::int64_t cpu_ns, std::int64_t runnable_ns, std::int64_t disk_ns,
                   std::int64_t wait_ns,
                   const std::vector<std::pair<std::string, std::int64_t>>& waits) {
  const std::int64_t total = cpu_ns + runnable_ns + disk_ns + wait_ns;
  if (total <= 0) return kAbsent;
  std::string text;
  add_share(text, "cpu", percent(cpu_ns, total));
  add_share(text, "run-queue", percent(runnable_ns, total));
  add_share(text, "disk", percent(disk_ns, total));
  const std::string wait = percent(wait_ns, total);
  add_share(text, "wait", wait);
  std::string reasons;
  for (std::size_t i = 0; i < std::min(waits.size(), kReasons); ++i) {
    add_share(reasons, printable(waits[i].first), percent(waits[i].second, total));
  }
  if (!wait.empty() && !reasons.empty()) text += " (" + reasons + ")";
  return text;
}

DetailTable causes_table(const CausesSummary& causes) {
  const bool reads = std::any_of(causes.phases.begin(), causes.phases.end(),
                                 [](const PhaseCauseMedians& p) { return p.read_bytes > 0; });
  DetailTable table;
  table.title = fmt::format(
      "Why the time passed in {} ({}, {}; medians of {} start{}){}:", printable(causes.function),
      printable(load_title(causes.load, causes.function)), printable(causes.cache), causes.n,
      causes.n == 1 ? "" : "s", time_scale_suffix(causes.time_scale));
  Column phase{"phase", {}, true};
  Column median{"median"};
  Column why{"the phase was", {}, true, TooWide::kWrap};
  Column cpu{"CPU time", {}, false, TooWide::kKeep, "over all threads: may exceed the phase"};
  Column switches{"switches", {}, false, TooWide::kKeep, "context switches"};
  Column faults{"faults", {}, false, TooWide::kKeep, "page faults; + major ones"};
  Column read{"read", {}, false, TooWide::kKeep, "from disk"};
  for (const PhaseCauseMedians& p : causes.phases) {
    phase.cells.push_back(printable(p.phase));
    median.cells.push_back(format_duration(p.length_ns));
    why.cells.push_back(shares(p.cpu_ns, p.runnable_ns, p.disk_ns, p.wait_ns, p.waits));
    cpu.cells.push_back(format_duration(p.cpu_time_ns));
    switches.cells.push_back(format_count(p.context_switches));
    faults.cells.push_back(format_count(p.minor_faults) +
                           (p.major_faults > 0 ? " + " + format_count(p.major_faults) : ""));
    read.cells.push_back(p.read_bytes > 0 ? format_bytes(p.read_bytes) : "");
  }
  table.columns = {phase, median, why, cpu, switches, faults};
  if (reads) table.columns.push_back(read);
  table.note =
      "cpu: a thread ran; run-queue: one could run, and waited for a CPU; disk: one waited for "
      "the disk; wait: all waited for something else. Shares under 0.5 % are left out.";
  return table;
}

std::string causes_text(const std::vector<CausesSummary>& causes, const TextStyle& style) {
  constexpr int kRoomForShares = 34;
  std::string text;
  for (const CausesSummary& of_function : causes) {
    DetailTable table = causes_table(of_function);
    // A narrow terminal: the CPU time goes first, so that the reasons keep their room.
    const int fixed = total_width(table.columns) - table.columns[2].width();
    if (style.width - fixed < kRoomForShares) table.columns.erase(table.columns.begin() + 3);
    if (&of_function != &causes.back()) table.note.clear();
    text += (text.empty() ? "" : "\n") + render(table, style);
  }
  return style.unicode ? text : to_ascii(text);
}

}  // namespace coldstart::results
