// How many pairs a check plans.
#include "harness/cli/gate_plan.h"

#include <gtest/gtest.h>

namespace coldstart::cli {
namespace {

TEST(GatePlan, OneFunctionGetsWhatTheTimeAllowsAndSomeMore) {
  const PairsPlan plan = plan_pairs({2.0}, {.time = 1000, .most_pairs = 8000});
  EXPECT_EQ(plan.affordable, 500U);
  EXPECT_EQ(plan.rounds, 625U);
  EXPECT_EQ(plan.pairs_a_round, (std::vector<std::size_t>{1}));
}

TEST(GatePlan, NoFunctionGetsMoreThanItMay) {
  const PairsPlan alike = plan_pairs({2.0, 2.0}, {.time = 1e6, .most_pairs = 100});
  EXPECT_EQ(alike.rounds, 100U);
  const PairsPlan plan = plan_pairs({4.0, 64.0}, {.time = 1e6, .most_pairs = 100});
  EXPECT_EQ(plan.rounds, 100U);
  EXPECT_EQ(plan.pairs_a_round, (std::vector<std::size_t>{1, 1}));
}

TEST(GatePlan, CheapFunctionsGetPairsByTheInverseRootOfTheirCost) {
  const PairsPlan plan = plan_pairs({4.0, 16.0, 64.0}, {.time = 11200, .most_pairs = 8000});
  EXPECT_EQ(plan.pairs_a_round, (std::vector<std::size_t>{4, 2, 1}));
  EXPECT_EQ(plan.affordable, 100U);  // a round takes 16 + 32 + 64
}

TEST(GatePlan, WhatIsBesideThePairsTakesTimeToo) {
  EXPECT_EQ(plan_pairs({2.0}, {.time = 1000, .overhead_a_round = 2, .most_pairs = 8000}).affordable,
            250U);
}

TEST(GatePlan, AFunctionThatTookNothingIsNoReasonToPlanForEver) {
  const PairsPlan plan = plan_pairs({0.0, 5.0}, {.time = 1000, .most_pairs = 8000});
  EXPECT_EQ(plan.pairs_a_round, (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(plan_pairs({0.0}, {.time = 1000, .most_pairs = 50}).rounds, 50U);
  EXPECT_EQ(plan_pairs({5000.0}, {.time = 1000, .most_pairs = 50}).rounds, 1U);
}

}  // namespace
}  // namespace coldstart::cli
