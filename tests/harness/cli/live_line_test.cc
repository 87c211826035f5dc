#include "harness/cli/live_line.h"

#include <gtest/gtest.h>

#include "results/report/text.h"

namespace coldstart::cli {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
const LiveState kState{"java, disk", 16, 240, "cpp 2.31 ms", 80 * kSecond};

TEST(LiveLine, SaysTrialFunctionLastLatencyAndTimeLeft) {
  EXPECT_EQ(live_line(kState, 80, true),
            "trial 17 of 240 · java, disk · last: cpp 2.31 ms · 1 min 20 s left");
}

TEST(LiveLine, WhatIsNotKnownYetIsLeftOut) {
  EXPECT_EQ(live_line({"java", 0, 240, "", std::nullopt}, 80, true), "trial 1 of 240 · java");
}

TEST(LiveLine, NeverTakesMoreThanItsWidth) {
  LiveState state = kState;
  state.what = "a-function-with-a-name-that-is-longer-than-any-terminal-has-columns-to-show, disk";
  for (const int width : {20, 40, 60, 79}) {
    EXPECT_LE(results::display_width(live_line(state, width, true)), width);
  }
  EXPECT_EQ(live_line(kState, 50, true), "trial 17 of 240 · java, disk · 1 min 20 s left");
}

TEST(PlainLiveLine, KeepsToTheWidthAndIsCutBetweenCharacters) {
  const std::string line = "poisson, java · 312 requests · 4.10 µs late";
  EXPECT_EQ(plain_live_line(line, 79, true), line);
  // Each width once: no byte of a character is left over anywhere.
  for (int width = 1; width <= results::display_width(line); ++width) {
    const std::string cut = plain_live_line(line, width, true);
    EXPECT_EQ(results::display_width(cut), width);
    EXPECT_EQ(cut, results::printable(cut));
  }
  EXPECT_EQ(plain_live_line(line, 17, true), "poisson, java · …");
  for (const char c : plain_live_line(line, 17, false)) EXPECT_GT(c, 0);
}

TEST(PlainLiveLine, AWideTerminalShowsWhatIsLongerThanAHundredBytes) {
  const std::string line(150, 'x');
  EXPECT_EQ(plain_live_line(line, 200, true), line);
}

TEST(LiveLine, AsciiWhereTheLocaleAsksForIt) {
  LiveState state = kState;
  state.last = "cpp 31.0 µs";
  for (const char c : live_line(state, 80, false)) EXPECT_GT(c, 0);
}

TEST(LiveLine, TheLastTrialIsNotOneMore) {
  EXPECT_EQ(live_line({"f", 240, 240, "", std::nullopt}, 80, true), "trial 240 of 240 · f");
}

TEST(LiveLine, TimeIsRoundedUp) {
  EXPECT_EQ(time_left(1), "1 s");
  EXPECT_EQ(time_left(59 * kSecond + 1), "1 min 0 s");
  EXPECT_EQ(time_left(3599 * kSecond), "59 min 59 s");
  EXPECT_EQ(time_left(7500 * kSecond), "2 h 5 min");
}

}  // namespace
}  // namespace coldstart::cli
