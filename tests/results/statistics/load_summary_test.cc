#include "results/statistics/load_summary.h"

#include <gtest/gtest.h>

#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"

namespace coldstart::results {
namespace {

using testing::plain_run;

// One function under one load; requests are added by the tests.
Run run_of(const std::string& parameters = "", double time_scale = 1) {
  coldstart::Run run = plain_run({"f"}, 0);
  run.loads = {{"l", "list", parameters, time_scale, 0, 1'000'000'000}};
  return run;
}

Invocation answered(std::int64_t due_ns, std::uint64_t instance, std::int64_t sent_ns,
                    std::int64_t first_byte_ns, bool cold = false) {
  return {0, 0, instance, cold, Outcome::kOk, due_ns, sent_ns, first_byte_ns, first_byte_ns + 1,
          ""};
}

Invocation lost(std::int64_t due_ns, Outcome outcome, std::uint64_t instance = 0) {
  Invocation invocation;
  invocation.due_ns = due_ns;
  invocation.outcome = outcome;
  invocation.instance = instance;
  return invocation;
}

TEST(LoadSummary, ARunOfColdStartsAloneHasNone) {
  EXPECT_TRUE(summarize_loads(plain_run({"f"}, 10)).empty());
}

TEST(LoadSummary, ColdAndWarmAreToldApart) {
  coldstart::Run run = run_of();
  run.invocations = {answered(0, 1, 900, 1000, true), answered(5000, 1, 1, 100),
                     answered(10000, 1, 2, 200), answered(15000, 1, 3, 300)};
  const auto summaries = summarize_loads(run);
  ASSERT_EQ(summaries.size(), 1U);
  const LoadSummary& s = summaries[0];
  EXPECT_EQ(s.invocations, 4U);
  EXPECT_EQ(s.answered, 4U);
  EXPECT_EQ(s.cold_share->part, 1U);
  EXPECT_EQ(s.cold_share->total, 4U);
  EXPECT_EQ(s.cold.n, 1U);
  EXPECT_EQ(s.cold.median_ns, 1000);
  EXPECT_EQ(s.warm.median_ns, 200);
  EXPECT_EQ(s.warm.max_ns, 300);
  EXPECT_EQ(s.all.n, 4U);
  EXPECT_EQ(s.queue.n, 4U);
  EXPECT_EQ(s.queue.max_ns, 900);
}

TEST(LoadSummary, WhatIsNotThereIsAbsentAndNotZero) {
  coldstart::Run run = run_of();
  run.invocations = {lost(0, Outcome::kDropped)};
  const LoadSummary s = summarize_loads(run).at(0);
  EXPECT_FALSE(s.cold_share);
  EXPECT_FALSE(s.cold.median_ns);
  EXPECT_FALSE(s.warm.median_ns);
  EXPECT_FALSE(s.queue.median_ns);
  EXPECT_FALSE(s.arrival_error.median_ns);
  EXPECT_FALSE(s.answered_per_s);
  EXPECT_FALSE(s.peak_memory_bytes);
  EXPECT_EQ(s.answered, 0U);
  EXPECT_EQ(s.max_instances, 0U);
}

TEST(LoadSummary, TailsNeedEnoughRequests) {
  coldstart::Run run = run_of();
  for (int i = 0; i < 99; ++i) run.invocations.push_back(answered(i, 1, 0, i));
  EXPECT_TRUE(summarize_loads(run).at(0).warm.p90_ns);
  EXPECT_FALSE(summarize_loads(run).at(0).warm.p99_ns);
  run.invocations.push_back(answered(99, 1, 0, 99));
  EXPECT_EQ(summarize_loads(run).at(0).warm.p99_ns, 98);
}

TEST(LoadSummary, DropsAndTimeoutsAreCountedAndNotInTheLatency) {
  coldstart::Run run = run_of();
  run.invocations = {answered(0, 1, 0, 10, true),   lost(1, Outcome::kDropped),
                     lost(2, Outcome::kDropped),    lost(3, Outcome::kTimeout, 1),
                     lost(4, Outcome::kCrashed, 2), lost(5, Outcome::kOutOfMemory, 3)};
  run.invocations[4].cold = true;
  const LoadSummary s = summarize_loads(run).at(0);
  EXPECT_EQ(s.invocations, 6U);
  EXPECT_EQ(s.answered, 1U);
  EXPECT_EQ(s.failed(Outcome::kDropped), 2U);
  EXPECT_EQ(s.failed(Outcome::kTimeout), 1U);
  EXPECT_EQ(s.failed(Outcome::kExited), 0U);
  EXPECT_EQ(s.failed_otherwise(), 2U);
  EXPECT_EQ(s.all.n, 1U);
  // A request that never got an instance is neither cold nor warm; one that died with it is.
  EXPECT_EQ(s.cold_share->part, 2U);
  EXPECT_EQ(s.cold_share->total, 4U);
}

TEST(LoadSummary, RequestsOfTheWarmUpAreLeftOutAndCounted) {
  coldstart::Run run = run_of(R"({"warmup_s":0.001})");
  run.invocations = {answered(0, 1, 0, 5000, true), answered(999'999, 1, 0, 4000),
                     answered(1'000'000, 1, 0, 10), answered(2'000'000, 1, 0, 12)};
  const LoadSummary s = summarize_loads(run).at(0);
  EXPECT_EQ(s.warmup, 2U);
  EXPECT_EQ(s.invocations, 2U);
  EXPECT_EQ(s.cold_share->part, 0U);
  EXPECT_EQ(s.all.max_ns, 12);
}

TEST(LoadSummary, InstancesThatWereGoneWhenTheWarmUpEndedAreLeftOut) {
  coldstart::Run run = run_of(R"({"warmup_s":0.001})");
  run.invocations = {answered(1'500'000, 3, 0, 10)};
  run.instances = {
      {.instance = 1, .requested_ns = 0, .ready_ns = 10, .ended_ns = 900'000, .end = "died"},
      {.instance = 2,
       .requested_ns = 5,
       .ready_ns = 1'000'000,
       .ended_ns = 1'200'000,
       .end = "keep-alive"},
      {.instance = 3, .requested_ns = 1'300'000, .ready_ns = 1'400'000, .ended_ns = {}, .end = {}}};
  LoadSummary s = summarize_loads(run).at(0);
  EXPECT_EQ(s.instances, 2U);
  EXPECT_EQ(s.max_instances, 1U);
  EXPECT_EQ(s.max_starting, 1U) << "the second was ready when the warm-up ended";
  EXPECT_EQ(s.ended_by, (std::map<std::string, std::size_t>{{"keep-alive", 1}}));
  run.loads[0].parameters.clear();
  s = summarize_loads(run).at(0);
  EXPECT_EQ(s.instances, 3U);
  EXPECT_EQ(s.max_instances, 2U);
  EXPECT_EQ(s.max_starting, 2U);
}

TEST(LoadSummary, AWarmUpIsInTheTimeOfThePattern) {
  EXPECT_EQ(warmup_ns({"l", "list", R"({"warmup_s":60})", 60, 0, {}}), 1'000'000'000);
  EXPECT_EQ(warmup_ns({"l", "list", "", 60, 0, {}}), 0);
}

TEST(LoadSummary, TheArrivalErrorIsThatOfRequestsThatHadNothingToWaitFor) {
  coldstart::Run run = run_of();
  run.invocations = {answered(0, 1, 500, 1000, true),  // waited for the start
                     answered(900, 1, 200, 400),       // waited for the first one
                     answered(2000, 1, 7, 100),        // nothing to wait for
                     answered(2050, 2, 900, 950, true),
                     answered(2051, 1, 60, 160),  // the one before ended at 2101
                     answered(4000, 2, 9, 20)};
  const LoadSummary s = summarize_loads(run).at(0);
  EXPECT_EQ(s.arrival_error.n, 2U);
  EXPECT_EQ(s.arrival_error.min_ns, 7);
  EXPECT_EQ(s.arrival_error.max_ns, 9);
}

TEST(LoadSummary, AnInstanceThatHangsCountsAsBusyUntilItsNextRequest) {
  coldstart::Run run = run_of();
  Invocation hung = lost(100, Outcome::kTimeout, 1);
  hung.sent_ns = 1;
  run.invocations = {hung, answered(500, 1, 70, 80), answered(1000, 1, 3, 10)};
  const LoadSummary s = summarize_loads(run).at(0);
  EXPECT_EQ(s.arrival_error.n, 1U);
  EXPECT_EQ(s.arrival_error.max_ns, 3);
}

TEST(LoadSummary, RatesAreOverTheTimeInWhichRequestsWereDue) {
  coldstart::Run run = run_of();
  run.invocations = {answered(0, 1, 0, 10), answered(500'000'000, 1, 0, 10),
                     lost(2'000'000'000, Outcome::kDropped)};
  LoadSummary s = summarize_loads(run).at(0);
  EXPECT_DOUBLE_EQ(*s.offered_per_s, 1) << "two gaps in two seconds";
  EXPECT_NEAR(*s.answered_per_s, 2, 1e-6);
  run.loads[0].parameters = R"({"duration_s":4})";
  s = summarize_loads(run).at(0);
  EXPECT_DOUBLE_EQ(*s.offered_per_s, 0.75);
  run.loads[0].parameters = R"({"duration_s":4,"warmup_s":0.4})";
  s = summarize_loads(run).at(0);
  EXPECT_DOUBLE_EQ(*s.offered_per_s, 2 / 3.6);
}

TEST(LoadSummary, ARequestOfTheWarmUpKeepsItsInstanceBusy) {
  coldstart::Run run = run_of(R"({"warmup_s":0.000001})");
  run.invocations = {answered(900, 1, 0, 5000), answered(1500, 1, 4450, 4460),
                     answered(9000, 1, 3, 10)};
  const LoadSummary s = summarize_loads(run).at(0);
  EXPECT_EQ(s.warmup, 1U);
  EXPECT_EQ(s.arrival_error.n, 1U);
  EXPECT_EQ(s.arrival_error.max_ns, 3);
}

TEST(LoadSummary, InstancesAreCountedOverTime) {
  coldstart::Run run = run_of();
  run.invocations = {answered(0, 1, 0, 10)};
  run.instances = {{0, 0, 1, 0, 100, 300, "keep-alive", 1, 1000},
                   {0, 0, 2, 50, 200, std::nullopt, "", 1, 3000},
                   {0, 0, 3, 60, std::nullopt, 80, "failed to start", 0, std::nullopt},
                   {0, 0, 4, 300, 310, 400, "keep-alive", 0, std::nullopt}};
  const LoadSummary s = summarize_loads(run).at(0);
  EXPECT_EQ(s.instances, 4U);
  EXPECT_EQ(s.max_instances, 3U);
  EXPECT_EQ(s.max_starting, 3U);
  EXPECT_EQ(s.peak_memory_bytes, 3000);
  EXPECT_EQ(s.ended_by.at("keep-alive"), 2U);
  EXPECT_EQ(instances_over_time(run, 0, 0),
            (std::vector<Step>{{0, 1}, {50, 2}, {60, 3}, {80, 2}, {300, 2}, {400, 1}}));
  EXPECT_EQ(starting_over_time(run, 0, 0),
            (std::vector<Step>{
                {0, 1}, {50, 2}, {60, 3}, {80, 2}, {100, 1}, {200, 0}, {300, 1}, {310, 0}}));
}

TEST(LoadSummary, LoadsAndFunctionsStayApart) {
  const coldstart::Run run = testing::loaded_run();
  const auto summaries = summarize_loads(run);
  ASSERT_EQ(summaries.size(), 3U);
  std::size_t requests = 0;
  std::size_t instances = 0;
  for (const LoadSummary& s : summaries) {
    requests += s.invocations;
    instances += s.instances;
    EXPECT_EQ(s.invocations, s.answered + s.failed(Outcome::kDropped) +
                                 s.failed(Outcome::kTimeout) + s.failed_otherwise());
    EXPECT_EQ(s.all.n, s.cold.n + s.warm.n);
  }
  EXPECT_EQ(requests, run.invocations.size());
  EXPECT_EQ(instances, run.instances.size());
  EXPECT_EQ(summaries[0].load, 0U);
  EXPECT_EQ(summaries[1].function, 1U);
  EXPECT_EQ(summaries[2].load, 1U);
  EXPECT_GT(summaries[2].failed(Outcome::kDropped), 0U);
}

}  // namespace
}  // namespace coldstart::results
