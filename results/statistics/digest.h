// A run with what reports say of all its starts.
#pragma once

#include <vector>

#include "results/model/record.h"
#include "results/statistics/causes.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// `causes` and `summaries` are of all starts. The starts themselves may lack most of their
/// account: see Store::load_digest.
struct Digest {
  Run run;
  std::vector<Summary> summaries;
  std::vector<CausesSummary> causes;
};

/// Of a run whose starts have all of their accounts.
Digest digest(Run run);

}  // namespace coldstart::results
