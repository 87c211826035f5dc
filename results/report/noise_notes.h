// What the samples themselves say of the quiet of the machine.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// "noise: cpp (cold, disk): the second half of the starts took 12 % longer than the first": where
/// the 95 % intervals of the two medians do not touch and the medians differ by 5 % at least. And
/// "noise: the slowest tenth of cpp took more than 1.8 × the median" where p90 is over one and a
/// half medians. Empty: nothing of that kind (functions with fewer than 12 starts are not looked
/// at).
std::vector<std::string> noise_notes(const Run& run, const std::vector<Summary>& summaries);

}  // namespace coldstart::results
