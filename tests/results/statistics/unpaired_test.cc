#include "results/statistics/unpaired.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace coldstart::results {
namespace {

using Samples = std::vector<std::int64_t>;

Samples sorted(Samples samples) {
  std::sort(samples.begin(), samples.end());
  return samples;
}

// Hollander & Wolfe, Nonparametric Statistical Methods, table 4.1 (permeability constants of the
// human chorioamnion at term and at 12 to 26 weeks), in hundredths. The example of R's wilcox.test,
// which gives W = 35 and, with conf.int, 0.305 and −0.15 to 0.76.
const Samples kAtTerm = sorted({80, 83, 189, 104, 145, 138, 191, 164, 73, 146});
const Samples kEarly = sorted({115, 88, 90, 74, 121});

TEST(UnpairedShift, AgreesWithThePublishedExample) {
  const Shift shift = unpaired_shift(kEarly, kAtTerm, 0.95);
  EXPECT_DOUBLE_EQ(shift.estimate, 30.5);
  ASSERT_TRUE(shift.interval);
  EXPECT_EQ(shift.interval->low, -15);
  EXPECT_EQ(shift.interval->high, 76);
  EXPECT_NEAR(shift.interval->coverage, 0.96004, 1e-5);
  EXPECT_FALSE(shift.excludes(0));
  EXPECT_NEAR(1 - mann_whitney_cdf(10, 5, 34), 0.1272, 5e-5);  // one-sided p of W = 35
}

// Critical values of U, two-sided 5 %, from the table of Mann & Whitney as textbooks print it
// (Siegel 1956, table K): the largest u with P(U <= u) <= 0.025.
TEST(MannWhitney, AgreesWithThePublishedTable) {
  struct Row {
    std::size_t m, n, critical;
  };
  for (const Row& row : {Row{3, 5, 0}, Row{4, 4, 0}, Row{5, 5, 2}, Row{5, 10, 8}, Row{8, 8, 13},
                         Row{10, 10, 23}, Row{15, 15, 64}, Row{20, 20, 127}, Row{9, 20, 48}}) {
    EXPECT_LE(mann_whitney_cdf(row.m, row.n, row.critical), 0.025) << row.m << ' ' << row.n;
    EXPECT_GT(mann_whitney_cdf(row.m, row.n, row.critical + 1), 0.025) << row.m << ' ' << row.n;
  }
  EXPECT_NEAR(mann_whitney_cdf(50, 50, 2500), 1, 1e-12);
}

// More than 50 samples: the normal approximation, against SciPy's quantiles and all differences
// sorted by NumPy.
TEST(UnpairedShift, ManySamplesAgreeWithAnIndependentComputation) {
  Samples a;
  Samples b;
  for (std::int64_t i = 0; i < 80; ++i) a.push_back(1000 + i * 7919 % 997 * 3 + i * i);
  for (std::int64_t i = 0; i < 60; ++i) b.push_back(1150 + i * 6007 % 991 * 3 + i * i);
  a = sorted(a);
  b = sorted(b);
  const Shift shift = unpaired_shift(a, b, 0.95);
  EXPECT_EQ(shift.estimate, -750);
  ASSERT_TRUE(shift.interval);
  EXPECT_EQ(shift.interval->low, -1409);
  EXPECT_EQ(shift.interval->high, -155);
  const Shift ratio = unpaired_ratio(a, b, 0.95);
  EXPECT_NEAR(ratio.estimate, 0.8200236507, 1e-9);
  EXPECT_NEAR(ratio.interval->low, 0.6960659898, 1e-9);
  EXPECT_NEAR(ratio.interval->high, 0.9625645438, 1e-9);
  EXPECT_TRUE(ratio.excludes(1));
}

TEST(UnpairedShift, IsTheNegativeWhenTheSidesAreSwapped) {
  const Shift there = unpaired_shift(kEarly, kAtTerm, 0.95);
  const Shift back = unpaired_shift(kAtTerm, kEarly, 0.95);
  EXPECT_EQ(back.estimate, -there.estimate);
  EXPECT_EQ(back.interval->low, -there.interval->high);
}

TEST(UnpairedShift, FindsAConstantExactly) {
  const Samples a = {5, 7, 9, 30, 1000};
  Samples b = a;
  for (std::int64_t& x : b) x += 42;
  EXPECT_EQ(unpaired_shift(a, b, 0.95).estimate, 42);
}

TEST(UnpairedShift, TooFewSamplesHaveNoInterval) {
  EXPECT_FALSE(unpaired_shift(Samples{1, 2, 3}, Samples{4, 5, 6}, 0.95).interval);
  EXPECT_TRUE(unpaired_shift(Samples{1, 2, 3, 4}, Samples{5, 6, 7, 8}, 0.95).interval);
  EXPECT_FALSE(unpaired_shift(Samples{1}, Samples{5}, 0.95).interval);
  EXPECT_EQ(unpaired_shift(Samples{1}, Samples{5}, 0.95).estimate, 4);
}

TEST(UnpairedShift, EqualSamplesShiftByNothing) {
  const Samples same(30, 7);
  const Shift shift = unpaired_shift(same, same, 0.95);
  EXPECT_EQ(shift.estimate, 0);
  EXPECT_EQ(shift.interval->low, 0);
  EXPECT_FALSE(shift.excludes(0));
}

// Independent samples of one distribution: the interval misses 0 in 5 % of cases, not more. With
// 2,000 pairs the share of misses has a standard deviation of 0.5 %.
TEST(UnpairedShift, IntervalCoversAsOftenAsItSays) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(14, 0.05);
  for (const std::size_t n : {20U, 80U}) {
    int missed = 0;
    constexpr int kPairs = 2000;
    for (int i = 0; i < kPairs; ++i) {
      Samples a(n);
      Samples b(n);
      for (std::int64_t& x : a) x = static_cast<std::int64_t>(latency(random));
      for (std::int64_t& x : b) x = static_cast<std::int64_t>(latency(random));
      if (unpaired_shift(sorted(a), sorted(b), 0.95).excludes(0)) ++missed;
    }
    EXPECT_LT(missed, kPairs * 0.065) << n;
    EXPECT_GT(missed, kPairs * 0.03) << n;
  }
}

}  // namespace
}  // namespace coldstart::results
