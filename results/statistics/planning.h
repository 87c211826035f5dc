// How many pairs a question needs, and which change so many pairs can see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace coldstart::results {

/// The error rates that are planned with: to call what is not so (one-sided), and to be able to.
struct Rates {
  double alpha = 0.01;
  double power = 0.9;
};

/// Pairs for the Hodges-Lehmann estimate of differences with standard deviation `deviation` to tell
/// `distance` from 0: n = (pi/3) (z_alpha + z_power)^2 deviation^2 / distance^2. For log ratios of
/// pairs with coefficient of variation CV and correlation rho, deviation^2 =
/// 2 ln(1 + CV^2) (1 - rho). `distance` is not 0; absent: more than 10^9.
std::optional<std::uint64_t> pairs_needed(double deviation, double distance, const Rates& rates);

/// The distance that n pairs tell from 0: the inverse.
double smallest_distance(double deviation, std::size_t n, const Rates& rates);

/// An interval for the next value of a series, from its past values: mean +- t(n-1, alpha) s
/// sqrt(1 + 1/n). Each bound is exceeded with probability alpha. Absent: fewer than 2 values.
struct Prediction {
  double mean = 0;
  double deviation = 0;
  /// Half-widths of one-sided bounds.
  double half_width(double alpha) const;
  std::size_t n = 0;
};
std::optional<Prediction> predict(std::span<const double> past);

/// Order statistics that bound quantile q of any distribution, each with confidence 1 - alpha
/// (binomial, exact). `sorted` is ascending. Absent: too few samples to promise it.
std::optional<std::int64_t> quantile_upper_bound(std::span<const std::int64_t> sorted, double q,
                                                 double alpha);
std::optional<std::int64_t> quantile_lower_bound(std::span<const std::int64_t> sorted, double q,
                                                 double alpha);

}  // namespace coldstart::results
