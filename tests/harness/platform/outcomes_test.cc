// Functions that misbehave, each in its own way: every one is an outcome with a message.
#include "harness/platform/cold_start.h"
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
  // Time enough to come to the point where it hangs.
  if (expected.outcome == Outcome::kTimeout) function.timeout = std::chrono::seconds(1);
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
                        Case{"speaks-first", Outcome::kBadResponse, "not an HTTP response: 'SSH-"},
                        Case{"answers-500", Outcome::kBadResponse, "500"},
                        Case{"no-such-program", Outcome::kNotStarted, "No such file"}),
        testing::Bool()));

TEST(OutcomesTest, AMutePortIsNamedAndTheOthersToo) {
  for (const bool with_probes : {true, false}) {
    Rig rig(with_probes ? probes::TierSet::all() : probes::TierSet::none());
    FunctionSpec function = native(misbehaving("two-ports"));
    const Start start = rig.once(function, {.any_port = with_probes, .rehearsal = true});
    EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
    EXPECT_EQ(start.port, start.offered_port) << "the offered port before any other";
  }
}

TEST(OutcomesTest, WithoutProbesAPortOfItsOwnIsFoundWhileRehearsing) {
  Rig rig(probes::TierSet::none());
  const int own = free_port();
  FunctionSpec function = native("/usr/bin/env", {"PORT=" + std::to_string(own), sample("hello")});
  const Start start = rig.once(function, {.any_port = true, .rehearsal = true});
  EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
  EXPECT_EQ(start.port, own);
  function.timeout = std::chrono::seconds(1);  // in which it must have come to listen
  const Start other = rig.once(function);
  EXPECT_NE(other.message.find("listens on port " + std::to_string(own) + ", not on $PORT"),
            std::string::npos)
      << other.message;
}

TEST(OutcomesTest, AFunctionThatGoesIntoTheBackgroundIsSeen) {
  Rig rig;
  FunctionSpec function = native("/bin/sh", {"-c", "sleep 30 & exit 0"});
  function.contract = ContractKind::kExec;
  EXPECT_TRUE(rig.once(function, {.rehearsal = true}).outlived);
  function.command = {"/bin/true"};
  EXPECT_FALSE(rig.once(function, {.rehearsal = true}).outlived);
}

TEST(OutcomesTest, AFunctionThatNeverAnsweredIsGivenUpAndOneThatDidIsNot) {
  Rig rig;
  MeasurePlan plan;
  plan.functions = {native(misbehaving("exit3")), native(sample("hello"))};
  for (FunctionSpec& function : plan.functions) function.trials = 5;
  for (const bool keep_going : {false, true}) {
    plan.keep_going = keep_going;
    std::vector<Start> broken;
    std::size_t good = 0;
    std::vector<std::string> warnings;
    MeasureSink sink;
    sink.begin = [](const std::vector<Function>&) {};
    sink.progress = [](const std::string&, int, int) {};
    sink.warn = [&](const std::string& line) { warnings.push_back(line); };
    sink.started = [&](const Start& start) {
      if (start.function == "exit3") {
        broken.push_back(start);
      } else {
        good += 1;
      }
    };
    EXPECT_FALSE(measure(rig.platform, plan, sink).has_value());
    EXPECT_EQ(good, 5U);
    ASSERT_EQ(broken.size(), keep_going ? 5U : kPatience - 1U);
    ASSERT_EQ(warnings.size(), keep_going ? 1U : 2U);
    EXPECT_NE(warnings[0].find("its rehearsal failed: exited"), std::string::npos) << warnings[0];
    EXPECT_EQ(broken.back().message.find("3 starts were not tried") == std::string::npos,
              keep_going);
  }
}

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
