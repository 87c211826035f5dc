#include "results/report/plot_units.h"

#include <gtest/gtest.h>

namespace coldstart::results {
namespace {

TEST(PlotUnits, TakesTheLargestUnitThatKeepsTheValueAboveOne) {
  EXPECT_STREQ(unit_for(999).name, "ns");
  EXPECT_STREQ(unit_for(1'000).name, "µs");
  EXPECT_STREQ(unit_for(2e6).name, "ms");
  EXPECT_STREQ(unit_for(3e9).name, "s");
  EXPECT_STREQ(unit_for(0).name, "ns");
}

TEST(PlotUnits, TicksAreRoundNumbersInsideTheRange) {
  EXPECT_EQ(log_ticks(0.9, 250), (std::vector<double>{1, 2, 5, 10, 20, 50, 100, 200}));
  EXPECT_EQ(log_ticks(0.5, 2e6), (std::vector<double>{1, 10, 100, 1e3, 1e4, 1e5, 1e6}));
}

TEST(PlotUnits, ANarrowRangeHasTicksToo) {
  for (const auto& [low, high] :
       std::vector<std::pair<double, double>>{{1.55, 1.70}, {99, 101}, {0.88, 1.12}, {440, 560}}) {
    const auto ticks = log_ticks(low, high);
    EXPECT_GE(ticks.size(), 3U);
    EXPECT_LE(ticks.size(), 12U);
    for (const double tick : ticks) {
      EXPECT_GE(tick, low);
      EXPECT_LE(tick, high);
    }
  }
}

TEST(PlotUnits, LabelsAreShort) {
  EXPECT_EQ(tick_label(0.5), "0.5");
  EXPECT_EQ(tick_label(1000), "1000");
  EXPECT_EQ(tick_label(3 * 0.1), "0.3");
}

}  // namespace
}  // namespace coldstart::results
