#include "results/statistics/hot_frames.h"

#include <gtest/gtest.h>

#include "tests/results/sample_run.h"

namespace coldstart::results {
namespace {

HotFrames hot_of(const std::vector<FoldedStack>& stacks, std::size_t most = 10) {
  coldstart::Run run = testing::plain_run({"cpp"}, 2);
  for (Start& start : run.starts) {
    start.stacks = testing::full_stacks();
    start.stacks->stacks = stacks;
  }
  return hot_frames(run, summarize(run).at(0), most);
}

TEST(HotFramesTest, SelfTimeIsOfTheInnermostFrameAndTotalOfAllAroundIt) {
  const HotFrames hot = hot_of({{"app", "t", true, {"main", "outer", "inner"}, 2, 2000},
                                {"app", "t", true, {"main", "outer"}, 1, 1000}});
  EXPECT_EQ(hot.starts, 2U);
  ASSERT_EQ(hot.on_cpu.size(), 1U);
  const HotPhase& phase = hot.on_cpu[0];
  EXPECT_EQ(phase.phase, "app");
  EXPECT_EQ(phase.total_ns, 6000);
  ASSERT_EQ(phase.frames.size(), 2U);  // main is never the innermost one
  EXPECT_EQ(phase.frames[0].frame, "inner");
  EXPECT_EQ(phase.frames[0].self_ns, 4000);
  EXPECT_EQ(phase.frames[0].callers, (std::vector<std::string>{"outer", "main"}));
  EXPECT_EQ(phase.frames[1].frame, "outer");
  EXPECT_EQ(phase.frames[1].self_ns, 2000);
  EXPECT_EQ(phase.frames[1].total_ns, 6000);
}

TEST(HotFramesTest, ARecursionCountsOnceInItsTotal) {
  const HotFrames hot = hot_of({{"app", "t", true, {"fib", "fib", "fib"}, 1, 1000}});
  EXPECT_EQ(hot.on_cpu.at(0).frames.at(0).total_ns, 2000);
}

TEST(HotFramesTest, AWaitBelongsToTheProgramsFunctionAndNotToTheScheduler) {
  const HotFrames hot =
      hot_of({{"app", "t", false, {"main", "nanosleep", "do_nanosleep_[k]", "schedule_[k]"}, 1, 7},
              {"app", "io", false, {"worker_[k]", "schedule_[k]"}, 1, 5}});
  ASSERT_EQ(hot.off_cpu.size(), 1U);
  EXPECT_EQ(hot.off_cpu[0].frames.at(0).frame, "nanosleep");
  EXPECT_EQ(hot.off_cpu[0].frames.at(1).frame, "schedule_[k]");  // nothing but the kernel is there
  EXPECT_TRUE(hot.on_cpu.empty());
}

TEST(HotFramesTest, PhasesComeInTheOrderOfTheTimelineAndListsEndWhereAsked) {
  const HotFrames hot = hot_of({{"app", "t", true, {"a"}, 1, 1},
                                {"app", "t", true, {"b"}, 1, 3},
                                {"link", "t", true, {"c"}, 1, 2}},
                               1);
  ASSERT_EQ(hot.on_cpu.size(), 2U);
  EXPECT_EQ(hot.on_cpu[0].phase, "link");
  ASSERT_EQ(hot.on_cpu[1].frames.size(), 1U);
  EXPECT_EQ(hot.on_cpu[1].frames[0].frame, "b");
}

TEST(HotFramesTest, WhatSpoilsTheStacksIsAddedUp) {
  const HotFrames hot = hot_of({});
  EXPECT_EQ(hot.taken, 22);
  EXPECT_EQ(hot.lost, 4);
  EXPECT_EQ(hot.cut, 2);
  EXPECT_EQ(hot.broken, 6);
  EXPECT_EQ(hot.unnamed, 10);
  EXPECT_EQ(hot.notes, std::vector<std::string>{"generated code has no names"});
}

}  // namespace
}  // namespace coldstart::results
