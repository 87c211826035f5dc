// Functions that misbehave, each in its own way: every one is an outcome with a message.
#include "tests/harness/platform/rig.h"

namespace coldstart::harness {
namespace {

struct Case {
  const char* program;
  Outcome outcome;
  const char* message;  // a part of it
};

class OutcomesTest : public testing::TestWithParam<std::tuple<Case, bool>> {};

TEST_P(OutcomesTest, IsRecordedAndNothingIsLeft) {
  const auto& [expected, with_probes] = GetParam();
  Rig rig(with_probes ? probes::TierSet::all() : probes::TierSet::none());
  if (with_probes && !rig.live()) {
    GTEST_SKIP() << "skipped: " << rig.session->tiers().front().reason;
  }
  FunctionSpec function = native(misbehaving(expected.program));
  if (expected.outcome == Outcome::kTimeout) function.timeout = std::chrono::milliseconds(300);
  const Start start = rig.once(function);
  EXPECT_EQ(name(start.outcome), name(expected.outcome)) << start.message;
  EXPECT_NE(start.message.find(expected.message), std::string::npos) << start.message;
  EXPECT_EQ(leftovers(rig.launcher.pid()), std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(
    Functions, OutcomesTest,
    testing::Combine(
        testing::Values(Case{"crash", Outcome::kCrashed, "SIGABRT"},
                        Case{"exit3", Outcome::kExited, "exit code 3"},
                        Case{"exit3", Outcome::kExited, "no database configured"},
                        Case{"never-listens", Outcome::kTimeout, "did not listen"},
                        Case{"never-answers", Outcome::kTimeout, "no complete answer"},
                        Case{"listens-and-closes", Outcome::kClosed, "without an answer"},
                        Case{"answers-garbage", Outcome::kBadResponse, "not an HTTP response"},
                        Case{"answers-500", Outcome::kBadResponse, "500"},
                        Case{"no-such-program", Outcome::kNotStarted, "No such file"}),
        testing::Bool()));

TEST(OutcomesTest, AFunctionThatIgnoresSigtermIsKilled) {
  Rig rig;
  FunctionSpec function = native(misbehaving("stubborn"));
  function.stop_timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(rig.once(function).outcome, Outcome::kOk);
  EXPECT_EQ(leftovers(rig.launcher.pid()), std::vector<std::string>());
}

TEST(OutcomesTest, AnExpectedStatusIsHeldAgainstTheAnswer) {
  Rig rig;
  FunctionSpec function = native(sample("hello"));
  function.expected_status = 204;
  const Start start = rig.once(function);
  EXPECT_EQ(start.outcome, Outcome::kBadResponse);
  EXPECT_NE(start.message.find("expected 204"), std::string::npos) << start.message;
}

TEST(OutcomesTest, AProgramThatFailsOnTheContractExecIsNoAnswer) {
  Rig rig;
  FunctionSpec function = native(misbehaving("exit3"));
  function.contract = ContractKind::kExec;
  const Start start = rig.once(function);
  EXPECT_EQ(start.outcome, Outcome::kExited);
  EXPECT_EQ(start.exit_status, 3);
}

TEST(OutcomesTest, TheRunGoesOnAfterAFailure) {
  Rig rig;
  EXPECT_EQ(rig.once(native(misbehaving("crash"))).outcome, Outcome::kCrashed);
  EXPECT_EQ(rig.once(native(sample("hello"))).outcome, Outcome::kOk);
}

}  // namespace
}  // namespace coldstart::harness
