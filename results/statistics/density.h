// How densely samples of a time lie, on a logarithmic axis.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace coldstart::results {

struct DensityPoint {
  double ns = 0;
  double density = 0;  ///< per natural logarithm of time; the area over ln(ns) is 1
};

inline constexpr std::size_t kMinimumForDensity = 5;

/// Kernel density estimate of ln(time): a Gaussian kernel with Silverman's bandwidth
/// 0.9 · min(standard deviation, interquartile range / 1.34) · n^(-1/5) (Silverman 1986, 3.31),
/// over `points` places from three bandwidths before the least sample to three after the greatest.
/// Samples are ascending and positive. Empty: fewer than kMinimumForDensity samples, or no spread.
/// The cost is linear in the samples, which are first gathered in narrow bins.
std::vector<DensityPoint> log_density(std::span<const std::int64_t> sorted, std::size_t points);

}  // namespace coldstart::results
