// Which starts a report shows one by one: the account of the others is needed in sums only.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// A place in the order of a function's usable starts, the fastest first.
struct Place {
  const char* name;
  double q;
  std::size_t least;  ///< starts that it needs

  bool is_median() const { return q == 0.5; }
  bool is_outer() const { return q == 0 || q == 1; }
};

struct PlacedStart {
  Place place;
  std::size_t start = 0;  ///< index into Run::starts
  std::size_t rank = 0;   ///< 1-based, the fastest first
};

/// Of one function, load and cache state.
struct ShownStarts {
  std::size_t usable = 0;
  /// The fastest, those at the percentiles that the number of starts allows (5 and 95 from 20
  /// starts, 10 and 90 from 10, 25 and 75 from 4, 99 from 100), the median, the slowest.
  std::vector<PlacedStart> placed;
  std::optional<std::size_t> failed;  ///< index of the first one that did not answer
};

/// One for each summary, in their order.
std::vector<ShownStarts> shown_starts(const Run& run, const std::vector<Summary>& summaries);

}  // namespace coldstart::results
