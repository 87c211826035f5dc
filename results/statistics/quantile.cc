#include "results/statistics/quantile.h"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/binomial.hpp>

namespace coldstart::results {

double quantile(std::span<const std::int64_t> sorted, double q) {
  const double position = static_cast<double>(sorted.size() - 1) * std::clamp(q, 0.0, 1.0);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double fraction = position - static_cast<double>(below);
  const auto low = static_cast<double>(sorted[below]);
  return low + fraction * (static_cast<double>(sorted[above]) - low);
}

std::optional<Interval> median_interval(std::span<const std::int64_t> sorted, double confidence) {
  const std::size_t n = sorted.size();
  if (n < 2) return std::nullopt;
  const boost::math::binomial_distribution<double> below_median(static_cast<double>(n), 0.5);
  // P(sample[rank] <= median <= sample[n + 1 - rank]), ranks 1-based.
  const auto coverage = [&](std::size_t rank) {
    return 1.0 - 2.0 * cdf(below_median, static_cast<double>(rank - 1));
  };
  if (coverage(1) < confidence) return std::nullopt;
  std::size_t enough = 1;
  std::size_t too_narrow = n / 2 + 1;
  while (too_narrow - enough > 1) {
    const std::size_t middle = enough + (too_narrow - enough) / 2;
    (coverage(middle) >= confidence ? enough : too_narrow) = middle;
  }
  const std::size_t high_rank = n + 1 - enough;
  return Interval{sorted[enough - 1], sorted[high_rank - 1], enough, high_rank, coverage(enough)};
}

}  // namespace coldstart::results
