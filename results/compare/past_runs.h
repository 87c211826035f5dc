// Which runs of a store a new run of a suite is held against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "results/store/store.h"

namespace coldstart::results {

/// What is older than so many runs says little about today.
inline constexpr std::size_t kMostPastRuns = 20;

struct PastRuns {
  std::vector<std::int64_t> ids;  ///< newest first, kMostPastRuns at most
  std::size_t judged_fail = 0;    ///< left out: a check judged them FAIL
};

/// The run `newest` and those of `suite` before it. Runs of pairs, interrupted ones and those that
/// a check judged FAIL do not count: what is too slow today would be the measure of tomorrow.
/// `is_named`: the user names `newest` itself and not a place in the list; then it counts, whatever
/// its suite and its verdict. `rows`: Store::list().
PastRuns choose_past_runs(const std::vector<RunSummaryRow>& rows, std::int64_t newest,
                          bool is_named, const std::string& suite);

}  // namespace coldstart::results
