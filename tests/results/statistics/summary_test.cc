#include "results/statistics/summary.h"

#include <gtest/gtest.h>
#include <numeric>

#include "tests/results/sample_run.h"

namespace coldstart::results {
namespace {

using testing::plain_function;
using testing::plain_run;
using testing::plain_start;

TEST(Summary, CountsUsedFailedAndLostStartsApart) {
  coldstart::Run run = plain_run({"f"}, 10);
  run.starts[0].outcome = Outcome::kTimeout;
  run.starts[1].outcome = Outcome::kTimeout;
  run.starts[2].outcome = Outcome::kCrashed;
  run.starts[2].lost_events = 5;  // failed counts before lost
  run.starts[3].lost_events = 1;
  const Summary s = summarize(run).at(0);
  EXPECT_EQ(s.n, 6U);
  EXPECT_EQ(s.failed(), 3U);
  EXPECT_EQ(s.failed_by.at(Outcome::kTimeout), 2U);
  EXPECT_EQ(s.failed_by.at(Outcome::kCrashed), 1U);
  EXPECT_FALSE(s.failed_by.contains(Outcome::kOk));
  EXPECT_EQ(s.lost, 1U);
}

TEST(Summary, LeavesFailedAndLostStartsOutOfEveryNumber) {
  coldstart::Run run = plain_run({"f"}, 12);
  run.starts.push_back(plain_start("f", 13, 9'000'000'000));
  run.starts.back().outcome = Outcome::kBadResponse;
  run.starts.push_back(plain_start("f", 14, 9'000'000'000));
  run.starts.back().lost_events = 1;
  const Summary s = summarize(run).at(0);
  EXPECT_EQ(s.max_ns, 1'012'000);
  EXPECT_EQ(s.min_ns, 1'001'000);
  EXPECT_EQ(s.median_ns, 1'006'500);
  EXPECT_EQ(sorted_latencies(run, s).size(), 12U);
}

TEST(Summary, WhatTooFewStartsCannotSayIsAbsentAndNotZero) {
  const auto of = [](int n) { return summarize(plain_run({"f"}, n)).at(0); };
  EXPECT_TRUE(of(1).median_ns);
  EXPECT_FALSE(of(5).median_interval);
  EXPECT_TRUE(of(6).median_interval);
  EXPECT_FALSE(of(9).p90_ns);
  EXPECT_TRUE(of(10).p90_ns);
  EXPECT_FALSE(of(99).p99_ns);
  EXPECT_TRUE(of(100).p99_ns);
}

TEST(Summary, AFunctionThatNeverAnsweredHasCountsAndNothingElse) {
  coldstart::Run run = plain_run({"f"}, 3);
  for (Start& start : run.starts) start.outcome = Outcome::kNotStarted;
  const Summary s = summarize(run).at(0);
  EXPECT_EQ(s.n, 0U);
  EXPECT_EQ(s.failed(), 3U);
  EXPECT_FALSE(s.median_ns);
  EXPECT_FALSE(s.min_ns);
  EXPECT_FALSE(s.max_ns);
  EXPECT_FALSE(s.ratio);
  EXPECT_FALSE(s.median_start);
  EXPECT_TRUE(s.phases.empty());
}

TEST(Summary, ASkippedFunctionHasNone) {
  coldstart::Run run = plain_run({"f"}, 3);
  run.functions.push_back(plain_function("java"));
  run.functions.back().skipped = "no java";
  EXPECT_EQ(summarize(run).size(), 1U);
}

TEST(Summary, RatiosAreToTheFastestOfTheSameLoadAndCacheState) {
  coldstart::Run run = plain_run({"fast", "slow"}, 1);
  for (const Start& start : plain_run({"slow", "slower"}, 1).starts) {
    run.starts.push_back(start);
    run.starts.back().cache = "disk";
  }
  run.functions.push_back(plain_function("slower"));
  const auto s = summarize(run);
  ASSERT_EQ(s.size(), 4U);
  EXPECT_EQ(s[0].function, "fast");
  EXPECT_DOUBLE_EQ(*s[0].ratio, 1.0);
  EXPECT_NEAR(*s[1].ratio, 2.0, 0.01);
  EXPECT_EQ(s[2].function, "slow");
  EXPECT_EQ(s[2].cache, "disk");
  EXPECT_DOUBLE_EQ(*s[2].ratio, 1.0);
  EXPECT_NEAR(*s[3].ratio, 2.0, 0.01);
}

TEST(Summary, FunctionsKeepTheOrderOfTheRunNotOfTheirStarts) {
  coldstart::Run run = plain_run({"b", "a"}, 1);
  std::swap(run.starts[0], run.starts[1]);
  const auto s = summarize(run);
  EXPECT_EQ(s[0].function, "b");
  EXPECT_EQ(s[1].function, "a");
}

TEST(Summary, PhasesAreMediansByName) {
  coldstart::Run run = plain_run({"f"}, 0);
  for (int i = 1; i <= 3; ++i) run.starts.push_back(plain_start("f", i, i * 1'000));
  const Summary s = summarize(run).at(0);
  ASSERT_EQ(s.phases.size(), 10U);
  EXPECT_EQ(s.phases[0].name, "queue");
  EXPECT_EQ(s.phases[9].name, "reply");
  for (const PhaseMedian& phase : s.phases) {
    EXPECT_EQ(phase.median_ns, 200);
    EXPECT_EQ(phase.n, 3U);
  }
}

TEST(Summary, PhasesComeFromTheCommonestListSoThatNothingIsCountedTwice) {
  coldstart::Run run = plain_run({"f"}, 5);
  run.starts[0].timeline.set_unseen(Boundary::kRuntimeReady, "lost");
  const Summary s = summarize(run).at(0);
  ASSERT_EQ(s.phases.size(), 10U);
  EXPECT_EQ(s.phases[5].name, "runtime");
  EXPECT_EQ(s.phases[5].n, 4U);
  EXPECT_EQ(s.n, 5U);
}

TEST(Summary, TheMedianStartIsARealStartNearestToTheMedian) {
  coldstart::Run run = plain_run({"f"}, 0);
  for (const std::int64_t latency : {500, 100, 320, 290, 90}) {
    run.starts.push_back(plain_start("f", 1, latency));
  }
  const Summary s = summarize(run).at(0);
  EXPECT_EQ(s.median_ns, 290);
  EXPECT_EQ(s.median_start, 3U);
  std::int64_t sum = 0;
  for (const PhaseSpan& span : phases_of(run.starts[*s.median_start].timeline))
    sum += span.length_ns();
  EXPECT_EQ(sum, 290);
}

TEST(Summary, OfTwoStartsEquallyNearTheFasterIsTheMedianStart) {
  coldstart::Run run = plain_run({"f"}, 0);
  run.starts = {plain_start("f", 1, 300), plain_start("f", 2, 100)};
  EXPECT_EQ(summarize(run).at(0).median_start, 1U);
}

TEST(Summary, AnEmptyRunHasNoSummaries) { EXPECT_TRUE(summarize(coldstart::Run{}).empty()); }

TEST(Summary, StartsWhoseCacheStateWasNotProvenAreCountedAndLeftOut) {
  coldstart::Run run = testing::plain_run({"f"}, 5);
  run.starts[0].account.cache = CacheProof{1, 1, 1, false, "still there"};
  run.starts[1].account.cache = CacheProof{1, 1, 0, true, ""};
  run.starts[2].outcome = Outcome::kTimeout;
  run.starts[2].account.cache = CacheProof{1, 1, 1, false, "still there"};
  run.starts[3].lost_events = 1;
  const Summary summary = summarize(run).at(0);
  EXPECT_EQ(summary.n, 2U);
  EXPECT_EQ(summary.unproven, 1U);
  EXPECT_EQ(summary.lost, 1U);
  EXPECT_EQ(summary.failed(), 1U);
}

TEST(Summary, TheMedianStartIsAUsedOneAndHasItsRank) {
  coldstart::Run run = testing::plain_run({"f"}, 21);
  run.starts[10].lost_events = 1;  // the exact median
  const Summary summary = summarize(run).at(0);
  EXPECT_EQ(summary.n, 20U);
  EXPECT_EQ(run.starts[*summary.median_start].trial, 10);
  EXPECT_EQ(summary.median_rank, 10U);
}

TEST(Summary, RatiosStayWithinAContract) {
  coldstart::Run run = testing::plain_run({"tool", "web", "slow-web"}, 3);
  run.functions[0].contract = "exec";
  const auto summaries = summarize(run);
  EXPECT_EQ(summaries[0].ratio, 1.0);
  EXPECT_EQ(summaries[1].ratio, 1.0);
  EXPECT_NEAR(*summaries[2].ratio, 1.5, 0.01);
}

TEST(Summary, DisturbedPairsAreMarkedAndComeLastAlsoWhereTheyCameFirst) {
  const std::vector<Summary> all = summarize(testing::run_with_disturbed_pairs());
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[1].load, "cold");
  EXPECT_FALSE(all[0].disturbed || all[1].disturbed);
  EXPECT_EQ(all[2].load, "disturbed");
  EXPECT_TRUE(all[2].disturbed && all[3].disturbed);
  EXPECT_EQ(all[2].n, 2U);
}

TEST(Summary, ALoadThatASuiteCallsDisturbedIsOneLikeAnyOther) {
  coldstart::Run run = plain_run({"f"}, 3);
  for (Start& start : run.starts) start.load = "disturbed";
  EXPECT_FALSE(summarize(run).at(0).disturbed);
}

}  // namespace
}  // namespace coldstart::results
