#include "results/report/phase_bar.h"

#include <gtest/gtest.h>
#include <numeric>

#include "results/report/text.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

TEST(PhaseBar, CellsAreDividedInProportionAndNoneIsLost) {
  EXPECT_EQ(apportion({1, 1, 2}, 8), (std::vector<int>{2, 2, 4}));
  EXPECT_EQ(apportion({1, 1, 1}, 10), (std::vector<int>{4, 3, 3}));
  EXPECT_EQ(apportion({1, 1'000'000}, 10), (std::vector<int>{0, 10}));
  EXPECT_EQ(apportion({0, 0}, 10), (std::vector<int>{0, 0}));
  EXPECT_TRUE(apportion({}, 10).empty());
  for (int cells = 1; cells < 50; ++cells) {
    const auto shares = apportion({3, 1, 4, 1, 5, 9, 2, 6}, cells);
    EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), 0), cells);
  }
}

const std::vector<PhaseMedian> kPhases = {{{Phase::kSpawn}, "spawn", 100, 5},
                                          {{Phase::kRuntime, Phase::kApp}, "runtime+app", 300, 5}};

TEST(PhaseBar, WithoutColourItIsLetters) {
  EXPECT_EQ(phase_bar(kPhases, 8, {100, false, true}), "ssAAAAAA");
  EXPECT_EQ(phase_bar(kPhases, 8, {100, false, false}), "ssAAAAAA");
}

TEST(PhaseBar, WithColourItIsBlocksAndAJoinedPhaseIsHatched) {
  const std::string bar = phase_bar(kPhases, 8, {100, true, true});
  EXPECT_EQ(display_width(bar), 8);
  EXPECT_EQ(testing::count_of(bar, "█"), 2U);
  EXPECT_EQ(testing::count_of(bar, "▒"), 6U);
  EXPECT_TRUE(bar.ends_with("\x1b[0m"));
}

}  // namespace
}  // namespace coldstart::results
