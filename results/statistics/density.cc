#include "results/statistics/density.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "results/statistics/quantile.h"

namespace coldstart::results {
namespace {

double bandwidth_of(std::span<const std::int64_t> sorted) {
  const auto n = static_cast<double>(sorted.size());
  double mean = 0;
  for (const std::int64_t ns : sorted) mean += std::log(static_cast<double>(ns)) / n;
  double squares = 0;
  for (const std::int64_t ns : sorted) {
    const double off = std::log(static_cast<double>(ns)) - mean;
    squares += off * off;
  }
  const double deviation = std::sqrt(squares / (n - 1));
  const double range = std::log(quantile(sorted, 0.75)) - std::log(quantile(sorted, 0.25));
  // Half of the samples alike: the range says nothing.
  const double spread = range > 0 ? std::min(deviation, range / 1.34) : deviation;
  return 0.9 * spread * std::pow(n, -0.2);
}

}  // namespace

std::vector<DensityPoint> log_density(std::span<const std::int64_t> sorted, std::size_t points) {
  if (sorted.size() < kMinimumForDensity || sorted.front() <= 0 || points < 2) return {};
  if (sorted.front() == sorted.back()) return {};  // rounding would make a spread of it
  const double width = bandwidth_of(sorted);
  if (!(width > 0)) return {};
  constexpr double kReach = 3;  // bandwidths
  const double low = std::log(static_cast<double>(sorted.front())) - kReach * width;
  const double high = std::log(static_cast<double>(sorted.back())) + kReach * width;

  // Ten bins a bandwidth move a sample by a twentieth of one at most; a far outlier must not make
  // them endless.
  constexpr double kMostBins = 1 << 14;
  const double bin = std::max(width / 10, (high - low) / kMostBins);
  std::vector<double> bins(static_cast<std::size_t>((high - low) / bin) + 1);
  for (const std::int64_t ns : sorted) {
    const auto at = static_cast<std::size_t>((std::log(static_cast<double>(ns)) - low) / bin);
    bins[std::min(at, bins.size() - 1)] += 1.0 / static_cast<double>(sorted.size());
  }

  const double scale = 1 / (width * std::sqrt(2 * std::numbers::pi));
  constexpr double kTail = 5;  // bandwidths beyond which a kernel is nothing
  std::vector<DensityPoint> density;
  for (std::size_t i = 0; i < points; ++i) {
    const double x = low + (high - low) * static_cast<double>(i) / static_cast<double>(points - 1);
    const auto first = static_cast<std::size_t>(std::max(0.0, (x - kTail * width - low) / bin));
    const std::size_t last =
        std::min(bins.size(), static_cast<std::size_t>((x + kTail * width - low) / bin) + 1);
    double sum = 0;
    for (std::size_t b = first; b < last; ++b) {
      if (bins[b] == 0) continue;
      const double off = (x - (low + (static_cast<double>(b) + 0.5) * bin)) / width;
      sum += bins[b] * std::exp(-off * off / 2);
    }
    density.push_back({std::exp(x), sum * scale});
  }
  return density;
}

}  // namespace coldstart::results
