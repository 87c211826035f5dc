// A run as one HTML file that needs nothing else: no network, no other file. Its script only moves
// what is there: without it, the page has the median start of each function instead of any.
#pragma once

#include <string>
#include <vector>

#include "results/report/plots.h"
#include "results/statistics/digest.h"

namespace coldstart::results {

/// The page: the answer, comparison and phases first; then distributions, cache states, loads,
/// causes, the waterfall of any start, what the median starts loaded, and the conditions. Light and
/// dark, for screens from 360 pixels and for paper. All text of the run is escaped.
std::string html_report(const Digest& digest, const std::vector<InlinePicture>& pictures = {});

}  // namespace coldstart::results
