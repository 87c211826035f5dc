#include "results/report/noise_notes.h"

#include <gtest/gtest.h>

#include "tests/results/sample_run.h"

namespace coldstart::results {
namespace {

std::vector<std::string> notes(const coldstart::Run& run) {
  return noise_notes(run, summarize(run));
}

TEST(NoiseNotes, SteadyStartsAreQuiet) {
  EXPECT_TRUE(notes(testing::plain_run({"f"}, 30)).empty());
}

TEST(NoiseNotes, ADriftIsSaidWithItsSize) {
  coldstart::Run run = testing::plain_run({"f"}, 24);
  for (Start& start : run.starts) {
    if (start.order > 12) *start.timeline[Boundary::kResponded].at_ns *= 2;
  }
  ASSERT_EQ(notes(run).size(), 1U);
  EXPECT_EQ(notes(run)[0],
            "noise: f (cold, page-cache): the second half of the starts took 102 % longer than the "
            "first");
}

TEST(NoiseNotes, OrderIsThatOfTheMeasurementAndNotOfTheRecord) {
  coldstart::Run run = testing::plain_run({"f"}, 24);
  for (Start& start : run.starts) {
    start.order = 100 - start.order;
    if (start.order > 87) *start.timeline[Boundary::kResponded].at_ns *= 2;
  }
  EXPECT_TRUE(notes(run).at(0).find("the second half of the starts took 9") != std::string::npos)
      << notes(run)[0];
}

TEST(NoiseNotes, ALongTailIsSaid) {
  coldstart::Run run = testing::plain_run({"f"}, 40);
  for (Start& start : run.starts) {
    if (start.trial % 7 == 0) *start.timeline[Boundary::kResponded].at_ns *= 3;
  }
  ASSERT_EQ(notes(run).size(), 1U);
  EXPECT_EQ(notes(run)[0],
            "noise: f (cold, page-cache): the slowest tenth took more than 3.0 × the median");
}

TEST(NoiseNotes, FewStartsAreNotLookedAt) {
  coldstart::Run run = testing::plain_run({"f"}, 11);
  for (Start& start : run.starts) {
    if (start.order > 5) *start.timeline[Boundary::kResponded].at_ns *= 9;
  }
  EXPECT_TRUE(notes(run).empty());
}

}  // namespace
}  // namespace coldstart::results
