#include "results/compare/gate_history.h"

#include <gtest/gtest.h>

#include "tests/results/compare/made_pairs.h"

namespace coldstart::results {
namespace {

Run made_run(std::uint64_t seed, std::int64_t more_ns) {
  Run run;
  run.functions.push_back({"cpp", "native", "http", {}, {}, {}, {}, {}, {}});
  RandomWords bits(seed);
  const std::int64_t drift = static_cast<std::int64_t>(draw_below(bits, 20'000));
  for (int i = 0; i < 400; ++i) run.starts.push_back(made_start(bits, more_ns + drift));
  return run;
}

std::vector<FunctionVerdict> verdicts(std::size_t past, std::int64_t more_ns) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < past; ++i) runs.push_back(made_run(i + 1, 0));
  std::vector<const Run*> pointers;
  for (const Run& run : runs) pointers.push_back(&run);
  return judge_history(pointers, made_run(99, more_ns), {});
}

TEST(History, PassesFailsAndKnowsWhenItCannotTell) {
  EXPECT_EQ(verdicts(12, 0).front().verdict, Verdict::kPass);
  EXPECT_EQ(verdicts(12, 600'000).front().verdict, Verdict::kFail);
  const auto two = verdicts(2, 600'000);
  EXPECT_EQ(two.front().verdict, Verdict::kInconclusive);
  EXPECT_EQ(two.front().find(Metric::kMedian)->reason,
            "needs 3 past runs on this host, there are 2");
}

TEST(History, AnotherFunctionOfTheSameNameDoesNotCount) {
  std::vector<coldstart::Run> runs;
  for (std::size_t i = 0; i < 12; ++i) runs.push_back(made_run(i + 1, i < 4 ? 0 : 600'000));
  for (std::size_t i = 4; i < 12; ++i) runs[i].functions.front().runtime = "python";
  std::vector<const coldstart::Run*> past;
  for (const coldstart::Run& run : runs) past.push_back(&run);
  const auto now = made_run(99, 600'000);
  EXPECT_EQ(judge_history(past, now, {}).front().pairs, 4U);
  runs[0].functions.front().contract = "exec";
  const auto three = judge_history(past, now, {});
  EXPECT_EQ(three.front().pairs, 3U);
  // A command is what people change.
  runs[1].functions.front().command = {"other"};
  EXPECT_EQ(judge_history(past, now, {}).front().pairs, 3U);
  EXPECT_EQ(pairs_with_history(past, now, three).front().size(), 400U);
}

TEST(History, SeesImprovements) {
  const auto faster = verdicts(12, -400'000);
  EXPECT_EQ(faster.front().verdict, Verdict::kPass);
  EXPECT_TRUE(faster.front().improved());
}

// Twelve past runs and one now, of whose 400 starts so many failed.
FunctionVerdict verdict_of_failures(std::size_t past_failed, std::size_t now_failed) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < 12; ++i) runs.push_back(made_run(i + 1, 0));
  coldstart::Run now = made_run(99, 0);
  const auto fail = [](Run& run, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      run.starts[i].outcome = Outcome::kCrashed;
      run.starts[i].timeline = {};
    }
  };
  for (Run& run : runs) fail(run, past_failed);
  fail(now, now_failed);
  std::vector<const Run*> pointers;
  for (const Run& run : runs) pointers.push_back(&run);
  return judge_history(pointers, now, {}).front();
}

TEST(History, WhatFailsMoreOftenThanBeforeIsAFail) {
  const FunctionVerdict verdict = verdict_of_failures(0, 40);
  EXPECT_EQ(verdict.verdict, Verdict::kFail);
  EXPECT_EQ(verdict.reason, "40 of 400 starts failed, and 0 of 4,800 in past runs");
  EXPECT_EQ(verdict.candidate_failed, 40U);
  EXPECT_EQ(verdict_of_failures(0, 1).verdict, Verdict::kPass);    // by chance
  EXPECT_EQ(verdict_of_failures(40, 40).verdict, Verdict::kPass);  // as ever
  EXPECT_EQ(verdict_of_failures(40, 20).verdict, Verdict::kPass);
}

TEST(History, SaysWhichPhaseIsNotAsInPastRuns) {
  std::vector<coldstart::Run> runs;
  for (std::size_t i = 0; i < 4; ++i) runs.push_back(made_run(i + 1, 0));
  std::vector<const coldstart::Run*> past;
  for (const coldstart::Run& run : runs) past.push_back(&run);
  coldstart::Run now = made_run(99, 400'000);
  now.starts[7].outcome = Outcome::kCrashed;
  const auto functions = judge_history(past, now, {});
  const auto pairs = pairs_with_history(past, now, functions);
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs.front().size(), 399U);  // each usable start of now, once
  std::vector<int> of_run(runs.size());
  for (const StartPair& pair : pairs.front()) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const Start* first = runs[i].starts.data();
      if (pair.baseline >= first && pair.baseline < first + runs[i].starts.size()) ++of_run[i];
    }
  }
  EXPECT_EQ(of_run, (std::vector<int>{100, 100, 100, 99}));
  const Attribution attribution = attribute(pairs).front();
  ASSERT_FALSE(attribution.moved.empty());
  EXPECT_EQ(attribution.moved.front().phase, "link");
  EXPECT_NEAR(static_cast<double>(attribution.moved.front().shift_ns), 400'000, 60'000);
}

TEST(History, AFunctionWithoutAPastHasNothingToExplain) {
  const coldstart::Run now = made_run(99, 0);
  const auto pairs = pairs_with_history({}, now, judge_history({}, now, {}));
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_TRUE(pairs.front().empty());
}

TEST(History, WhatNeverAnswersIsAFailWithoutAnyPast) {
  coldstart::Run now = made_run(99, 0);
  for (Start& start : now.starts) {
    start.outcome = Outcome::kExited;
    start.timeline = {};
  }
  const FunctionVerdict verdict = judge_history({}, now, {}).front();
  EXPECT_EQ(verdict.verdict, Verdict::kFail);
  EXPECT_EQ(verdict.reason, "none of its 400 starts answered");
}

TEST(HostDifference, NamesWhatDiffers) {
  Host one{"a", "6.1", "Debian 12", "Xeon", 2, 8ULL << 30U};
  Host other = one;
  other.name = "b";
  other.memory_bytes -= 1 << 20U;  // what the firmware keeps differs
  EXPECT_EQ(host_difference(one, other), "");
  EXPECT_EQ(host_fingerprint(one), host_fingerprint(other));
  other.kernel = "6.18";
  other.cpus = 4;
  EXPECT_EQ(host_difference(one, other), "CPUs '2' and '4'; kernel '6.1' and '6.18'");
}

}  // namespace
}  // namespace coldstart::results
