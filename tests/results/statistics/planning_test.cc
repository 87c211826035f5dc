#include "results/statistics/planning.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

#include "results/statistics/quantile.h"
#include "results/statistics/random.h"

namespace coldstart::results {
namespace {

TEST(PairsNeeded, FollowsTheFormula) {
  // alpha 0.01, power 0.9: z = 2.326348 + 1.281552. CV 5 %, uncorrelated; +5 % against a margin of
  // 2 %: sigma^2 = ln(1.0025), Delta = ln(1.05 / 1.02).
  const double deviation = std::sqrt(2 * std::log(1.0025));
  const double distance = std::log(1.05 / 1.02);
  const double n = 3.14159265 / 3 * 2 * std::pow(2.326348 + 1.281552, 2) * std::log(1.0025) /
                   (distance * distance);
  EXPECT_EQ(pairs_needed(deviation, distance, {}), static_cast<std::uint64_t>(std::ceil(n)));
  EXPECT_FALSE(pairs_needed(0.1, 1e-9, {}));
}

TEST(SmallestDistance, IsTheInverse) {
  const double distance = smallest_distance(0.07, 120, {});
  EXPECT_EQ(pairs_needed(0.07, distance * 1.0001, {}), 120U);
}

TEST(Predict, AgreesWithR) {
  // R 4.2.2: m <- log(c(2.31, 2.28, 2.40, 2.33, 2.36)); qt(1 - a, 4) * sd(m) * sqrt(1 + 1/5)
  std::vector<double> logs;
  for (const double ms : {2.31, 2.28, 2.40, 2.33, 2.36}) logs.push_back(std::log(ms));
  const auto prediction = predict(logs);
  ASSERT_TRUE(prediction);
  EXPECT_NEAR(prediction->mean, 0.8482843182938159, 1e-12);
  EXPECT_NEAR(prediction->half_width(0.05), 0.046053323475280183, 1e-12);
  EXPECT_NEAR(prediction->half_width(0.01), 0.080943612463256029, 1e-12);
  EXPECT_FALSE(predict(std::array{1.0}));
}

std::vector<std::int64_t> ramp(std::size_t n) {
  std::vector<std::int64_t> values(n);
  std::iota(values.begin(), values.end(), 1);  // a value is its rank
  return values;
}

TEST(QuantileBounds, HaveTheRanksOfR) {
  // R 4.2.2: qbinom(.95, n, q) + 1 and qbinom(.01, n, q); n + 1: no sample is enough.
  struct Row {
    std::size_t n;
    double q;
    std::int64_t upper, lower;
  };
  constexpr std::array<Row, 7> kRows = {{{30, 0.9, 30, 23},
                                         {30, 0.99, 31, 28},
                                         {100, 0.9, 96, 82},
                                         {100, 0.99, 101, 96},
                                         {299, 0.9, 278, 256},
                                         {299, 0.99, 299, 291},
                                         {500, 0.99, 499, 489}}};
  for (const Row& row : kRows) {
    const auto sorted = ramp(row.n);
    const auto upper = quantile_upper_bound(sorted, row.q, 0.05);
    EXPECT_EQ(upper.value_or(static_cast<std::int64_t>(row.n) + 1), row.upper) << row.n;
    EXPECT_EQ(quantile_lower_bound(sorted, row.q, 0.01), row.lower) << row.n << " " << row.q;
  }
}

TEST(QuantileBounds, NeedTwoHundredAndNinetyNineSamplesForTheNinetyNinthPercentile) {
  EXPECT_FALSE(quantile_upper_bound(ramp(298), 0.99, 0.05));
  EXPECT_EQ(quantile_upper_bound(ramp(299), 0.99, 0.05), 299);
}

TEST(QuantileBounds, OfTheMedianAreThoseOfItsInterval) {
  const auto sorted = ramp(30);
  const auto interval = median_interval(sorted, 0.95);
  EXPECT_EQ(quantile_upper_bound(sorted, 0.5, 0.025), interval->high);
  EXPECT_EQ(quantile_lower_bound(sorted, 0.5, 0.025), interval->low);
}

TEST(QuantileBounds, NothingIsKnownOfNothing) {
  EXPECT_FALSE(quantile_upper_bound({}, 0.9, 0.05));
  EXPECT_FALSE(quantile_lower_bound({}, 0.9, 0.05));
  EXPECT_FALSE(quantile_lower_bound(ramp(3), 0.9, 0.0001));
}

}  // namespace
}  // namespace coldstart::results
