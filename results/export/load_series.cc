#include "results/export/load_series.h"

#include <utility>

namespace coldstart::results {

std::string requests_name(const Run& run, const LoadSummary& summary) {
  return run.functions.at(summary.function).name + '/' + run.loads.at(summary.load).name +
         "/requests";
}

std::vector<LoadSeries> load_series_of(const Run& run, const std::vector<LoadSummary>& summaries) {
  std::vector<LoadSeries> all;
  for (const LoadSummary& summary : summaries) {
    const Function& function = run.functions.at(summary.function);
    const Load& load = run.loads.at(summary.load);
    for (const bool cold : {true, false}) {
      const LatencySummary& latency = cold ? summary.cold : summary.warm;
      if (latency.n == 0) continue;
      all.push_back({function.name + '/' + load.name + (cold ? "/cold-requests" : "/warm-requests"),
                     cold, &function, &load, latency});
    }
  }
  return all;
}

}  // namespace coldstart::results
