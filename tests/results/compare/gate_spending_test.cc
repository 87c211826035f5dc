// How often Gate, as a whole, errs where the slowdown is the margin exactly: a look too many, or
// one that spends what another has spent, shows here.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "results/compare/gate.h"

namespace coldstart::results {
namespace {

constexpr std::size_t kPairs = 100;
constexpr int kChecks = 500;

struct Plan {
  /// What each look sees, in pairs of a series of one pair a round.
  std::vector<std::size_t> seen;
  std::vector<std::size_t> looks = {5, 10, 20, 30, 45, 60, 80, 100};
  std::vector<std::size_t> pairs_a_round = {1};
};

// Pairs whose log ratios lie around the margin, half of them on each side.
PairSeries at_the_margin(std::mt19937_64& bits, std::size_t pairs) {
  std::normal_distribution<double> ratio(std::log1p(GateOptions{}.margin), 0.03);
  PairSeries series;
  series.function = "f";
  for (std::size_t i = 0; i < pairs; ++i) {
    series.baseline_ns.push_back(10'000'000);
    series.candidate_ns.push_back(std::llround(1e7 * std::exp(ratio(bits))));
  }
  return series;
}

PairSeries first_of(const PairSeries& whole, std::size_t pairs) {
  PairSeries part;
  part.function = whole.function;
  part.baseline_ns.assign(whole.baseline_ns.begin(),
                          whole.baseline_ns.begin() + static_cast<std::ptrdiff_t>(pairs));
  part.candidate_ns.assign(whole.candidate_ns.begin(),
                           whole.candidate_ns.begin() + static_cast<std::ptrdiff_t>(pairs));
  return part;
}

// Of so many checks, those with a FAIL.
int failures(const Plan& plan) {
  std::mt19937_64 bits(4);
  GateOptions options;
  options.gating = {Metric::kMedian};
  options.alpha_fail = 0.05;  // often enough to be counted
  int failed = 0;
  for (int check = 0; check < kChecks; ++check) {
    std::vector<PairSeries> whole;
    for (const std::size_t a_round : plan.pairs_a_round) {
      whole.push_back(at_the_margin(bits, kPairs * a_round));
    }
    Gate gate(options, whole.size(), plan.looks, plan.pairs_a_round);
    for (std::size_t i = 0; i < plan.seen.size() && !gate.finished(); ++i) {
      std::vector<PairSeries> now;
      for (std::size_t f = 0; f < whole.size(); ++f) {
        now.push_back(first_of(whole[f], plan.seen[i] * plan.pairs_a_round[f]));
      }
      gate.look(now, i + 1 == plan.seen.size());
    }
    failed += std::ranges::any_of(gate.verdicts(), [](const FunctionVerdict& verdict) {
      return verdict.verdict == Verdict::kFail;
    });
  }
  return failed;
}

// 5 % of 500, and three standard errors more. Each look at 5 % would give more than 70.
constexpr int kMost = 25 + 15;

TEST(GateSpending, LooksAsPlannedErrAsOftenAsOneLook) {
  const int failed = failures({.seen = {5, 10, 20, 30, 45, 60, 80, 100}});
  EXPECT_LE(failed, kMost);
  EXPECT_GE(failed, 8) << "what may be spent is spent";
}

TEST(GateSpending, ALookThatCameLateOrWasPassedByErrsNoMoreOften) {
  EXPECT_LE(failures({.seen = {7, 24, 47, 83, 100}}), kMost);
}

TEST(GateSpending, AnEarlyEndErrsNoMoreOften) {
  EXPECT_LE(failures({.seen = {5, 10, 20, 30, 45, 62}}), kMost);
}

TEST(GateSpending, FunctionsOfWhichOneHasSeveralPairsARoundErrNoMoreOften) {
  EXPECT_LE(failures({.seen = {10, 20, 30, 45, 60, 80, 100}, .pairs_a_round = {4, 1}}), kMost);
}

}  // namespace
}  // namespace coldstart::results
