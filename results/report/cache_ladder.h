// What each cache state costs: the states of a run side by side.
#pragma once

#include <vector>

#include "results/report/columns.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// A table for each load that was measured in more than one cache state: a line a function, a
/// column a state (coldest first) with its median and 95 % interval, and the ratio of `disk` to
/// `page-cache` where both were measured.
std::vector<DetailTable> cache_ladders(const std::vector<Summary>& summaries);

}  // namespace coldstart::results
