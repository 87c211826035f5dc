#include "results/export/folded.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "results/export/choose_starts.h"
#include "results/model/error.h"
#include "results/statistics/disturbed_starts.h"

namespace coldstart::results {
namespace {

// A name of a function or a phase as a frame: see FoldedStack::frames.
std::string as_frame(std::string name) {
  for (char& c : name) {
    if (c == ';') c = ':';
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return name;
}

std::vector<const Start*> chosen(const Run& run, const std::vector<std::string>& choices) {
  std::vector<const Start*> starts;
  if (choices.empty()) {
    for (const Start& start : run.starts) {
      if (start.usable()) starts.push_back(&start);
    }
  } else {
    for (const ChosenStart& choice : choose_starts(run, choices)) starts.push_back(choice.start);
  }
  std::erase_if(starts, [](const Start* start) { return !start->stacks; });
  return starts;
}

}  // namespace

std::string export_folded(const Run& run, const FoldedChoices& choices,
                          const std::vector<std::string>& starts) {
  const std::vector<const Start*> those = chosen(run, starts);
  if (those.empty()) {
    throw Error("--format folded",
                starts.empty() ? "no usable start of the run has stacks" : "it has no stacks",
                "measure with `coldstart profile --stacks -- COMMAND`");
  }
  std::set<std::string> caches;
  for (const Start* start : those) caches.insert(start->cache);
  const bool both = choices.on_cpu && choices.off_cpu;
  std::map<std::string, std::int64_t> lines;
  for (const Start* start : those) {
    std::string name = start->function;
    if (caches.size() > 1) name += '@' + start->cache;
    if (is_disturbed(start->load, start->function)) name += " (disturbed)";
    const std::string function = as_frame(name);
    for (const FoldedStack& stack : start->stacks->stacks) {
      const bool wanted = both || stack.on_cpu != choices.off_cpu;
      if (!wanted) continue;
      std::string line = function;
      if (both) line += stack.on_cpu ? ";on-cpu" : ";off-cpu";
      line += ';' + as_frame(stack.phase) + ';' + as_frame(stack.thread);
      for (const std::string& frame : stack.frames) line += ';' + frame;
      lines[line] += choices.count ? stack.count : stack.time_ns;
    }
  }
  constexpr std::int64_t kMicrosecond = 1000;
  std::string text;
  for (const auto& [line, sum] : lines) {
    text +=
        fmt::format("{} {}\n", line, choices.count ? sum : (sum + kMicrosecond - 1) / kMicrosecond);
  }
  return text;
}

}  // namespace coldstart::results
