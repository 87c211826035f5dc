// How far apart two unpaired samples are, without assuming a distribution.
//
// The estimate is that of Hodges and Lehmann (1963): the median of all differences b_j − a_i. Its
// interval inverts the Mann–Whitney test: the k-th smallest and the k-th largest difference
// (Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, 3rd ed., sections 4.2 and 4.3).
//
// It holds for independent samples. Two runs that are hours apart are not: the machine drifts
// between them, and that is in the estimate and not in the interval (see compare.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace coldstart::results {

struct ShiftInterval {
  double low = 0;
  double high = 0;
  double coverage = 0;  ///< that it holds the true shift: >= what was asked
};

/// An additive shift: b is `estimate` larger than a.
struct Shift {
  double estimate = 0;
  std::optional<ShiftInterval> interval;  ///< absent: too few samples for that confidence

  /// True if the interval is there and does not hold `nothing` (0 for a shift, 1 for a ratio).
  bool excludes(double nothing) const {
    return interval && (interval->low > nothing || interval->high < nothing);
  }
};

/// Samples in ascending order, neither empty. O((m+n) log range): 10,000 against 10,000 is cheap.
Shift unpaired_shift(std::span<const std::int64_t> a, std::span<const std::int64_t> b,
                     double confidence);

/// The same on logarithms: b is `estimate` times a. All samples must be positive.
Shift unpaired_ratio(std::span<const std::int64_t> a, std::span<const std::int64_t> b,
                     double confidence);

/// P(U <= u) of the Mann–Whitney statistic of m and n samples where nothing differs and there are
/// no ties; exact. Meant for m, n <= 50.
double mann_whitney_cdf(std::size_t m, std::size_t n, std::size_t u);

}  // namespace coldstart::results
