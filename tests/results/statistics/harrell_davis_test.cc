#include "results/statistics/harrell_davis.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "results/statistics/paired_quantile.h"
#include "results/statistics/random.h"

namespace coldstart::results {
namespace {

double estimate(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return HarrellDavis(values.size(), q)(values);
}

TEST(HarrellDavis, AgreesWithTheExampleOfScipy) {
  // The example in the documentation of scipy.stats.mstats.hdquantiles (SciPy 1.13).
  const std::vector<double> data = {1.2, 2.5, 3.7, 4.0, 5.1, 6.3, 7.0, 8.2, 9.4};
  EXPECT_NEAR(estimate(data, 0.25), 3.1505820231763066, 1e-12);
  EXPECT_NEAR(estimate(data, 0.50), 5.194344084883956, 1e-12);
  EXPECT_NEAR(estimate(data, 0.75), 7.430626414674935, 1e-12);
}

TEST(HarrellDavis, AgreesWithPbetaOfR) {
  // R 4.2.2: w <- pbeta((1:n)/n, (n+1)q, (n+1)(1-q)) - pbeta((0:(n-1))/n, …); sum(w * sort(x))
  const std::vector<double> forty = {
      0.23298,   -0.045742, -0.005543, 0.017017, -0.027654, -0.025782, 0.109851,  0.040644,
      0.062213,  0.225198,  0.078559,  0.26734,  0.232516,  0.075922,  0.201685,  0.087414,
      -0.021504, 0.025414,  0.049614,  0.129053, 0.11718,   0.106427,  0.154477,  -0.06104,
      0.151833,  0.064735,  0.110182,  0.09734,  -0.028644, 0.027915,  -0.019668, 0.107497,
      0.058852,  0.043723,  0.016361,  0.00503,  0.129801,  -0.03841,  0.038617,  0.0752};
  EXPECT_NEAR(estimate(forty, 0.9), 0.203189689066845, 1e-12);
  EXPECT_NEAR(estimate(forty, 0.99), 0.263050713514601, 1e-12);
  EXPECT_NEAR(estimate(forty, 0.5), 0.0642711351007299, 1e-12);
}

TEST(HarrellDavis, KeepsOnlyTheWeightsThatMatter) {
  const HarrellDavis many(1'000'000, 0.9);
  EXPECT_LT(many.last() - many.first(), 10'000U);
  std::vector<double> ramp(1'000'000);
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<double>(i) / 1e6;
  EXPECT_NEAR(many(ramp), 0.9, 1e-6);
}

TEST(HarrellDavis, OneSampleIsEveryQuantile) { EXPECT_EQ(estimate({7}, 0.9), 7); }

struct Pairs {
  std::vector<double> base, changed;
};

// Log-normal-like latencies; both sides of a pair share a part of their noise.
Pairs made_pairs(std::size_t n, double shift, std::uint64_t seed) {
  RandomWords bits(seed);
  const auto noise = [&] {
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(draw_below(bits, 1U << 24U));
    return sum / (1U << 24U) - 6;
  };
  Pairs pairs;
  for (std::size_t i = 0; i < n; ++i) {
    const double common = 0.03 * noise();
    pairs.base.push_back(common + 0.05 * noise());
    pairs.changed.push_back(common + 0.05 * noise() + shift);
  }
  return pairs;
}

TEST(PairedQuantile, IsTheDifferenceOfTheEstimates) {
  const Pairs pairs = made_pairs(120, 0.1, 1);
  const PairedQuantile p90(pairs.base, pairs.changed, 0.9, 1);
  EXPECT_NEAR(p90.estimate(), estimate(pairs.changed, 0.9) - estimate(pairs.base, 0.9), 1e-12);
  EXPECT_LT(p90.lower_bound(0.01), p90.estimate());
  EXPECT_GT(p90.upper_bound(0.05), p90.estimate());
}

TEST(PairedQuantile, TheSameSeedGivesTheSameBounds) {
  const Pairs pairs = made_pairs(80, 0, 2);
  const PairedQuantile one(pairs.base, pairs.changed, 0.9, 42);
  const PairedQuantile again(pairs.base, pairs.changed, 0.9, 42);
  const PairedQuantile other(pairs.base, pairs.changed, 0.9, 43);
  EXPECT_EQ(one.lower_bound(0.01), again.lower_bound(0.01));
  EXPECT_NE(one.lower_bound(0.01), other.lower_bound(0.01));
}

TEST(PairedQuantile, TheJackknifeOfManyPairsIsAsWideAsTheBootstrapOfFewer) {
  // Where the method changes the answer must not: the standard error shrinks with the root of n.
  // Each one is uncertain by a tenth itself (how dense the samples lie near their p90): so the mean
  // of several.
  constexpr std::uint64_t kSets = 4;
  double bootstrap = 0;
  double jackknife = 0;
  for (std::uint64_t set = 0; set < kSets; ++set) {
    const Pairs few = made_pairs(kMostBootstrapPairs, 0, 10 + set);
    const Pairs many = made_pairs(4 * kMostBootstrapPairs, 0, 20 + set);
    bootstrap += PairedQuantile(few.base, few.changed, 0.9, 1).standard_error();
    jackknife += PairedQuantile(many.base, many.changed, 0.9, 1).standard_error();
  }
  EXPECT_NEAR(2 * jackknife / bootstrap, 1, 0.15);
}

TEST(PairedQuantile, BoundsKeepTheirPromise) {
  // 400 data sets whose p90 is really 5 % higher: the bounds miss that as often as they may.
  int too_high = 0;
  int too_low = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Pairs pairs = made_pairs(100, 0.05, 100 + seed);
    const PairedQuantile p90(pairs.base, pairs.changed, 0.9, seed);
    if (p90.lower_bound(0.05) > 0.05) ++too_high;
    if (p90.upper_bound(0.05) < 0.05) ++too_low;
  }
  EXPECT_LE(too_high, 30);  // 20 expected
  EXPECT_LE(too_low, 30);
  EXPECT_GE(too_high + too_low, 8);  // and they are not merely wide
}

TEST(PairedQuantile, BoundsAndProbabilitiesSayTheSame) {
  const Pairs pairs = made_pairs(150, 0.05, 9);
  const PairedQuantile p90(pairs.base, pairs.changed, 0.9, 1);
  for (const double alpha : {0.0001, 0.01, 0.05}) {
    EXPECT_LE(p90.p_greater(p90.lower_bound(alpha) - 1e-6), alpha + 1e-3);
    EXPECT_GE(p90.p_greater(p90.lower_bound(alpha) + 1e-6), alpha - 1e-3);
    EXPECT_LE(p90.p_less(p90.upper_bound(alpha) + 1e-6), alpha + 1e-3);
    EXPECT_GE(p90.p_less(p90.upper_bound(alpha) - 1e-6), alpha - 1e-3);
  }
}

TEST(PairedQuantile, EqualPairsHaveNoSpread) {
  const std::vector<double> same(30, 1.5);
  const PairedQuantile p90(same, same, 0.9, 1);
  EXPECT_EQ(p90.estimate(), 0);
  EXPECT_EQ(p90.upper_bound(0.05), 0);
  EXPECT_EQ(p90.p_less(0.02), 0);
  EXPECT_EQ(p90.p_greater(0.02), 1);
}

TEST(DrawBelow, IsUniformAndInRange) {
  RandomWords bits(1);
  std::vector<int> counts(7, 0);
  for (int i = 0; i < 70'000; ++i) ++counts[draw_below(bits, 7)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);
  EXPECT_EQ(draw_below(bits, 1), 0U);
}

}  // namespace
}  // namespace coldstart::results
