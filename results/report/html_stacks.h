// The sampled stacks of a run in the HTML report. Used by html.cc only.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// Of each function, load and cache state: a flame graph on CPU and one off, and the tables that
/// say the same in numbers. Empty where no start has stacks.
std::string html_stacks(const Run& run, const std::vector<Summary>& summaries);

}  // namespace coldstart::results
