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
  made.log = {{"handle", 0, 40 * kMillisecond, 1}, {"cpu", 0, time.cpu_ns, 1}};
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

// What a check says when it fails; empty: it does not.
std::string complaints(DelayKind kind, const TimeSplit& time) {
  testing::TestPartResultArray results;
  {
    testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results);
    check(kind, time);
  }
  std::string text;
  for (int i = 0; i < results.size(); ++i) text += results.GetTestPartResult(i).message();
  return text;
}

TEST(CheckOfCausesTest, ASleepIsAWaitOfThatName) {
  EXPECT_EQ(complaints(DelayKind::kSleep, waiting("sleep")), "");
  EXPECT_NE(complaints(DelayKind::kSleep, waiting("poll")).find("than the sleep that was asked"),
            std::string::npos);
}

TEST(CheckOfCausesTest, ASpinIsOnACpuOrWaitsForOne) {
  EXPECT_EQ(complaints(DelayKind::kSpin, computing()), "");
  EXPECT_NE(complaints(DelayKind::kSpin, waiting("sleep")).find("cpu + runnable against"),
            std::string::npos);
}

TEST(CheckOfCausesTest, CausesAddUpToTheirPhase) {
  TimeSplit short_of = computing();
  short_of.cpu_ns -= kMillisecond;
  EXPECT_NE(complaints(DelayKind::kSpin, short_of).find("total_ns"), std::string::npos);
}

}  // namespace
}  // namespace coldstart::truth
