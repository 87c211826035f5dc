#include "results/compare/gate.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "results/compare/gate_report.h"
#include "tests/results/compare/made_pairs.h"

namespace coldstart::results {
namespace {

FunctionVerdict judge_one(const PairPlan& plan, const GateOptions& options = {}) {
  return judge(std::vector{made_series(plan)}, options).front();
}

TEST(Gate, PassesWhatIsTheSame) {
  const FunctionVerdict verdict = judge_one({.pairs = 300});
  EXPECT_EQ(verdict.verdict, Verdict::kPass);
  EXPECT_FALSE(verdict.improved());
  ASSERT_NE(verdict.find(Metric::kP90), nullptr);
  EXPECT_LT(*verdict.find(Metric::kMedian)->high, 0.02);
}

TEST(Gate, FailsWhatIsSlower) {
  const FunctionVerdict verdict = judge_one({.slower = 1.10});
  EXPECT_EQ(verdict.verdict, Verdict::kFail);
  const MetricVerdict& median = *verdict.find(Metric::kMedian);
  EXPECT_EQ(median.verdict, Verdict::kFail);
  EXPECT_NEAR(*median.change, 0.10, 0.02);
  EXPECT_GT(*median.low, 0.02);
  EXPECT_NEAR(*median.candidate_ns / *median.baseline_ns, 1.10, 0.03);
}

TEST(Gate, ASlowdownThatIsCertainButWithinTheMarginPasses) {
  const FunctionVerdict verdict = judge_one({.pairs = 600, .slower = 1.01, .spread = 0.01});
  EXPECT_EQ(verdict.verdict, Verdict::kPass);
  EXPECT_GT(*verdict.find(Metric::kMedian)->low, 0);
}

TEST(Gate, TheMarginDecides) {
  const PairPlan plan{.pairs = 300, .slower = 1.05, .spread = 0.01};
  EXPECT_EQ(judge_one(plan).verdict, Verdict::kFail);
  GateOptions generous;
  generous.margin = 0.08;
  EXPECT_EQ(judge_one(plan, generous).verdict, Verdict::kPass);
}

TEST(Gate, SaysWhatAnInconclusiveAnswerNeeds) {
  const FunctionVerdict verdict = judge_one({.pairs = 40, .slower = 1.0, .spread = 0.1});
  EXPECT_EQ(verdict.verdict, Verdict::kInconclusive);
  const MetricVerdict& median = *verdict.find(Metric::kMedian);
  ASSERT_TRUE(median.more_pairs);
  EXPECT_GT(*median.more_pairs, 40U);
  ASSERT_TRUE(median.smallest_change);
  EXPECT_GT(*median.smallest_change, 0.04);
  EXPECT_LT(*median.smallest_change, 0.5);
  ASSERT_TRUE(verdict.too_noisy);
  EXPECT_NEAR(verdict.too_noisy->deviation, 0.15, 0.05);  // sqrt(2) times 10 %
  EXPECT_GT(verdict.too_noisy->margin_for_pairs, 0.02);
}

TEST(Gate, TheSmallestChangeIsSeenAndSettlesAsPromised) {
  // Nine of ten runs call the smallest change that they name a FAIL.
  int failed = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    GateOptions only_median;
    only_median.gating = {Metric::kMedian};
    const FunctionVerdict even = judge_one({.pairs = 100, .seed = seed}, only_median);
    const double change = *even.find(Metric::kMedian)->smallest_change;
    const FunctionVerdict slow =
        judge_one({.pairs = 100, .slower = 1 + change, .seed = 1000 + seed}, only_median);
    if (slow.verdict == Verdict::kFail) ++failed;
  }
  EXPECT_GE(failed, 30);
}

TEST(Gate, TooFewPairsAreInconclusiveAndNothingIsMadeUp) {
  const FunctionVerdict verdict = judge_one({.pairs = 1});
  EXPECT_EQ(verdict.verdict, Verdict::kInconclusive);
  EXPECT_FALSE(verdict.find(Metric::kMedian)->change);
  const FunctionVerdict six = judge_one({.pairs = 6});
  EXPECT_TRUE(six.find(Metric::kMedian)->change);
  EXPECT_FALSE(six.find(Metric::kMedian)->low);  // six pairs cannot be that sure
  EXPECT_FALSE(six.find(Metric::kP90)->change);
  EXPECT_EQ(judge(std::vector<PairSeries>{{"cpp", "disk", {}, {}}}, {}).front().verdict,
            Verdict::kInconclusive);
}

TEST(Gate, ASlowTailAloneFailsOnP90) {
  // A fifth of the candidate's starts takes half as long again: the median does not see it.
  PairSeries series = made_series({.pairs = 400});
  for (std::size_t i = 0; i < series.pairs(); i += 5) {
    series.candidate_ns[i] = series.candidate_ns[i] * 3 / 2;
  }
  const auto verdict = judge(std::vector{series}, {}).front();
  EXPECT_EQ(verdict.find(Metric::kP90)->verdict, Verdict::kFail);
  EXPECT_NE(verdict.find(Metric::kMedian)->verdict, Verdict::kFail);
  EXPECT_EQ(verdict.verdict, Verdict::kFail);
}

TEST(Gate, P99IsReportedAndGatesOnlyOnDemandAndWithEnoughPairs) {
  const FunctionVerdict reported = judge_one({.pairs = 300});
  ASSERT_NE(reported.find(Metric::kP99), nullptr);
  EXPECT_FALSE(reported.find(Metric::kP99)->gates);
  GateOptions gating;
  gating.gating = {Metric::kMedian, Metric::kP99};
  const FunctionVerdict few = judge_one({.pairs = 300}, gating);
  EXPECT_EQ(few.verdict, Verdict::kInconclusive);
  EXPECT_NE(few.find(Metric::kP99)->reason.find("1,000 pairs"), std::string::npos);
  const FunctionVerdict enough = judge_one({.pairs = 3000, .spread = 0.01}, gating);
  EXPECT_EQ(enough.verdict, Verdict::kPass);
}

TEST(Gate, ImprovementsAreToldApart) {
  const FunctionVerdict verdict = judge_one({.slower = 0.85});
  EXPECT_EQ(verdict.verdict, Verdict::kPass);
  EXPECT_TRUE(verdict.improved());
}

TEST(Gate, ManyFunctionsDoNotMakeFalseAlarms) {
  // Forty functions exactly at the margin, twenty times: with one level for each of the 80
  // questions half of the runs would have an alarm.
  int alarms = 0;
  for (std::uint64_t run = 0; run < 20; ++run) {
    std::vector<PairSeries> series;
    for (std::uint64_t i = 0; i < 40; ++i) {
      series.push_back(made_series({.function = "f" + std::to_string(i),
                                    .pairs = 40,
                                    .slower = 1.02,
                                    .seed = 1 + run * 100 + i}));
    }
    const auto verdicts = judge(series, {});
    if (std::ranges::any_of(verdicts, [](auto& v) { return v.verdict == Verdict::kFail; }))
      ++alarms;
  }
  EXPECT_LE(alarms, 2);
}

TEST(Gate, OneSlowFunctionOfManyIsFound) {
  std::vector<PairSeries> series;
  for (std::uint64_t i = 0; i < 10; ++i) {
    series.push_back(made_series(
        {.function = "f" + std::to_string(i), .slower = i == 3 ? 1.15 : 1.0, .seed = 50 + i}));
  }
  const auto verdicts = judge(series, {});
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    EXPECT_EQ(verdicts[i].verdict == Verdict::kFail, i == 3) << i;
  }
}

TEST(Gate, StopsEarlyWhenTheAnswerIsClear) {
  Gate gate({}, 1, planned_looks(600));
  EXPECT_EQ(gate.looks(), (std::vector<std::size_t>{30, 60, 120, 180, 270, 360, 480, 600}));
  gate.look(std::vector{made_series({.pairs = 120, .slower = 1.3})}, false);
  EXPECT_TRUE(gate.all_decided());
  EXPECT_EQ(gate.verdicts().front().verdict, Verdict::kFail);
  EXPECT_EQ(gate.verdicts().front().look, 1U);
}

TEST(Gate, AnEarlyLookDemandsMoreThanTheLast) {
  const PairPlan plan{.pairs = 40, .slower = 1.055, .spread = 0.03, .seed = 5};
  EXPECT_EQ(judge_one(plan).verdict, Verdict::kFail);
  Gate gate({}, 1, planned_looks(200));
  gate.look(std::vector{made_series(plan)}, false);
  EXPECT_FALSE(gate.is_decided(0));
}

TEST(Gate, AnEndBeforeThePlannedPairsIsTheLastLook) {
  Gate gate({}, 1, planned_looks(600));
  gate.look(std::vector{made_series({.pairs = 120, .spread = 0.1})}, false);
  ASSERT_FALSE(gate.all_decided());
  gate.look(std::vector{made_series({.pairs = 130, .spread = 0.1})}, true);
  EXPECT_TRUE(gate.finished());
  EXPECT_TRUE(gate.all_decided());
  EXPECT_EQ(gate.verdicts().front().verdict, Verdict::kInconclusive);
}

TEST(Gate, WhatIsDecidedStaysSo) {
  Gate gate({}, 2, planned_looks(200));
  std::vector<PairSeries> series = {
      made_series({.function = "slow", .pairs = 40, .slower = 1.5}),
      made_series({.function = "noisy", .pairs = 40, .slower = 1.02, .spread = 0.2})};
  gate.look(series, false);
  ASSERT_TRUE(gate.is_decided(0));
  ASSERT_FALSE(gate.is_decided(1));
  series[1] = made_series({.function = "noisy", .pairs = 80, .slower = 1.02, .spread = 0.2});
  gate.look(series, true);
  EXPECT_EQ(gate.verdicts()[0].pairs, 40U);
  EXPECT_EQ(gate.verdicts()[1].pairs, 80U);
}

TEST(Gate, LooksThatWerePassedByAreLeftOut) {
  Gate gate({}, 1, planned_looks(600));
  EXPECT_EQ(gate.next_look(), 30U);
  gate.look(std::vector{made_series({.pairs = 125, .slower = 1.02, .spread = 0.2})}, false);
  EXPECT_EQ(gate.next_look(), 180U);
  EXPECT_FALSE(gate.finished());
  gate.look(std::vector{made_series({.pairs = 610, .slower = 1.02, .spread = 0.2})}, false);
  EXPECT_TRUE(gate.finished());
}

TEST(Gate, ACheapFunctionHasSeveralPairsInARound) {
  Gate gate({}, 2, {50, 100}, {4, 1});
  EXPECT_EQ(gate.pairs_at_next_look(0), 200U);
  EXPECT_EQ(gate.planned_pairs(0), 400U);
  EXPECT_EQ(gate.planned_pairs(1), 100U);
  std::vector<PairSeries> series = {
      made_series({.function = "cheap", .pairs = 200, .slower = 1.02, .spread = 0.2}),
      made_series({.function = "dear", .pairs = 50, .slower = 1.02, .spread = 0.2})};
  gate.look(series, false);
  EXPECT_EQ(gate.next_look(), 100U);
  EXPECT_EQ(gate.verdicts()[0].pairs_a_round, 4U);
  series = {made_series({.function = "cheap", .pairs = 400, .slower = 1.02, .spread = 0.2}),
            made_series({.function = "dear", .pairs = 100, .slower = 1.02, .spread = 0.2})};
  gate.look(series, false);
  EXPECT_TRUE(gate.finished());
}

TEST(Gate, FewPairsHaveFewLooks) {
  EXPECT_EQ(planned_looks(5), (std::vector<std::size_t>{5}));
  EXPECT_EQ(planned_looks(20), (std::vector<std::size_t>{9, 20}));
  EXPECT_EQ(planned_looks(40), (std::vector<std::size_t>{8, 18, 32, 40}));
}

TEST(Gate, ACandidateThatFailsToStartFails) {
  PairSeries series = made_series({.pairs = 300});
  series.candidate_failed = 20;
  const auto verdict = judge(std::vector{series}, {}).front();
  EXPECT_EQ(verdict.verdict, Verdict::kFail);
  EXPECT_NE(verdict.reason.find("20 starts of the candidate failed"), std::string::npos);
  series.baseline_failed = 18;
  EXPECT_EQ(judge(std::vector{series}, {}).front().verdict, Verdict::kPass);
}

TEST(Gate, WithTooFewPairsForAnyFailureNothingWouldHaveBeenSeen) {
  // Of two pairs even two slower ones are no proof: 1 in 4.
  const FunctionVerdict verdict = judge_one({.pairs = 2, .slower = 5.0});
  EXPECT_EQ(verdict.verdict, Verdict::kInconclusive);
  EXPECT_FALSE(verdict.find(Metric::kMedian)->smallest_change);
  EXPECT_TRUE(judge_one({.pairs = 60}).find(Metric::kMedian)->smallest_change);
}

TEST(Gate, WhereNoPairCountsItSaysWhyAndPromisesNothing) {
  PairSeries series;
  series.function = "cpp";
  series.left_out = 15;
  const auto verdict = judge(std::vector{series}, {}).front();
  EXPECT_EQ(verdict.verdict, Verdict::kInconclusive);
  EXPECT_NE(verdict.reason.find("of 15 both sides answered, but"), std::string::npos)
      << verdict.reason;
  for (const MetricVerdict& metric : verdict.metrics) EXPECT_FALSE(metric.more_pairs);
}

TEST(Gate, FailedStartsAreLookedAtAsStrictlyAsThereAreLooks) {
  // 2^-8 is enough for one look (1 %), and not for an eighth of it.
  PairSeries series = made_series({.pairs = 40});
  series.candidate_failed = 8;
  Gate one(GateOptions{}, 1, {1000});
  one.look(std::vector{series}, false);
  EXPECT_EQ(one.verdicts().front().verdict, Verdict::kFail);
  Gate eight(GateOptions{}, 1, planned_looks(1000));
  eight.look(std::vector{series}, false);
  EXPECT_NE(eight.verdicts().front().verdict, Verdict::kFail);
}

TEST(Gate, TheSameInputAndSeedGiveTheSameBytes) {
  const std::vector series = {made_series({.pairs = 150, .slower = 1.02}),
                              made_series({.function = "java", .slower = 1.1, .seed = 3})};
  const auto document = [&](std::uint64_t seed) {
    GateReport report;
    report.options.seed = seed;
    report.functions = judge(series, report.options);
    return gate_json(report);
  };
  EXPECT_EQ(document(7), document(7));
  EXPECT_NE(document(7), document(8));
}

}  // namespace
}  // namespace coldstart::results
