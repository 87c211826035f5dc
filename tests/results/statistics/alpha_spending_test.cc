#include "results/statistics/alpha_spending.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

#include <boost/math/distributions/normal.hpp>

namespace coldstart::results {
namespace {

double z_of(double level) { return quantile(complement(boost::math::normal(), level)); }

TEST(AlphaSpending, HasThePublishedLanDeMetsBounds) {
  // One-sided 0.05, looks at 1/4, 1/2, 3/4, 1: the table in the documentation of SeqBounds.jl
  // (github.com/PharmCat/SeqBounds.jl), spending function O'Brien-Fleming.
  const std::array fractions = {0.25, 0.5, 0.75, 1.0};
  EXPECT_NEAR(obrien_fleming_spending(0.05, 0.25), 8.85754e-5, 1e-9);
  EXPECT_NEAR(obrien_fleming_spending(0.05, 0.5), 0.0055746, 1e-7);
  EXPECT_NEAR(obrien_fleming_spending(0.05, 0.75), 0.0236251, 1e-7);
  const auto levels = obrien_fleming_levels(0.05, fractions);
  constexpr std::array kBounds = {3.74955, 2.53993, 2.01604, 1.72014};
  for (std::size_t i = 0; i < kBounds.size(); ++i) EXPECT_NEAR(z_of(levels[i]), kBounds[i], 2e-4);
}

TEST(AlphaSpending, HasTheBoundsOfRpactForItsOwnLooks) {
  // R 4.2.2, rpact 3.3.4: getDesignGroupSequential(informationRates = c(.2, .4, .7, 1), alpha = …,
  // sided = 1, typeOfDesign = "asOF")$criticalValues
  const std::array fractions = {0.2, 0.4, 0.7, 1.0};
  struct Row {
    double alpha;
    std::array<double, 4> bounds;
  };
  constexpr std::array<Row, 2> kRows = {{{0.05, {4.229195, 2.888137, 2.085302, 1.704039}},
                                         {0.01, {5.641579, 3.908376, 2.868410, 2.351781}}}};
  for (const Row& row : kRows) {
    const auto levels = obrien_fleming_levels(row.alpha, fractions);
    for (std::size_t i = 0; i < fractions.size(); ++i) {
      EXPECT_NEAR(z_of(levels[i]), row.bounds[i], 1e-4) << row.alpha << ", look " << i + 1;
    }
  }
  // The first of these may spend 2e-14, for which rpact says "never" and we a bound beyond 7.
  const auto strict = obrien_fleming_levels(0.01 / 16, fractions);
  EXPECT_LT(strict[0], 1e-12);
  EXPECT_NEAR(z_of(strict[1]), 5.282789, 1e-4);
  EXPECT_NEAR(z_of(strict[2]), 3.924649, 1e-4);
  EXPECT_NEAR(z_of(strict[3]), 3.234063, 1e-4);
}

TEST(AlphaSpending, AnEarlyLookMaySpendWhatIsTooSmallToBeIntegrated) {
  const std::array fractions = {0.05, 0.1, 0.2, 1.0};
  const auto levels = obrien_fleming_levels(0.01 / 16, fractions);
  EXPECT_GT(levels[0], 0);
  EXPECT_NEAR(levels[0] / obrien_fleming_spending(0.01 / 16, 0.05), 1, 1e-9);
  EXPECT_LT(levels[0], levels[1]);
  EXPECT_LT(levels[1], 1e-20);
  const auto without = obrien_fleming_levels(0.01 / 16, std::array{0.2, 1.0});
  EXPECT_NEAR(levels[3] / without[1], 1, 1e-6) << "it costs the later looks nothing to speak of";
}

TEST(AlphaSpending, CrossesTheClassicBoundsAsOftenAsTheyPromise) {
  // Constants C_B(K, alpha) of O'Brien & Fleming's two-sided test with K equal looks; Z_k is
  // compared with C_B sqrt(K / k). R 4.2.2, rpact 3.3.4: getDesignGroupSequential(kMax = K,
  // alpha = …, sided = 2, typeOfDesign = "OF")$criticalValues[K]. (Jennison & Turnbull, Group
  // Sequential Methods, 2000, table 2.3 has them with three digits.)
  // One side is crossed with half the probability (that both are is negligible).
  struct Row {
    int looks;
    double alpha, constant;
  };
  constexpr std::array<Row, 8> kTable = {{{2, 0.05, 1.977431},
                                          {3, 0.05, 2.004036},
                                          {4, 0.05, 2.024295},
                                          {5, 0.05, 2.040073},
                                          {2, 0.01, 2.579570},
                                          {3, 0.01, 2.594920},
                                          {4, 0.01, 2.609097},
                                          {5, 0.01, 2.621171}}};
  for (const Row& row : kTable) {
    std::vector<double> bounds;
    std::vector<double> fractions;
    for (int look = 1; look <= row.looks; ++look) {
      fractions.push_back(static_cast<double>(look) / row.looks);
      bounds.push_back(row.constant * std::sqrt(1 / fractions.back()));
    }
    EXPECT_NEAR(2 * crossing_probability(bounds, fractions), row.alpha, 2e-4 * row.alpha)
        << row.looks << " looks, " << row.alpha;
  }
}

TEST(AlphaSpending, SpendsAllOfItAndNoMore) {
  const std::array fractions = {0.2, 0.4, 0.7, 1.0};
  for (const double alpha : {0.05, 0.01, 0.01 / 16}) {
    const auto levels = obrien_fleming_levels(alpha, fractions);
    std::vector<double> bounds;
    for (const double level : levels) bounds.push_back(level > 0 ? z_of(level) : 40);
    EXPECT_NEAR(crossing_probability(bounds, fractions), alpha, 1e-3 * alpha);
    EXPECT_LT(levels.front(), levels.back());
    EXPECT_LE(levels.back(), alpha);
  }
}

TEST(AlphaSpending, OneLookHasAllOfIt) {
  const auto levels = obrien_fleming_levels(0.01, std::array{1.0});
  ASSERT_EQ(levels.size(), 1U);
  EXPECT_NEAR(levels[0], 0.01, 1e-9);
}

TEST(AlphaSpending, LooksInQuickSuccessionStaySound) {
  const std::array fractions = {0.2, 0.97, 1.0};
  const auto levels = obrien_fleming_levels(0.01, fractions);
  EXPECT_GT(levels[1], 0.008);
  EXPECT_LE(levels[1], 0.01);
  EXPECT_GT(levels[2], 0.002);
  EXPECT_LE(levels[2], 0.01);
}

}  // namespace
}  // namespace coldstart::results
