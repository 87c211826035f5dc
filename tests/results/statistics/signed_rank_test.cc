#include "results/statistics/signed_rank.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <random>

namespace coldstart::results {
namespace {

// Forty differences; what follows from them below is R 4.2.2:
//   wilcox.test(z, conf.int = TRUE, conf.level = …, exact = TRUE), and the same with mu = log(1.02)
const std::vector<double> kForty = {
    0.23298,   -0.045742, -0.005543, 0.017017, -0.027654, -0.025782, 0.109851,  0.040644,
    0.062213,  0.225198,  0.078559,  0.26734,  0.232516,  0.075922,  0.201685,  0.087414,
    -0.021504, 0.025414,  0.049614,  0.129053, 0.11718,   0.106427,  0.154477,  -0.06104,
    0.151833,  0.064735,  0.110182,  0.09734,  -0.028644, 0.027915,  -0.019668, 0.107497,
    0.058852,  0.043723,  0.016361,  0.00503,  0.129801,  -0.03841,  0.038617,  0.0752};

// Hamilton's depression scale before and after; Hollander & Wolfe 1973, table 3.1.
const std::vector<double> kDepression = {0.878 - 1.83, 0.647 - 0.50, 0.598 - 1.62,
                                         2.05 - 2.48,  1.06 - 1.68,  1.29 - 1.88,
                                         1.06 - 1.55,  3.14 - 3.06,  1.29 - 1.30};

TEST(SignedRank, HasThePublishedCriticalValues) {
  // OEIS A226330, from Mitic's tables: the largest w with P(W <= w) <= 2.5 %, n = 6, 7, …
  constexpr std::array kTable = {0,   2,   3,   5,   8,   10,  13,  17,  21,  25,  29,  34,
                                 40,  46,  52,  58,  65,  73,  81,  89,  98,  107, 116, 126,
                                 137, 147, 159, 170, 182, 195, 208, 221, 235, 249, 264, 279};
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    EXPECT_EQ(signed_rank_order(6 + i, 0.025), static_cast<std::uint64_t>(kTable[i]) + 1)
        << "n = " << 6 + i;
  }
}

TEST(SignedRank, HasTheQuantilesOfR) {
  // R 4.2.2, qsignrank(c(.05, .01, .005), n): the smallest w with P(W <= w) >= p.
  struct Row {
    std::size_t n;
    std::array<std::uint64_t, 3> w;
  };
  constexpr std::array<Row, 7> kRows = {{{7, {4, 1, 0}},
                                         {10, {11, 6, 4}},
                                         {20, {61, 44, 38}},
                                         {30, {152, 121, 110}},
                                         {50, {467, 398, 374}},
                                         {60, {691, 601, 568}},
                                         {100, {2046, 1851, 1780}}}};
  for (const Row& row : kRows) {
    EXPECT_EQ(signed_rank_order(row.n, 0.05), row.w[0]) << row.n;
    EXPECT_EQ(signed_rank_order(row.n, 0.01), row.w[1]) << row.n;
    EXPECT_EQ(signed_rank_order(row.n, 0.005), row.w[2]) << row.n;
  }
}

TEST(SignedRank, AboveItsExactRangeGoesOnWithoutAStep) {
  for (const double alpha : {0.05, 0.01}) {
    const auto exact = static_cast<double>(signed_rank_order(kExactSignedRank, alpha));
    const auto next = static_cast<double>(signed_rank_order(kExactSignedRank + 1, alpha));
    EXPECT_GT(next, exact);
    EXPECT_LT(next - exact, 60);  // n / 2 more, and what z brings
  }
  EXPECT_NEAR(signed_rank_cdf(101, 101 * 102 / 4.0), 0.5, 0.001);
}

TEST(SignedRank, SmallestWalshAveragesOfAWorkedExample) {
  // 1, 3, 7, 8: averages 1 2 3 4 4.5 5 5.5 7 7.5 8; their median is 4.75.
  const SignedRank example({8, 1, 7, 3});
  constexpr std::array kAverages = {1.0, 2.0, 3.0, 4.0, 4.5, 5.0, 5.5, 7.0, 7.5, 8.0};
  for (std::size_t k = 1; k <= kAverages.size(); ++k) {
    EXPECT_EQ(example.walsh_average(k), kAverages[k - 1]);
  }
  EXPECT_EQ(example.estimate(), 4.75);
}

TEST(SignedRank, SaysOfTheDepressionDataWhatTheBookSays) {
  // Hollander & Wolfe, examples 3.1 to 3.3: estimate -0.46, 96 % interval -0.786 to -0.010 (R says
  // the same for 95 %), W = 5 and a two-sided p of 0.039.
  const SignedRank depression(kDepression);
  EXPECT_NEAR(depression.estimate(), -0.46, 1e-12);
  EXPECT_NEAR(*depression.lower_bound(0.025), -0.786, 1e-12);
  EXPECT_NEAR(*depression.upper_bound(0.025), -0.010, 1e-12);
  EXPECT_NEAR(2 * depression.p_less(0), 0.0390625, 1e-12);
}

TEST(SignedRank, AgreesWithROnFortyDifferences) {
  const SignedRank forty(kForty);
  EXPECT_NEAR(forty.estimate(), 0.06689825, 1e-9);
  EXPECT_NEAR(*forty.lower_bound(0.05), 0.0438135, 1e-9);
  EXPECT_NEAR(*forty.upper_bound(0.05), 0.0917095, 1e-9);
  EXPECT_NEAR(*forty.lower_bound(0.01), 0.0348825, 1e-9);
  EXPECT_NEAR(*forty.upper_bound(0.01), 0.1024310, 1e-9);
  EXPECT_NEAR(forty.p_greater(std::log(1.02)), 0.000301645051877131, 1e-12);
  EXPECT_NEAR(forty.p_less(std::log(1.02)), 0.999715058580477, 1e-12);
}

TEST(SignedRank, BoundsAndProbabilitiesSayTheSame) {
  const SignedRank forty(kForty);
  for (const double alpha : {0.0001, 0.001, 0.01, 0.05, 0.2}) {
    const double low = *forty.lower_bound(alpha);
    EXPECT_LE(forty.p_greater(low - 1e-9), alpha);
    EXPECT_GT(forty.p_greater(low + 1e-9), alpha);
    const double high = *forty.upper_bound(alpha);
    EXPECT_LE(forty.p_less(high + 1e-9), alpha);
    EXPECT_GT(forty.p_less(high - 1e-9), alpha);
  }
}

TEST(SignedRank, FewDifferencesHaveNoBound) {
  const SignedRank six({1, 2, 3, 4, 5, 6});
  EXPECT_FALSE(six.lower_bound(0.01));  // 1 / 64 at best
  EXPECT_EQ(six.lower_bound(0.02), 1.0);
  EXPECT_EQ(SignedRank({0.5}).estimate(), 0.5);
}

TEST(SignedRank, EqualDifferencesAreTheirOwnBounds) {
  const SignedRank zeros(std::vector<double>(20, 0.0));
  EXPECT_EQ(zeros.estimate(), 0);
  EXPECT_EQ(zeros.lower_bound(0.01), 0.0);
  EXPECT_EQ(zeros.upper_bound(0.01), 0.0);
  EXPECT_NEAR(zeros.p_greater(0), 0.5, 0.02);  // ties count half
  EXPECT_LT(zeros.p_less(0.01), 1e-5);
}

TEST(SignedRank, SelectsWhatSortingAllAveragesFinds) {
  std::mt19937_64 bits(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> values(1 + bits() % 60);
    for (double& value : values) value = static_cast<double>(bits() % 41) / 7 - 3;  // many ties
    std::vector<double> averages;
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (std::size_t j = i; j < values.size(); ++j) {
        averages.push_back((values[i] + values[j]) / 2);
      }
    }
    std::sort(averages.begin(), averages.end());
    const SignedRank ranked(values);
    for (std::size_t k = 1; k <= averages.size(); ++k) {
      ASSERT_EQ(ranked.walsh_average(k), averages[k - 1]);
    }
  }
}

}  // namespace
}  // namespace coldstart::results
