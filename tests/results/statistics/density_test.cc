#include "results/statistics/density.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace coldstart::results {
namespace {

std::vector<std::int64_t> log_normal(std::size_t n, double sigma) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  std::vector<std::int64_t> samples;
  for (std::size_t i = 0; i < n; ++i) {
    samples.push_back(static_cast<std::int64_t>(1e6 * std::exp(sigma * normal(random))));
  }
  std::sort(samples.begin(), samples.end());
  return samples;
}

double area(const std::vector<DensityPoint>& density) {
  double sum = 0;
  for (std::size_t i = 1; i < density.size(); ++i) {
    sum += (density[i].density + density[i - 1].density) / 2 *
           std::log(density[i].ns / density[i - 1].ns);
  }
  return sum;
}

TEST(Density, TheAreaIsOne) {
  EXPECT_NEAR(area(log_density(log_normal(500, 0.1), 200)), 1.0, 0.01);
}

TEST(Density, FollowsTheDistributionThatWasSampled) {
  constexpr double kSigma = 0.2;
  const auto density = log_density(log_normal(50'000, kSigma), 400);
  for (const DensityPoint& point : density) {
    const double z = std::log(point.ns / 1e6) / kSigma;
    if (std::abs(z) > 2) continue;
    const double expected = std::exp(-z * z / 2) / (kSigma * std::sqrt(2 * M_PI));
    EXPECT_NEAR(point.density, expected, 0.08) << z;
  }
}

TEST(Density, TwoHeapsHaveTwoPeaks) {
  std::vector<std::int64_t> samples;
  for (int i = 0; i < 50; ++i) samples.push_back(1'000'000 + i * 1000);
  for (int i = 0; i < 50; ++i) samples.push_back(4'000'000 + i * 4000);
  const auto density = log_density(samples, 300);
  int peaks = 0;
  for (std::size_t i = 1; i + 1 < density.size(); ++i) {
    if (density[i].density > density[i - 1].density && density[i].density >= density[i + 1].density)
      ++peaks;
  }
  EXPECT_EQ(peaks, 2);
}

TEST(Density, AFarOutlierIsNoProblem) {
  auto samples = log_normal(1000, 0.001);
  samples.push_back(30'000'000'000);
  const auto density = log_density(samples, 100);
  ASSERT_EQ(density.size(), 100U);
  for (const DensityPoint& point : density) EXPECT_TRUE(std::isfinite(point.density));
}

TEST(Density, TooFewSamplesOrAllAlikeHaveNone) {
  EXPECT_TRUE(log_density(std::vector<std::int64_t>{1, 2, 3, 4}, 100).empty());
  EXPECT_TRUE(log_density(std::vector<std::int64_t>(50, 1000), 100).empty());
  EXPECT_TRUE(log_density(std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}, 100).empty());
}

}  // namespace
}  // namespace coldstart::results
