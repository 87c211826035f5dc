// Pairs inside a stored run: function "cpp" was measured as "cpp@baseline" and "cpp@candidate", and
// the n-th starts of both are a pair.
#pragma once

#include <string>
#include <vector>

#include "results/compare/gate.h"
#include "results/compare/gate_attribution.h"
#include "results/model/record.h"

namespace coldstart::results {

struct RunPairs {
  std::vector<PairSeries> series;              ///< functions in the order of the run
  std::vector<std::vector<StartPair>> starts;  ///< of each; they point into the run
};

/// Empty: the run has no pairs.
RunPairs pairs_of(const Run& run);

/// Of functions that could not be started on this machine, on one of the sides at least: an
/// INCONCLUSIVE with the reason. A check that leaves something out has not passed.
std::vector<FunctionVerdict> skipped_of(const Run& run);

}  // namespace coldstart::results
