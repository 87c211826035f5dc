// That the checks of causes can fail: held against made-up accounts.
#include <gtest/gtest-spi.h>

#include "tests/truth/checks.h"

namespace coldstart::truth {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

// A start with one phase, `handle` of 40 ms, in which a delay of that length was logged.
Trial trial(const TimeSplit& time) {
  Trial made;
  made.start.timeline.set(Boundary::kDue, 0);
  for (std::size_t i = 1; i < kBoundaryCount; ++i) {
    made.start.timeline.set_not_applicable(static_cast<Boundary>(i), "made up");
  }
  made.start.timeline.set(Boundary::kReceived, 0);
  made.start.timeline.set(Boundary::kReplied, 40 * kMillisecond);
  for (const PhaseSpan& span : phases_of(made.start.timeline)) {
    PhaseCauses causes;
    causes.phase = span.name();
    if (span.name() == "handle") {
      causes.time = time;
      causes.cpu_time_ns = time.cpu_ns;
    } else {
      causes.time.cpu_ns = span.length_ns();
    }
    made.start.account.causes.push_back(causes);
  }
  made.log = {{"handle", 0, 40 * kMillisecond, 1}};
  return made;
}

TimeSplit waiting(const std::string& reason) {
  return {0,
          kMillisecond / 10,
          0,
          40 * kMillisecond - kMillisecond / 10,
          {{reason, 40 * kMillisecond - kMillisecond / 10}}};
}
TimeSplit computing() { return {30 * kMillisecond, 10 * kMillisecond, 0, 0, {}}; }

void check(DelayKind kind, const TimeSplit& time) {
  Case which;
  which.name = "made_up";
  which.phase = Phase::kHandle;
  which.kind = kind;
  const auto session = probes::null_session({});
  expect_cause(which, Trials{{trial(time)}, {}}, *session);
}

TEST(CheckOfCausesTest, ASleepIsAWaitOfThatName) {
  check(DelayKind::kSleep, waiting("sleep"));
  EXPECT_NONFATAL_FAILURE(check(DelayKind::kSleep, waiting("poll")), "sleep against");
}

TEST(CheckOfCausesTest, ASpinIsOnACpuOrWaitsForOne) {
  check(DelayKind::kSpin, computing());
  std::string failures;
  testing::TestPartResultArray results;
  {
    testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results);
    check(DelayKind::kSpin, waiting("sleep"));
  }
  for (int i = 0; i < results.size(); ++i) failures += results.GetTestPartResult(i).message();
  EXPECT_NE(failures.find("cpu + runnable against"), std::string::npos) << failures;
}

TEST(CheckOfCausesTest, CausesAddUpToTheirPhase) {
  TimeSplit short_of = waiting("sleep");
  short_of.runnable_ns = 0;
  short_of.wait_ns -= kMillisecond;
  short_of.waits["sleep"] -= kMillisecond;
  testing::TestPartResultArray results;
  {
    testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results);
    check(DelayKind::kSleep, short_of);
  }
  EXPECT_GE(results.size(), 1);
}

}  // namespace
}  // namespace coldstart::truth
