// The requests of a run's loads as the exports group them: a series for the cold ones of each
// function × load, and one for the warm ones.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/load_summary.h"

namespace coldstart::results {

/// Points into the run that it was made of.
struct LoadSeries {
  /// "cpp/steady/cold-requests", "cpp/steady/warm-requests": beside the names of series.h, whose
  /// third part is a cache state.
  std::string name;
  bool cold = false;
  const Function* function = nullptr;
  const Load* load = nullptr;
  LatencySummary latency;  ///< from due, of those that were answered; at least one
};

/// In the order of summarize_loads(), the cold ones first.
std::vector<LoadSeries> load_series_of(const Run& run, const std::vector<LoadSummary>& summaries);

/// "cpp/steady/requests": all of them, whatever became of them.
std::string requests_name(const Run& run, const LoadSummary& summary);

}  // namespace coldstart::results
