// Quantiles of raw samples, and how sure we may be of a median. No distribution is assumed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace coldstart::results {

/// Quantile q (0 to 1) of samples in ascending order, by linear interpolation between the
/// neighbouring order statistics (type 7 of Hyndman & Fan 1996; what R, NumPy and spreadsheets do
/// by default). The samples must not be empty.
double quantile(std::span<const std::int64_t> sorted, double q);

/// An interval between two of the samples themselves.
struct Interval {
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::size_t low_rank = 0;   ///< 1-based: `low` is the low_rank-th smallest sample
  std::size_t high_rank = 0;  ///< n + 1 - low_rank
  double coverage = 0;  ///< the real probability that it contains the median; >= what was asked
};

/// The narrowest symmetric pair of order statistics that contains the median of the distribution
/// with at least probability `confidence` (binomial, exact; e.g. ranks 10 and 21 of 30 at 95 %).
/// Absent where even minimum and maximum cannot promise that: fewer than 6 samples at 95 %.
std::optional<Interval> median_interval(std::span<const std::int64_t> sorted, double confidence);

}  // namespace coldstart::results
