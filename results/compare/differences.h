// The parts of a comparison of two series. Used by compare.cc only.
#pragma once

#include <vector>

#include "results/compare/comparison.h"
#include "results/export/series.h"

namespace coldstart::results {

/// Phases side by side, in order. Only starts with their side's commonest list of phases count.
std::vector<PhaseDifference> phase_differences(const Series& a, const Series& b);

/// Causes whose medians differ, over the phases as `phases` has them, the largest difference first.
/// Empty where one side has no causes.
std::vector<CauseDifference> cause_differences(const Series& a, const Series& b,
                                               const std::vector<PhaseDifference>& phases);

/// Libraries, files, imports, modules, steps of the sandbox, class and collection counts that
/// differ, the heaviest first. Nothing where one side does not know of them.
std::vector<ThingDifference> thing_differences(const Series& a, const Series& b);

/// The sentence that explains the difference.
std::string explain(const SeriesComparison& comparison);

}  // namespace coldstart::results
