// The starts whose waterfall can be picked in the page, as data for html_page.js. Used by html.cc
// only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

struct PageStarts {
  std::string json;  ///< safe inside a <script> element; empty: no start to show
  std::size_t starts = 0;
  bool reduced = false;  ///< fewer a function than there could be, to keep the page small
};

/// Of each function, load and cache state the starts of statistics/shown_starts.h. A start has its
/// phases with their causes, and inside them boundaries, libraries, imports, modules, sandbox steps
/// and milestones of the JVM. Where the JSON would be larger than `most_bytes` the outer
/// percentiles are left out.
PageStarts page_starts(const Run& run, const std::vector<Summary>& summaries,
                       std::size_t most_bytes = 600'000);

}  // namespace coldstart::results
