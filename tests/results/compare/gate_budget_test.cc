#include "results/compare/gate_budget.h"

#include <gtest/gtest.h>

#include "tests/results/compare/made_pairs.h"

namespace coldstart::results {
namespace {

class Budgets : public testing::Test {
 protected:
  void SetUp() override {
    RandomWords bits(4);
    for (int i = 0; i < 100; ++i) {
      kept_.push_back(made_start(bits, 0));  // 1.9 ms, link 1 ms
      starts_.push_back(&kept_.back());
    }
  }
  BudgetVerdict judge(const std::string& what, std::int64_t limit_ns) const {
    return judge_budgets(starts_, {{"cpp", what, limit_ns}}, {}).front();
  }
  std::list<Start> kept_;
  std::vector<const Start*> starts_;
};

TEST_F(Budgets, AreKeptExceededOrOpen) {
  EXPECT_EQ(judge("p90", 2'500'000).verdict, Verdict::kPass);
  EXPECT_EQ(judge("p90", 1'500'000).verdict, Verdict::kFail);
  const BudgetVerdict open = judge("median", *judge("median", 1).measured_ns);
  EXPECT_EQ(open.verdict, Verdict::kInconclusive);
  EXPECT_FALSE(open.reason.empty());
  EXPECT_LT(*open.low_ns, *open.high_ns);
}

TEST_F(Budgets, MayBeOfAPhase) {
  EXPECT_EQ(judge("link", 1'200'000).verdict, Verdict::kPass);
  EXPECT_EQ(judge("link", 800'000).verdict, Verdict::kFail);
  const BudgetVerdict sandbox = judge("sandbox", 800'000);
  EXPECT_EQ(sandbox.verdict, Verdict::kInconclusive);
  EXPECT_EQ(sandbox.reason, "no start has the phase sandbox");
}

TEST_F(Budgets, SayWhatAPercentileNeeds) {
  const BudgetVerdict verdict = judge("p99", 5'000'000);
  EXPECT_EQ(verdict.verdict, Verdict::kInconclusive);
  EXPECT_EQ(verdict.reason, "p99 needs 299 starts, these are 100");
}

TEST_F(Budgets, OfAFunctionWithoutStartsAreOpen) {
  const auto verdicts = judge_budgets(starts_, {{"java", "p90", 1}}, {});
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts.front().verdict, Verdict::kInconclusive);
  EXPECT_EQ(verdicts.front().reason, "no start answered");
}

TEST_F(Budgets, HaveTheNamesOfMetricsAndPhases) {
  EXPECT_TRUE(is_budget_name("median"));
  EXPECT_TRUE(is_budget_name("sandbox"));
  EXPECT_FALSE(is_budget_name("p95"));
}

}  // namespace
}  // namespace coldstart::results
