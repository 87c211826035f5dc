#include "results/report/cache_ladder.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <string>
#include <utility>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

std::string cell_of(const Summary& summary) {
  if (!summary.median_ns) return kAbsent;
  const auto& interval = summary.median_interval;
  return format_duration(*summary.median_ns) +
         (interval ? fmt::format(" ({})", format_interval(interval->low, interval->high)) : "");
}

DetailTable ladder_of(const std::string& load, const std::vector<const Summary*>& of_load,
                      const std::vector<std::string>& states) {
  std::vector<std::string> functions;
  std::map<std::pair<std::string, std::string>, const Summary*> by_state;
  for (const Summary* summary : of_load) {
    if (std::find(functions.begin(), functions.end(), summary->function) == functions.end()) {
      functions.push_back(summary->function);
    }
    by_state[{summary->function, summary->cache}] = summary;
  }
  DetailTable table;
  table.title = fmt::format("Cache states, load {}: median (95 % interval)",
                            printable(load_title(load, of_load.front()->function)));
  table.columns.push_back({"function", {}, true});
  for (const std::string& state : states) table.columns.push_back({printable(state)});
  Column ratio{"ratio", {}, false, TooWide::kKeep, "median of disk over median of page-cache"};
  bool any_ratio = false;
  for (const std::string& function : functions) {
    table.columns.front().cells.push_back(printable(function));
    for (std::size_t i = 0; i < states.size(); ++i) {
      const auto found = by_state.find({function, states[i]});
      table.columns[i + 1].cells.push_back(found == by_state.end() ? "" : cell_of(*found->second));
    }
    const auto disk = by_state.find({function, "disk"});
    const auto resident = by_state.find({function, "page-cache"});
    const bool both = disk != by_state.end() && resident != by_state.end() &&
                      disk->second->median_ns && resident->second->median_ns.value_or(0) > 0;
    ratio.cells.push_back(both ? format_ratio(static_cast<double>(*disk->second->median_ns) /
                                              static_cast<double>(*resident->second->median_ns))
                               : kAbsent);
    any_ratio = any_ratio || both;
  }
  if (any_ratio) {
    table.columns.push_back(std::move(ratio));
    table.note = "ratio: disk / page-cache";
  }
  return table;
}

}  // namespace

int warmth(const std::string& cache) {
  if (cache == "disk") return 0;
  if (cache == "page-cache") return 1;
  return cache == "warm" ? 2 : 3;
}

std::vector<DetailTable> cache_ladders(const std::vector<Summary>& summaries) {
  std::vector<std::pair<std::string, std::vector<const Summary*>>> loads;
  for (const Summary& summary : summaries) {
    auto load = std::find_if(loads.begin(), loads.end(),
                             [&](const auto& l) { return l.first == summary.load; });
    if (load == loads.end()) load = loads.insert(loads.end(), {summary.load, {}});
    load->second.push_back(&summary);
  }
  std::vector<DetailTable> ladders;
  for (const auto& [load, of_load] : loads) {
    std::vector<std::string> states;
    for (const Summary* summary : of_load) {
      if (std::find(states.begin(), states.end(), summary->cache) == states.end()) {
        states.push_back(summary->cache);
      }
    }
    if (states.size() < 2) continue;
    std::stable_sort(states.begin(), states.end(),
                     [](const auto& a, const auto& b) { return warmth(a) < warmth(b); });
    ladders.push_back(ladder_of(load, of_load, states));
  }
  return ladders;
}

}  // namespace coldstart::results
