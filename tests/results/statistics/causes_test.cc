#include "results/statistics/causes.h"

#include <gtest/gtest.h>

#include "tests/results/sample_run.h"

namespace coldstart::results {
namespace {

using testing::plain_run;

PhaseCauses app(std::int64_t cpu, std::map<std::string, std::int64_t> waits) {
  PhaseCauses causes;
  causes.phase = "app";
  causes.time.cpu_ns = cpu;
  for (const auto& [reason, ns] : waits) causes.time.wait_ns += ns;
  causes.time.waits = std::move(waits);
  causes.minor_faults = cpu * 2;
  return causes;
}

TEST(Causes, AreMediansOverTheStarts) {
  coldstart::Run run = plain_run({"f"}, 3);
  run.starts[0].account.causes = {app(10, {{"futex", 5}})};
  run.starts[1].account.causes = {app(30, {{"futex", 7}, {"rcu", 100}})};
  run.starts[2].account.causes = {app(20, {{"rcu", 90}})};
  const auto causes = summarize_causes(run);
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_EQ(causes[0].n, 3U);
  const PhaseCauseMedians& m = causes[0].phases.at(0);
  EXPECT_EQ(m.phase, "app");
  EXPECT_EQ(m.cpu_ns, 20);
  EXPECT_EQ(m.wait_ns, 90);
  EXPECT_EQ(m.length_ns, 110);
  EXPECT_EQ(m.minor_faults, 40);
  // A start that did not wait for a reason counts as none of it; the longest comes first.
  EXPECT_EQ(m.waits,
            (std::vector<std::pair<std::string, std::int64_t>>{{"rcu", 90}, {"futex", 5}}));
}

TEST(Causes, OnlyUsableStartsThatHaveThemCount) {
  coldstart::Run run = plain_run({"f"}, 5);
  for (Start& start : run.starts) start.account.causes = {app(start.trial, {})};
  run.starts[0].outcome = Outcome::kTimeout;
  run.starts[1].lost_events = 1;
  run.starts[2].account.cache = CacheProof{1, 1, 1, false, "still there"};
  run.starts[3].account.causes.clear();
  const auto causes = summarize_causes(run);
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_EQ(causes[0].n, 1U);
  EXPECT_EQ(causes[0].phases[0].cpu_ns, 5);
}

TEST(Causes, AFunctionWithoutThemHasNoSummary) {
  EXPECT_TRUE(summarize_causes(plain_run({"f"}, 3)).empty());
}

TEST(Causes, StartsWithAnotherListOfPhasesAreNotMixedIn) {
  coldstart::Run run = plain_run({"f"}, 3);
  run.starts[0].account.causes = {app(10, {})};
  run.starts[1].account.causes = {app(20, {})};
  run.starts[2].account.causes = {app(500, {})};
  run.starts[2].account.causes[0].phase = "runtime+app";
  const auto causes = summarize_causes(run);
  EXPECT_EQ(causes.at(0).n, 2U);
  ASSERT_EQ(causes[0].phases.size(), 1U);
  EXPECT_EQ(causes[0].phases[0].cpu_ns, 15);
}

TEST(Causes, CacheStatesAreKeptApart) {
  const auto causes = summarize_causes(testing::accounted_run(4));
  ASSERT_EQ(causes.size(), 6U);
  for (const CausesSummary& c : causes) {
    const bool from_disk = c.cache == "disk";
    EXPECT_EQ(c.n, c.function == "java" && from_disk ? 3U : 4U);
    for (const PhaseCauseMedians& phase : c.phases) {
      EXPECT_EQ(phase.disk_ns > 0, from_disk);
      EXPECT_NEAR(
          static_cast<double>(phase.cpu_ns + phase.runnable_ns + phase.disk_ns + phase.wait_ns),
          static_cast<double>(phase.length_ns), 4);
    }
  }
}

}  // namespace
}  // namespace coldstart::results
