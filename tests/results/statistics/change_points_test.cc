#include "results/statistics/change_points.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace coldstart::results {
namespace {

using Points = std::vector<std::size_t>;

// Logarithms of medians: noise of `deviation`, and a level each.
std::vector<double> series(const std::vector<std::pair<std::size_t, double>>& levels,
                           double deviation, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise(0, deviation);
  std::vector<double> values;
  for (const auto& [length, level] : levels) {
    for (std::size_t i = 0; i < length; ++i) values.push_back(level + noise(random));
  }
  return values;
}

TEST(ChangePoints, FindsALevelThatRoseAndOneThatFell) {
  const auto values = series({{12, 16.0}, {9, 16.3}, {15, 16.05}}, 0.02, 1);
  EXPECT_EQ(change_points(values), (Points{12, 21}));
}

TEST(ChangePoints, WithoutNoiseTheyAreExact) {
  const auto values = series({{4, 1.0}, {2, 1.1}, {3, 1.0}}, 0, 1);
  EXPECT_EQ(change_points(values), (Points{4, 6}));
}

TEST(ChangePoints, OneRunThatIsFarOffIsNone) {
  for (const std::size_t where : {0U, 7U, 19U}) {
    auto values = series({{20, 16.0}}, 0.02, 3);
    values[where] += 1.5;
    EXPECT_EQ(change_points(values), Points{}) << where;
  }
}

TEST(ChangePoints, TwoRunsOfANewLevelAreEnough) {
  const auto values = series({{10, 16.0}, {2, 16.5}}, 0.02, 4);
  EXPECT_EQ(change_points(values), (Points{10}));
}

TEST(ChangePoints, TooFewRunsHaveNone) {
  EXPECT_EQ(change_points(std::vector<double>{}), Points{});
  EXPECT_EQ(change_points(std::vector<double>{1}), Points{});
  EXPECT_EQ(change_points(std::vector<double>{1, 9, 9}), Points{});
}

TEST(ChangePoints, AShiftOfAFewThousandthsIsNoneEvenWithoutNoise) {
  EXPECT_EQ(change_points(series({{10, 1.0}, {10, 1.002}}, 0, 1)), Points{});
}

// 400 series a length: a share of 0.05 has a standard deviation of 0.011.
TEST(ChangePoints, NoiseAloneIsSeldomTakenForAChange) {
  for (const std::size_t n : {10U, 30U, 100U}) {
    int found = 0;
    constexpr int kSeries = 400;
    for (int i = 0; i < kSeries; ++i) {
      const auto values = series({{n, 16.0}}, 0.03, 100 + static_cast<std::uint64_t>(i));
      if (!change_points(values).empty()) ++found;
    }
    EXPECT_LE(found, kSeries * 0.08) << n;
  }
}

TEST(ChangePoints, ATenthAtThreePerCentNoiseIsFoundInMostSeriesNearItsPlace) {
  int found = 0;
  constexpr int kSeries = 200;
  for (int i = 0; i < kSeries; ++i) {
    const auto values =
        series({{15, 16.0}, {15, 16.0 + std::log(1.1)}}, 0.03, 500 + static_cast<std::uint64_t>(i));
    const Points points = change_points(values);
    if (points.size() == 1 && points[0] >= 13 && points[0] <= 17) ++found;
  }
  EXPECT_GE(found, kSeries * 0.85);
}

}  // namespace
}  // namespace coldstart::results
