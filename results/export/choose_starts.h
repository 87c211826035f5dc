// Choosing starts of a run by what a user types: FUNCTION[@CACHE][:TRIAL|:median|:pNN].
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

struct ChosenStart {
  const Start* start = nullptr;  ///< in the run that was asked
  std::string why;               ///< "median", "p90", "trial 3"
};

/// The starts that `choices` name; without any: the median start of each series (series.h). Of
/// several loads and cache states each gives a start. `pNN`: the start whose latency is nearest to
/// that percentile (p0 is the fastest, p100 the slowest). Only a TRIAL may name a start that
/// failed. Throws Error naming what there is.
std::vector<ChosenStart> choose_starts(const Run& run, const std::vector<std::string>& choices);

}  // namespace coldstart::results
