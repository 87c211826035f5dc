#include "results/report/flame_graph.h"

#include <gtest/gtest.h>

#include "results/report/html.h"
#include "results/statistics/summary.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::count_of;

TEST(FlameGraphTest, HasAFrameForEachFunctionOfEachStackAndTellsItsTime) {
  const StackProfile profile = testing::full_stacks();
  const FlameGraph graph = flame_graph({&profile}, true, "Where <it> ran");
  EXPECT_TRUE(graph.svg.starts_with("<svg "));
  EXPECT_TRUE(contains(graph.svg, "aria-label=\"Where &lt;it&gt; ran\""));
  EXPECT_TRUE(contains(graph.svg, "<title>main: 5.00 ms, 55.6 %</title>"));
  EXPECT_TRUE(contains(graph.svg, "<title>all: 9.00 ms, 100.0 %</title>"));
  EXPECT_FALSE(contains(graph.svg, "sleeps"));  // that was off the CPU
  EXPECT_EQ(graph.frames, count_of(graph.svg, "<rect"));
  EXPECT_EQ(graph.left_out, 0U);
}

TEST(FlameGraphTest, LeavesOutTheNarrowestFramesWhereThereAreTooManyAndCountsThem) {
  StackProfile profile;
  for (int i = 0; i < 400; ++i) {
    profile.stacks.push_back({"app", "t", true, {"f" + std::to_string(i)}, 1, 1000 + i});
  }
  profile.stacks.push_back({"app", "t", true, {"hot"}, 1, 100'000});
  const FlameGraph graph = flame_graph({&profile}, true, "x", 100);
  EXPECT_LE(graph.frames, 100U);
  EXPECT_TRUE(contains(graph.svg, "<title>hot:"));
  EXPECT_EQ(graph.frames + graph.left_out, 404U);
}

TEST(FlameGraphTest, OfNothingIsEmpty) { EXPECT_EQ(flame_graph({}, true, "x").svg, ""); }

TEST(FlameGraphTest, StandsInThePageWhereStartsHaveStacksAndOnlyThere) {
  coldstart::Run run = testing::plain_run({"cpp", "java"}, 3);
  const auto page = [&] { return html_report(digest(run), {}); };
  EXPECT_FALSE(contains(page(), "class=\"flame\""));
  for (Start& start : run.starts) {
    if (start.function == "cpp") start.stacks = testing::full_stacks();
  }
  EXPECT_EQ(count_of(page(), "class=\"flame\""), 2U);  // on CPU and off
  EXPECT_TRUE(contains(page(), "Taking them slows the start"));
}

}  // namespace
}  // namespace coldstart::results
