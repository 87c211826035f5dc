#include "results/statistics/planning.h"

#include <cmath>

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace coldstart::results {
namespace {

double both_z(const Rates& rates) {
  const boost::math::normal standard;
  return quantile(complement(standard, rates.alpha)) + quantile(standard, rates.power);
}

// Variance of the Hodges-Lehmann estimate over that of the mean, for normal differences.
constexpr double kPenalty = boost::math::constants::pi<double>() / 3;

}  // namespace

std::optional<std::uint64_t> pairs_needed(double deviation, double distance, const Rates& rates) {
  const double z = both_z(rates) * deviation / distance;
  const double n = std::ceil(kPenalty * z * z);
  if (!(n <= 1e9)) return std::nullopt;
  return static_cast<std::uint64_t>(std::max(n, 1.0));
}

double smallest_distance(double deviation, std::size_t n, const Rates& rates) {
  return both_z(rates) * deviation * std::sqrt(kPenalty / static_cast<double>(n));
}

double Prediction::half_width(double alpha) const {
  const auto count = static_cast<double>(n);
  const boost::math::students_t t(count - 1);
  return quantile(complement(t, alpha)) * deviation * std::sqrt(1 + 1 / count);
}

std::optional<Prediction> predict(std::span<const double> past) {
  if (past.size() < 2) return std::nullopt;
  Prediction prediction;
  prediction.n = past.size();
  const auto n = static_cast<double>(past.size());
  for (const double value : past) prediction.mean += value / n;
  double squares = 0;
  for (const double value : past) {
    squares += (value - prediction.mean) * (value - prediction.mean);
  }
  prediction.deviation = std::sqrt(squares / (n - 1));
  return prediction;
}

std::optional<std::int64_t> quantile_upper_bound(std::span<const std::int64_t> sorted, double q,
                                                 double alpha) {
  // P(x_(k) >= the quantile) >= P(fewer than k samples lie below it) = P(Bin(n, q) <= k - 1).
  if (sorted.empty()) return std::nullopt;
  const boost::math::binomial below(static_cast<double>(sorted.size()), q);
  std::size_t low = 0;  // rank that is not enough
  std::size_t high = sorted.size() + 1;
  while (high - low > 1) {
    const std::size_t rank = low + (high - low) / 2;
    (cdf(below, static_cast<double>(rank - 1)) >= 1 - alpha ? high : low) = rank;
  }
  if (high > sorted.size()) return std::nullopt;
  return sorted[high - 1];
}

std::optional<std::int64_t> quantile_lower_bound(std::span<const std::int64_t> sorted, double q,
                                                 double alpha) {
  // P(x_(k) > the quantile) <= P(fewer than k samples lie at or below it) = P(Bin(n, q) <= k - 1).
  if (sorted.empty()) return std::nullopt;
  const boost::math::binomial below(static_cast<double>(sorted.size()), q);
  std::size_t low = 0;  // rank that is good
  std::size_t high = sorted.size() + 1;
  while (high - low > 1) {
    const std::size_t rank = low + (high - low) / 2;
    (cdf(below, static_cast<double>(rank - 1)) <= alpha ? low : high) = rank;
  }
  if (low == 0) return std::nullopt;
  return sorted[low - 1];
}

}  // namespace coldstart::results
