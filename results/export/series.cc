#include "results/export/series.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace coldstart::results {

std::vector<std::int64_t> Series::latencies_ns() const {
  std::vector<std::int64_t> latencies;
  latencies.reserve(starts.size());
  for (const Start* start : starts) latencies.push_back(*latency_ns(start->timeline));
  return latencies;
}

std::vector<Series> series_of(const Run& run) {
  std::vector<Series> all;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> index;
  for (Summary& summary : summarize(run)) {
    index.emplace(std::tuple(summary.function, summary.load, summary.cache), all.size());
    Series& series = all.emplace_back();
    series.name = summary.function + '/' + summary.load + '/' + summary.cache;
    for (const Function& function : run.functions) {
      if (function.name == summary.function) series.function = &function;
    }
    series.summary = std::move(summary);
  }
  for (const Start& start : run.starts) {
    const auto found = index.find({start.function, start.load, start.cache});
    if (found == index.end()) continue;
    Series& series = all[found->second];
    if (start.usable() && latency_ns(start.timeline)) {
      series.starts.push_back(&start);
    } else {
      ++series.left_out;
    }
  }
  for (Series& series : all) {
    std::stable_sort(series.starts.begin(), series.starts.end(),
                     [](const Start* a, const Start* b) { return a->trial < b->trial; });
  }
  return all;
}

std::optional<std::int64_t> cpu_time_ns(const Start& start) {
  if (start.account.causes.empty()) return std::nullopt;
  std::int64_t sum = 0;
  for (const PhaseCauses& causes : start.account.causes) sum += causes.cpu_time_ns;
  return sum;
}

std::string tool_name(const Run& run) {
  return run.info.tool_version.empty() ? "coldstart" : "coldstart " + run.info.tool_version;
}

}  // namespace coldstart::results
