#include "results/statistics/causes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>

#include "results/statistics/quantile.h"

namespace coldstart::results {
namespace {

/// The causes of one phase in each start.
using Samples = std::vector<const PhaseCauses*>;

template <typename ValueOf>
std::int64_t median(const Samples& samples, ValueOf value_of) {
  std::vector<std::int64_t> values;
  values.reserve(samples.size());
  for (const PhaseCauses* causes : samples) values.push_back(value_of(*causes));
  std::sort(values.begin(), values.end());
  return std::llround(quantile(values, 0.5));
}

std::vector<std::pair<std::string, std::int64_t>> wait_medians(const Samples& samples) {
  std::set<std::string> reasons;
  for (const PhaseCauses* causes : samples) {
    for (const auto& [reason, ns] : causes->time.waits) reasons.insert(reason);
  }
  std::vector<std::pair<std::string, std::int64_t>> waits;
  for (const std::string& reason : reasons) {
    const std::int64_t ns = median(samples, [&](const PhaseCauses& causes) {
      const auto found = causes.time.waits.find(reason);
      return found == causes.time.waits.end() ? std::int64_t{0} : found->second;
    });
    if (ns > 0) waits.emplace_back(reason, ns);
  }
  std::stable_sort(waits.begin(), waits.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return waits;
}

PhaseCauseMedians medians_of(const std::string& phase, const Samples& samples) {
  PhaseCauseMedians m;
  m.phase = phase;
  m.length_ns = median(samples, [](const PhaseCauses& c) { return c.time.total_ns(); });
  m.cpu_ns = median(samples, [](const PhaseCauses& c) { return c.time.cpu_ns; });
  m.runnable_ns = median(samples, [](const PhaseCauses& c) { return c.time.runnable_ns; });
  m.disk_ns = median(samples, [](const PhaseCauses& c) { return c.time.disk_ns; });
  m.wait_ns = median(samples, [](const PhaseCauses& c) { return c.time.wait_ns; });
  m.waits = wait_medians(samples);
  m.cpu_time_ns = median(samples, [](const PhaseCauses& c) { return c.cpu_time_ns; });
  m.context_switches = median(samples, [](const PhaseCauses& c) { return c.context_switches; });
  m.minor_faults = median(samples, [](const PhaseCauses& c) { return c.minor_faults; });
  m.major_faults = median(samples, [](const PhaseCauses& c) { return c.major_faults; });
  m.read_bytes = median(samples, [](const PhaseCauses& c) { return c.read_bytes; });
  return m;
}

std::vector<std::string> phases_with_causes(const Start& start) {
  std::vector<std::string> names;
  for (const PhaseCauses& causes : start.account.causes) names.push_back(causes.phase);
  return names;
}

// Of the starts that have the commonest list of phases (of equals: the longest), so that no
// nanosecond is counted twice.
void fill(const std::vector<const Start*>& starts, CausesSummary& summary) {
  std::map<std::vector<std::string>, std::vector<const Start*>> by_phases;
  for (const Start* start : starts) by_phases[phases_with_causes(*start)].push_back(start);
  const auto commonest =
      std::max_element(by_phases.begin(), by_phases.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.size(), a.first.size()) <
               std::pair(b.second.size(), b.first.size());
      });
  summary.n = commonest->second.size();
  for (std::size_t i = 0; i < commonest->first.size(); ++i) {
    Samples samples;
    for (const Start* start : commonest->second) samples.push_back(&start->account.causes[i]);
    summary.phases.push_back(medians_of(commonest->first[i], samples));
  }
}

}  // namespace

std::vector<CausesSummary> summarize_causes(const Run& run) {
  std::vector<CausesSummary> summaries;
  std::vector<std::vector<const Start*>> starts;
  for (const Start& start : run.starts) {
    if (!start.usable() || !latency_ns(start.timeline) || start.account.causes.empty()) continue;
    const auto same = std::find_if(summaries.begin(), summaries.end(), [&](const auto& s) {
      return s.function == start.function && s.load == start.load && s.cache == start.cache;
    });
    const auto index = static_cast<std::size_t>(same - summaries.begin());
    if (same == summaries.end()) {
      summaries.push_back({start.function, start.load, start.cache, 0, {}});
      for (const Load& load : run.loads) {
        if (load.name == start.load) summaries.back().time_scale = load.time_scale;
      }
      starts.emplace_back();
    }
    starts[index].push_back(&start);
  }
  for (std::size_t i = 0; i < summaries.size(); ++i) fill(starts[i], summaries[i]);
  return summaries;
}

}  // namespace coldstart::results
