#include "results/report/palette.h"

#include <gtest/gtest.h>
#include <set>

namespace coldstart::results {
namespace {

std::vector<Phase> all_phases() {
  std::vector<Phase> phases;
  for (std::size_t i = 0; i < kPhaseCount; ++i) phases.push_back(static_cast<Phase>(i));
  return phases;
}

TEST(Palette, EveryPhaseHasAColourAndALetterOfItsOwn) {
  std::set<std::string> colors;
  std::set<int> terminal_colors;
  std::set<char> letters;
  for (const Phase phase : all_phases()) {
    colors.insert(hex(color_of(phase)));
    terminal_colors.insert(ansi256(color_of(phase)));
    letters.insert(letter_of({phase}));
  }
  EXPECT_EQ(colors.size(), kPhaseCount);
  EXPECT_EQ(terminal_colors.size(), kPhaseCount);
  EXPECT_EQ(letters.size(), kPhaseCount);
}

TEST(Palette, SeveralPhasesInOneTakeTheLastOnesColourAndItsLetterInUpperCase) {
  const std::vector<Phase> joined = {Phase::kRuntime, Phase::kApp};
  EXPECT_EQ(color_of(joined), color_of(Phase::kApp));
  EXPECT_EQ(letter_of(joined), 'A');
}

TEST(Palette, SeriesRepeatAfterEightColours) {
  std::set<std::string> colors;
  for (std::size_t i = 0; i < kSeriesColors; ++i) colors.insert(hex(series_color(i)));
  EXPECT_EQ(colors.size(), kSeriesColors);
  EXPECT_EQ(series_color(kSeriesColors), series_color(0));
}

TEST(Palette, FindsTheNearestTerminalColour) {
  EXPECT_EQ(ansi256({0, 0, 0}), 16);
  EXPECT_EQ(ansi256({255, 255, 255}), 231);
  EXPECT_EQ(ansi256({255, 0, 0}), 196);
  EXPECT_EQ(ansi256({118, 118, 118}), 243);
  EXPECT_EQ(hex({0xE6, 0x9F, 0x00}), "#e69f00");
}

}  // namespace
}  // namespace coldstart::results
