// What each cache state costs: the states of a run side by side.
#pragma once

#include <string>
#include <vector>

#include "results/report/columns.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// Cache states in the order in which they get warmer: "disk", "page-cache", "warm", others.
int warmth(const std::string& cache);

/// A table for each load that was measured in more than one cache state: a line a function, a
/// column a state (coldest first) with its median and 95 % interval, and the ratio of `disk` to
/// `page-cache` where both were measured.
std::vector<DetailTable> cache_ladders(const std::vector<Summary>& summaries);

}  // namespace coldstart::results
