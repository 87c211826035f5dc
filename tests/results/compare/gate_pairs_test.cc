#include "results/compare/gate_pairs.h"

#include <gtest/gtest.h>

#include "results/statistics/disturbed_starts.h"
#include "tests/results/compare/made_pairs.h"

namespace coldstart::results {
namespace {

Run run_with_pairs(int pairs) {
  coldstart::Run run;
  for (const char* name : {"cpp@baseline", "cpp@candidate", "alone"}) {
    run.functions.emplace_back().name = name;
  }
  RandomWords bits(1);
  for (int trial = 1; trial <= pairs; ++trial) {
    for (const char* name : {"cpp@candidate", "cpp@baseline", "alone"}) {
      Start start = made_start(bits, 0);
      start.function = name;
      start.trial = trial;
      run.starts.push_back(start);
    }
  }
  return run;
}

TEST(PairsOf, JoinsTheSidesByTrial) {
  const coldstart::Run run = run_with_pairs(3);
  const RunPairs pairs = pairs_of(run);
  ASSERT_EQ(pairs.series.size(), 1U);
  EXPECT_EQ(pairs.series[0].function, "cpp");
  EXPECT_EQ(pairs.series[0].cache, "page-cache");
  ASSERT_EQ(pairs.series[0].pairs(), 3U);
  EXPECT_EQ(pairs.starts[0][1].baseline, &run.starts[4]);
  EXPECT_EQ(pairs.series[0].candidate_ns[1], latency_ns(run.starts[3].timeline));
}

TEST(PairsOf, LeavesOutWhatCannotBeCompared) {
  coldstart::Run run = run_with_pairs(5);
  run.starts[0].outcome = Outcome::kCrashed;  // candidate of pair 1
  run.starts[3].lost_events = 2;              // candidate of pair 2: no failure
  run.starts[6].load = kDisturbedLoad;        // both of pair 3
  run.starts[7].load = kDisturbedLoad;
  run.starts.erase(run.starts.begin() + 12);  // candidate of pair 5: the run was killed
  const RunPairs pairs = pairs_of(run);
  EXPECT_EQ(pairs.series[0].pairs(), 1U);
  EXPECT_EQ(pairs.series[0].candidate_failed, 1U);
  EXPECT_EQ(pairs.series[0].baseline_failed, 0U);
  EXPECT_EQ(pairs.series[0].left_out, 1U);
}

TEST(PairsOf, AnOrdinaryRunHasNone) {
  coldstart::Run run;
  run.functions.emplace_back().name = "cpp";
  EXPECT_TRUE(pairs_of(run).series.empty());
}

TEST(SkippedOf, IsOneVerdictForBothSides) {
  coldstart::Run run;
  for (const char* name : {"cpp@baseline", "cpp@candidate", "java@baseline", "java@candidate"}) {
    run.functions.emplace_back().name = name;
  }
  EXPECT_TRUE(skipped_of(run).empty());
  run.functions[2].skipped = run.functions[3].skipped = "no java";
  const auto verdicts = skipped_of(run);
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].function, "java");
  EXPECT_EQ(verdicts[0].verdict, Verdict::kInconclusive);
  EXPECT_EQ(verdicts[0].reason, "not started: no java");
}

}  // namespace
}  // namespace coldstart::results
