#include "results/statistics/quantile.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <vector>

namespace coldstart::results {
namespace {

std::vector<std::int64_t> one_to(std::size_t n) {
  std::vector<std::int64_t> samples(n);
  std::iota(samples.begin(), samples.end(), 1);
  return samples;
}

// R 4: quantile(c(1, 2, 4, 8, 16, 32, 64), c(.1, .25, .5, .9, .99)), the default type 7.
TEST(Quantile, AgreesWithR) {
  const std::vector<std::int64_t> samples = {1, 2, 4, 8, 16, 32, 64};
  EXPECT_DOUBLE_EQ(quantile(samples, 0.10), 1.6);
  EXPECT_DOUBLE_EQ(quantile(samples, 0.25), 3.0);
  EXPECT_DOUBLE_EQ(quantile(samples, 0.50), 8.0);
  EXPECT_NEAR(quantile(samples, 0.90), 44.8, 1e-9);
  EXPECT_NEAR(quantile(samples, 0.99), 62.08, 1e-9);
}

TEST(Quantile, OfOneSampleIsThatSample) {
  const std::vector<std::int64_t> one = {7};
  EXPECT_EQ(quantile(one, 0), 7);
  EXPECT_EQ(quantile(one, 0.5), 7);
  EXPECT_EQ(quantile(one, 1), 7);
}

TEST(Quantile, EndsAreMinimumAndMaximum) {
  const auto samples = one_to(100);
  EXPECT_EQ(quantile(samples, 0), 1);
  EXPECT_EQ(quantile(samples, 1), 100);
  EXPECT_DOUBLE_EQ(quantile(samples, 0.5), 50.5);
}

// Ranks as printed in tables of the sign test's interval (e.g. Conover 1999, table A3; Hahn &
// Meeker).
TEST(MedianInterval, TakesThePublishedRanks) {
  const struct {
    std::size_t n, low, high;
  } kTable[] = {{6, 1, 6},    {7, 1, 7},    {8, 1, 8},    {9, 2, 8},    {10, 2, 9},
                {12, 3, 10},  {15, 4, 12},  {20, 6, 15},  {25, 8, 18},  {30, 10, 21},
                {40, 14, 27}, {50, 18, 33}, {60, 22, 39}, {100, 40, 61}};
  for (const auto& row : kTable) {
    const auto interval = median_interval(one_to(row.n), 0.95);
    ASSERT_TRUE(interval) << row.n;
    EXPECT_EQ(interval->low_rank, row.low) << row.n;
    EXPECT_EQ(interval->high_rank, row.high) << row.n;
    EXPECT_EQ(interval->low, static_cast<std::int64_t>(row.low));
    EXPECT_EQ(interval->high, static_cast<std::int64_t>(row.high));
  }
}

TEST(MedianInterval, IsAbsentWhereEvenTheExtremesCannotPromiseIt) {
  for (std::size_t n = 0; n < 6; ++n) EXPECT_FALSE(median_interval(one_to(n), 0.95)) << n;
  EXPECT_TRUE(median_interval(one_to(5), 0.90));
  EXPECT_FALSE(median_interval(one_to(7), 0.99));
  EXPECT_TRUE(median_interval(one_to(8), 0.99));
}

// Independent of Boost: sums of exact binomial coefficients.
TEST(MedianInterval, CoversWhatItSaysAndIsTheNarrowestThatDoes) {
  for (std::size_t n = 6; n <= 60; ++n) {
    const auto coverage = [&](std::size_t rank) {
      double tail = 0;
      double choose = 1;
      for (std::size_t k = 0; k < rank; ++k) {
        tail += choose;
        choose = choose * static_cast<double>(n - k) / static_cast<double>(k + 1);
      }
      return 1 - 2 * tail / std::pow(2.0, static_cast<double>(n));
    };
    const auto interval = median_interval(one_to(n), 0.95);
    ASSERT_TRUE(interval);
    EXPECT_NEAR(interval->coverage, coverage(interval->low_rank), 1e-12);
    EXPECT_GE(interval->coverage, 0.95);
    EXPECT_LT(coverage(interval->low_rank + 1), 0.95);
    EXPECT_EQ(interval->low_rank + interval->high_rank, n + 1);
  }
}

TEST(MedianInterval, ContainsTheTrueMedianAsOftenAsPromised) {
  std::mt19937_64 random(7);
  std::exponential_distribution<double> distribution(1.0);
  const auto median = static_cast<std::int64_t>(1e6 * std::log(2.0));
  int contained = 0;
  constexpr int kRounds = 4000;
  for (int i = 0; i < kRounds; ++i) {
    std::vector<std::int64_t> samples(30);
    for (auto& sample : samples) sample = static_cast<std::int64_t>(1e6 * distribution(random));
    std::sort(samples.begin(), samples.end());
    const auto interval = median_interval(samples, 0.95);
    contained += interval->low <= median && median <= interval->high;
  }
  EXPECT_GE(contained, 0.945 * kRounds);
  EXPECT_LE(contained, 0.97 * kRounds);
}

TEST(MedianInterval, WorksForManySamples) {
  const auto interval = median_interval(one_to(100'000), 0.95);
  ASSERT_TRUE(interval);
  // n/2 ± 1.96·sqrt(n)/2
  EXPECT_NEAR(static_cast<double>(interval->low_rank), 50'000 - 309.9, 2);
}

}  // namespace
}  // namespace coldstart::results
