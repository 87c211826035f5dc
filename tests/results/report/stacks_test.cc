#include "results/report/stacks.h"

#include <gtest/gtest.h>

#include "results/report/text.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;

HotFrames sample() {
  coldstart::Run run = testing::plain_run({"cpp"}, 2);
  for (Start& start : run.starts) start.stacks = testing::full_stacks();
  return hot_frames(run, summarize(run).at(0), 10);
}

TEST(StacksReport, SaysHowFarItCanBeTrusted) {
  std::string all;
  for (const std::string& sentence : stack_sentences(sample())) all += sentence + '\n';
  EXPECT_TRUE(contains(all, "22 stacks of 2 starts, 1,000 times a second"));
  EXPECT_TRUE(contains(all, "slows the start"));
  EXPECT_TRUE(contains(all, "4 stacks did not fit"));
  EXPECT_TRUE(contains(all, "2 stacks (9.1 %) are deeper than what is copied"));
  EXPECT_TRUE(contains(all, "6 stacks (27.3 %) could not be walked"));
  EXPECT_TRUE(contains(all, "10 of 70 frames have no function's name"));
  EXPECT_TRUE(contains(all, "generated code has no names"));
}

TEST(StacksReport, NamesTheHottestFunctionsOfEachPhaseAsMeansOverTheStarts) {
  const std::string text = stacks_text(sample(), {.width = 100, .color = false, .unicode = true});
  EXPECT_TRUE(contains(text, "Where threads ran"));
  EXPECT_TRUE(contains(text, "spin(int, char) < main < _start"));
  EXPECT_TRUE(contains(text, "4.00 ms"));
  EXPECT_TRUE(contains(text, "Where threads waited"));
  EXPECT_TRUE(contains(text, "sleeps < main < clone3"));
}

TEST(StacksReport, FitsTheWidthAndIsAsciiWhereAsked) {
  const std::string text = stacks_text(sample(), {.width = 80, .color = false, .unicode = false});
  for (const std::string& line : testing::lines_of(text))
    EXPECT_LE(display_width(line), 80) << line;
  for (const char c : text) EXPECT_GE(c, 0);
}

TEST(StacksReport, IsEmptyWithoutStacks) {
  const coldstart::Run run = testing::plain_run({"cpp"}, 2);
  EXPECT_EQ(stacks_text(hot_frames(run, summarize(run).at(0), 10), {}), "");
}

}  // namespace
}  // namespace coldstart::results
