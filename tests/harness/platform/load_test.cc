// Instances under load: started, called, kept, stopped; with real processes and the real kernel.
#include <chrono>
#include <gtest/gtest.h>
#include <signal.h>

#include "harness/platform/ports.h"
#include "results/model/duration.h"
#include "results/model/error.h"
#include "tests/harness/platform/load_rig.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Times = std::vector<std::chrono::nanoseconds>;

constexpr std::int64_t kMs = 1'000'000;

TEST(Load, OfABurstOfStartsEachHasAllItsBoundaries) {
  Rig rig;
  if (!rig.live()) GTEST_SKIP() << "the probes are off";
  const LoadResult result = drive(rig, {native(sample("hello"))}, burst(16), at_once(16));
  ASSERT_EQ(result.starts.size(), 16U);
  for (const Start& start : result.starts) {
    expect_in_order(start,
                    {Boundary::kDue, Boundary::kRequested, Boundary::kForked, Boundary::kLaunched,
                     Boundary::kExeced, Boundary::kLinked, Boundary::kEntered, Boundary::kListening,
                     Boundary::kReceived, Boundary::kReplied, Boundary::kResponded});
    EXPECT_EQ(start.lost_events, 0U);
    EXPECT_TRUE(start.usable());
    EXPECT_FALSE(start.account.causes.empty());
    EXPECT_GE(start.in_flight.value_or(0), 4) << "the first, too, had others beside it";
    EXPECT_LE(start.in_flight.value_or(0), 16);
  }
  EXPECT_EQ(result.cold(), 16U);
  EXPECT_EQ(result.with(Outcome::kOk), 16U);
  EXPECT_EQ(result.lives.size(), 16U);
  EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
}

TEST(Load, AStartUnderLoadAndItsRequestTellTheSame) {
  Rig rig;
  const LoadResult result = drive(rig, {native(sample("hello"))}, listed(), {0ms});
  ASSERT_EQ(result.starts.size(), 1U);
  ASSERT_EQ(result.invocations.size(), 1U);
  const Invocation& request = result.invocations.front();
  EXPECT_EQ(result.starts.front().instance, request.instance);
  EXPECT_EQ(latency_ns(result.starts.front().timeline), request.first_byte_ns);
  EXPECT_EQ(result.starts.front().cache, "as-found");
}

TEST(Load, AnInstanceIsUsedAgainAndOutlivesItsLastRequestByKeepAliveOnly) {
  Rig rig;
  FunctionSpec function = native(sample("hello"));
  function.platform.keep_alive = 300ms;
  const LoadResult result =
      drive(rig, {function}, listed(), {0ms, 100ms, 200ms, 350ms, 1500ms, 1650ms});
  ASSERT_EQ(result.invocations.size(), 6U);
  EXPECT_EQ(result.with(Outcome::kOk), 6U);
  std::vector<bool> cold;
  for (const Invocation& request : result.invocations) cold.push_back(request.cold);
  EXPECT_EQ(cold, (std::vector<bool>{true, false, false, false, true, false}));
  ASSERT_EQ(result.lives.size(), 2U);
  const InstanceLife& life = result.lives.front();
  EXPECT_EQ(life.end, "keep-alive");
  EXPECT_EQ(life.invocations, 4);
  const Invocation& last = result.invocations[3];
  const std::int64_t idle_ns = *life.ended_ns - last.due_ns - *last.done_ns;
  EXPECT_GE(idle_ns, 300 * kMs - kMs);
  EXPECT_LE(idle_ns, 800 * kMs);  // another may have the CPU
  EXPECT_EQ(result.lives.back().end, "end of load");
  EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
}

TEST(Load, AnInstanceLivesUntilItsLastProcessHasGone) {
  Rig rig;
  FunctionSpec function = native(misbehaving("stubborn"));
  function.stop_timeout = 400ms;
  function.platform.keep_alive = 50ms;
  const LoadResult result = drive(rig, {function}, listed(), {0ms, 1500ms});
  ASSERT_EQ(result.lives.size(), 2U);
  const InstanceLife& life = result.lives.front();
  EXPECT_EQ(life.end, "keep-alive");
  const Invocation& first = result.invocations.front();
  // It is told to end after 50 ms, does not care, and is killed after 400 more.
  EXPECT_GE(*life.ended_ns - first.due_ns - *first.done_ns, 449 * kMs);
}

TEST(Load, TimeScaleShortensKeepAlive) {
  Rig rig;
  FunctionSpec function = native(sample("hello"));
  function.platform.keep_alive = 10min;
  LoadSpec load = listed();
  load.time_scale = 6000;  // 100 ms
  const LoadResult result = drive(rig, {function}, load, {0ms, 1000ms});
  EXPECT_EQ(result.cold(), 2U);
}

TEST(Load, AnInstanceThatDiesWhileWarmFailsItsRequestAndTheNextOneStartsAnother) {
  Rig rig;
  const LoadResult result =
      drive(rig, {native(misbehaving("dies-when-warm"))}, listed(), {0ms, 500ms, 1200ms});
  ASSERT_EQ(result.invocations.size(), 3U);
  EXPECT_EQ(result.invocations[0].outcome, Outcome::kOk);
  EXPECT_EQ(result.invocations[1].outcome, Outcome::kCrashed) << result.invocations[1].message;
  EXPECT_FALSE(result.invocations[1].cold);
  EXPECT_LT(result.invocations[1].instance, result.invocations[2].instance);
  EXPECT_TRUE(result.invocations[2].cold);
  EXPECT_EQ(result.invocations[2].outcome, Outcome::kOk);
  ASSERT_EQ(result.lives.size(), 2U);
  EXPECT_EQ(result.lives[0].end, "died");
  // Noticed at once, not at the next request.
  EXPECT_LT(*result.lives[0].ended_ns, 1000 * kMs);
}

TEST(Load, AnInstanceThatIsKilledWhileIdleIsMissedAtOnce) {
  Rig rig;
  FunctionSpec function = native("/bin/sh");
  function.name = "short-lived";
  function.command = {"/bin/sh", "-c", "(sleep 0.5; kill -9 $$) & exec " + sample("hello")};
  const LoadResult result = drive(rig, {function}, listed(), {0ms, 2000ms});
  ASSERT_EQ(result.lives.size(), 2U);
  EXPECT_EQ(result.lives[0].end, "died");
  EXPECT_LT(*result.lives[0].ended_ns, 1900 * kMs);
  EXPECT_EQ(result.with(Outcome::kOk), 2U);
  EXPECT_EQ(result.cold(), 2U);
}

TEST(Load, NoInstanceServesMoreThanItsConcurrency) {
  Rig rig;
  for (const int concurrency : {1, 3}) {
    FunctionSpec function = native(misbehaving("counts-requests"));
    function.env = {{"MOST", std::to_string(concurrency)}, {"WORK_MS", "15"}};
    function.expected_status = 200;
    function.platform.concurrency = concurrency;
    function.platform.max_instances = 3;
    Times times;
    for (int i = 0; i < 60; ++i) times.emplace_back(milliseconds(i * 4));
    const LoadResult result = drive(rig, {function}, listed(), times);
    EXPECT_EQ(result.with(Outcome::kOk), 60U) << "concurrency " << concurrency;
    EXPECT_LE(result.lives.size(), 3U);
  }
  EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
}

TEST(Load, WhatDoesNotFitIntoTheQueueIsDropped) {
  Rig rig;
  FunctionSpec function = native(misbehaving("counts-requests"));
  function.env = {{"WORK_MS", "50"}};
  function.platform.max_instances = 1;
  function.platform.queue = 2;
  const LoadResult result = drive(rig, {function}, listed(), at_once(6));
  EXPECT_EQ(result.with(Outcome::kDropped), 3U);
  EXPECT_EQ(result.with(Outcome::kOk), 3U);
}

TEST(Load, WhoWaitsTooLongTimesOutCountedFromDue) {
  Rig rig;
  FunctionSpec function = native(misbehaving("counts-requests"));
  function.env = {{"WORK_MS", "400"}};
  function.platform.max_instances = 1;
  LoadSpec load = listed();
  load.timeout = 600ms;
  const LoadResult result = drive(rig, {function}, load, at_once(3));
  EXPECT_EQ(result.with(Outcome::kOk), 1U);
  EXPECT_EQ(result.with(Outcome::kTimeout), 2U);
}

// Given up `timeout` after it was due; another may have the CPU then.
void expect_given_up_at(std::int64_t timeout_ms, const Invocation& request) {
  EXPECT_EQ(request.outcome, Outcome::kTimeout) << request.message;
  EXPECT_FALSE(request.first_byte_ns);
  EXPECT_NE(request.message.find(format_duration(timeout_ms * kMs)), std::string::npos)
      << request.message;
}

TEST(Load, AFunctionThatNeverAnswersIsGivenUpAtItsTimeoutAndEnded) {
  Rig rig;
  FunctionSpec function = native(misbehaving("never-answers"));
  function.timeout = 1s;  // of the rehearsal
  function.platform.max_instances = 1;
  LoadSpec load = listed();
  load.timeout = 300ms;
  // The second one waits for the first one's instance, which is given up at 300 ms, and then for
  // one of its own: the time counts from due all the same. The third one finds nobody.
  const LoadResult result = drive(rig, {function}, load, {0ms, 150ms, 1200ms});
  ASSERT_EQ(result.invocations.size(), 3U);
  for (const Invocation& request : result.invocations) expect_given_up_at(300, request);
  ASSERT_EQ(result.lives.size(), 3U);
  for (const InstanceLife& life : result.lives) {
    EXPECT_EQ(life.end, "timeout");
    EXPECT_EQ(life.invocations, 0);
    EXPECT_GE(*life.ended_ns - life.requested_ns, 100 * kMs);
    EXPECT_LT(*life.ended_ns - life.requested_ns, 800 * kMs);
  }
  // It is also a start that failed.
  ASSERT_EQ(result.starts.size(), 3U);
  for (const Start& start : result.starts) EXPECT_EQ(start.outcome, Outcome::kTimeout);
  EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
}

TEST(Load, AnInstanceThatFallsSilentWhileWarmIsGivenUpAndReplaced) {
  Rig rig;
  LoadSpec load = listed();
  load.timeout = 300ms;
  const LoadResult result =
      drive(rig, {native(misbehaving("hangs-when-warm"))}, load, {0ms, 200ms, 900ms});
  ASSERT_EQ(result.invocations.size(), 3U);
  EXPECT_EQ(result.invocations[0].outcome, Outcome::kOk);
  expect_given_up_at(300, result.invocations[1]);
  EXPECT_FALSE(result.invocations[1].cold);
  EXPECT_EQ(result.invocations[2].outcome, Outcome::kOk) << result.invocations[2].message;
  EXPECT_TRUE(result.invocations[2].cold);
  ASSERT_EQ(result.lives.size(), 2U);
  EXPECT_EQ(result.lives[0].end, "timeout");
  EXPECT_EQ(result.lives[0].invocations, 1);
  EXPECT_LT(*result.lives[0].ended_ns, 900 * kMs);
  EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
}

TEST(Load, OfAnInstanceThatIsGivenUpTheOtherRequestsMayGoOn) {
  Rig rig;
  FunctionSpec function = native(misbehaving("counts-requests"));
  function.env = {{"WORK_MS", "600"}, {"MOST", "2"}};
  function.platform.concurrency = 2;
  function.platform.max_instances = 1;
  function.platform.min_instances = 1;
  LoadSpec load = listed();
  load.timeout = 1000ms;
  // The first two are answered at 600 ms; the next two begin there, too late for the third one,
  // which is due at 50 ms, and in time for the fourth one, due at 550 ms.
  const LoadResult result = drive(rig, {function}, load, {0ms, 0ms, 50ms, 550ms});
  ASSERT_EQ(result.invocations.size(), 4U);
  EXPECT_EQ(result.invocations[2].outcome, Outcome::kTimeout);
  EXPECT_EQ(result.invocations[3].outcome, Outcome::kOk) << result.invocations[3].message;
  // Another one was provisioned in its place.
  ASSERT_EQ(result.lives.size(), 2U);
  const bool first = result.lives[0].end == "timeout";
  EXPECT_EQ(result.lives[first ? 0 : 1].end, "timeout");
  EXPECT_EQ(result.lives[first ? 0 : 1].invocations, 3);
  EXPECT_EQ(result.lives[first ? 1 : 0].invocations, 0);
}

TEST(Load, OfAStartThatIsGivenUpTheOtherRequestsMayGoOn) {
  Rig rig;
  FunctionSpec function = native("/bin/sh");
  function.command = {"/bin/sh", "-c", "sleep 1; exec " + misbehaving("counts-requests")};
  function.env = {{"WORK_MS", "500"}, {"MOST", "2"}};
  function.platform.concurrency = 2;
  LoadSpec load = listed();
  load.timeout = 1400ms;
  // Both are taken up after a second and answered half a second later; the second has most of
  // another second left then.
  const LoadResult result = drive(rig, {function}, load, {0ms, 950ms});
  ASSERT_EQ(result.invocations.size(), 2U);
  expect_given_up_at(1400, result.invocations[0]);
  EXPECT_EQ(result.invocations[1].outcome, Outcome::kOk) << result.invocations[1].message;
  EXPECT_TRUE(result.invocations[1].cold);
  ASSERT_EQ(result.lives.size(), 1U);
  EXPECT_EQ(result.lives[0].end, "timeout");
  EXPECT_EQ(result.lives[0].invocations, 1);
}

TEST(Load, AStubbornInstanceThatIsGivenUpIsKilled) {
  Rig rig;
  FunctionSpec function = native("/bin/sh");
  function.command = {"/bin/sh", "-c", "trap '' TERM; exec " + misbehaving("never-answers")};
  function.timeout = 1s;  // of the rehearsal
  function.stop_timeout = 100ms;
  LoadSpec load = listed();
  load.timeout = 200ms;
  const LoadResult result = drive(rig, {function}, load, {0ms});
  EXPECT_EQ(result.with(Outcome::kTimeout), 1U);
  ASSERT_EQ(result.lives.size(), 1U);
  EXPECT_EQ(result.lives[0].end, "timeout");
  EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
}

// Its port is its own: an instance can only start when the one before has gone.
TEST(Load, OnAFixedPortTheNextInstanceWaitsForTheOneThatIsStopped) {
  Rig rig;
  FunctionSpec function = native(misbehaving("stubborn"));
  function.env = {{"PORT", std::to_string(free_port())}};
  function.stop_timeout = 400ms;
  function.platform.max_instances = 1;
  function.platform.keep_alive = 50ms;
  // The second request comes while the first instance is deaf to its end.
  const LoadResult result = drive(rig, {function}, listed(), {0ms, 300ms});
  EXPECT_EQ(result.with(Outcome::kOk), 2U);
  EXPECT_EQ(result.cold(), 2U);
  ASSERT_EQ(result.starts.size(), 2U);
  // From 300 ms to its end by force, at 450 ms.
  EXPECT_GE(result.starts[1].timeline[Boundary::kRequested].at_ns.value_or(0), 50'000'000);
}

TEST(Load, ProvisionedInstancesAreThereBeforeTheFirstRequest) {
  Rig rig;
  FunctionSpec function = native(sample("hello"));
  function.platform.min_instances = 2;
  const LoadResult result = drive(rig, {function}, listed(), at_once(2));
  EXPECT_EQ(result.cold(), 0U);
  EXPECT_EQ(result.with(Outcome::kOk), 2U);
  ASSERT_EQ(result.lives.size(), 2U);
  EXPECT_LE(*result.lives[0].ready_ns, 0);
  EXPECT_TRUE(result.starts.empty());  // nobody waited for them
}

TEST(Load, UnderTheContractExecEachRequestIsAProcess) {
  Rig rig;
  FunctionSpec function = native("/bin/true");
  function.contract = ContractKind::kExec;
  const LoadResult result = drive(rig, {function}, listed(), {0ms, 0ms, 30ms});
  EXPECT_EQ(result.with(Outcome::kOk), 3U);
  EXPECT_EQ(result.cold(), 3U);
  EXPECT_EQ(result.starts.size(), 3U);
  EXPECT_EQ(result.lives.size(), 3U);
}

TEST(Load, AFunctionThatCannotStartFailsItsRequestsAndTheLoadGoesOn) {
  Rig rig;
  const LoadResult result = drive(rig, {native(misbehaving("exit3"))}, listed(), {0ms, 50ms});
  EXPECT_EQ(result.with(Outcome::kExited), 2U);
  EXPECT_EQ(result.starts.size(), 2U);
  ASSERT_EQ(result.lives.size(), 2U);
  EXPECT_EQ(result.lives[0].end, "failed to start");
}

TEST(Load, KnativeScalesOnWhatWaits) {
  Rig rig;
  FunctionSpec function = native(misbehaving("counts-requests"));
  function.env = {{"WORK_MS", "30"}};
  function.platform.scale = PlatformSpec::Scale::kKnative;
  LoadSpec load = listed();
  load.time_scale = 20;  // a tick takes 100 ms
  Times times;
  for (int i = 0; i < 100; ++i) times.emplace_back(milliseconds(i * 10));
  const LoadResult result = drive(rig, {function}, load, times);
  EXPECT_EQ(result.with(Outcome::kOk), 100U);
  // 100 a second of 30 ms each: 3 at once, at 70 % of one each at least 5; all at first on one.
  EXPECT_GE(result.lives.size(), 3U);
  EXPECT_EQ(result.invocations.front().cold, true);
}

TEST(Load, AContainerLivesOnAndIsStopped) {
  Rig rig;
  FunctionSpec function;
  function.name = "crun";
  function.runtime = RuntimeKind::kContainer;
  function.engine = "crun";
  function.rootfs = COLDSTART_BINARY_DIR "/bench/rootfs/hello";
  function.command = {"/hello"};
  if (const auto lacking = missing(function)) GTEST_SKIP() << *lacking;
  const LoadResult result = drive(rig, {function}, burst(4), {0ms, 0ms, 0ms, 0ms, 1000ms});
  EXPECT_EQ(result.with(Outcome::kOk), 5U);
  EXPECT_EQ(result.cold(), 4U);
  EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
}

TEST(Load, ASweepStartsSoManyAtOnceInRounds) {
  Rig rig;
  FunctionSpec function = native(sample("hello"));
  function.trials = 3;
  const LoadResult result = drive(rig, {function}, parallel_load(4));
  EXPECT_EQ(result.starts.size(), 12U);
  EXPECT_EQ(result.cold(), 12U);
  for (const Start& start : result.starts) EXPECT_LE(start.in_flight.value_or(0), 4);
}

TEST(Load, AnErrorOfOursInTheMiddleIsToldAndLeavesNothingBehind) {
  {
    Rig rig;
    boost::asio::steady_timer timer(rig.platform.io(), 1500ms);
    timer.async_wait([](boost::system::error_code) { throw Error("test", "fails on purpose"); });
    FunctionSpec function = native(sample("hello"));
    function.platform.concurrency = 1;
    Times times;
    for (int i = 0; i < 400; ++i) times.emplace_back(milliseconds(i * 10));
    EXPECT_THROW(drive(rig, {function}, listed(), times), Error);
  }
  EXPECT_TRUE(leftovers(0).empty());
}

TEST(Load, WhatCannotBeStoredEndsTheLoadAtOnce) {
  Rig rig;
  const LoadSpec load = listed();
  DriveContext context;
  context.arrivals = [](std::size_t, std::size_t) {
    Times times;
    for (int i = 0; i < 600; ++i) times.emplace_back(milliseconds(i * 100));
    return std::make_unique<ListedArrivals>(times);
  };
  context.sink.invocations = [](std::span<const Invocation>) { throw Error("disk", "is full"); };
  const std::vector<DrivenFunction> driven(1, DrivenFunction{native(sample("hello")), 0, false});
  const auto work = [&]() -> boost::asio::awaitable<void> {
    co_await drive_load(rig.platform, load, 0, driven, context);
  };
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(rig.platform.run_to_end(work()), Error);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);  // of the minute that it would take
}

TEST(Load, AnInterruptEndsItAndKeepsWhatIsOver) {
  Rig rig;
  std::function<void()> on_interrupt;
  boost::asio::steady_timer timer(rig.platform.io(), 1500ms);
  timer.async_wait([&](boost::system::error_code) {
    rig.platform.kill_all();
    if (on_interrupt) on_interrupt();
  });
  FunctionSpec function = native(sample("hello"));
  Times times;
  for (int i = 0; i < 1000; ++i) times.emplace_back(milliseconds(i * 20));
  const LoadResult result = drive(rig, {function}, listed(), times, &on_interrupt);
  EXPECT_GT(result.invocations.size(), 3U);
  EXPECT_LT(result.invocations.size(), 100U);
  EXPECT_EQ(result.with(Outcome::kOk), result.invocations.size());
  EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
}

}  // namespace
}  // namespace coldstart::harness
