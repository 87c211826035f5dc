// The comparison of a run's functions, for the terminal.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/report/style.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// One line a function: n, failed, median with its interval, p90, p99, ratio to the fastest, and a
/// bar that shows how the median start-up divides into phases. Then what was skipped, what failed
/// and why, which values are absent and why, and the conditions of the measurement; where there are
/// several cache states, these side by side. Ends with a newline. No line is wider than style.width
/// (>= 60) but the command that repeats the run; where space is short the bar goes first, then
/// names.
std::string comparison_table(const Run& run, const std::vector<Summary>& summaries,
                             const TextStyle& style);

/// Functions × phases: the median length of each phase. Ends with a newline.
std::string phase_table(const std::vector<Summary>& summaries, const TextStyle& style);

}  // namespace coldstart::results
