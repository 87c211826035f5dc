// Decisions of the platform on a fake clock, against tables computed by hand.
#include "harness/platform/dispatcher.h"

#include <chrono>
#include <gtest/gtest.h>
#include <ostream>
#include <string_view>

namespace coldstart::harness {

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for this name
void PrintTo(const Action& action, std::ostream* out) {
  static constexpr const char* kNames[] = {"start", "call", "stop", "drop", "expire", "fail"};
  *out << kNames[static_cast<int>(action.kind)] << " instance " << action.instance << " request "
       << action.request << (action.cold ? " cold " : " ") << action.why;
}

namespace {

using namespace std::chrono_literals;
using Kind = Action::Kind;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kFar = 1'000'000 * kSecond;

Action start(std::uint64_t instance, std::uint64_t request) {
  return {Kind::kStart, instance, request, false, {}};
}
Action call(std::uint64_t instance, std::uint64_t request, bool cold = false) {
  return {Kind::kCall, instance, request, cold, {}};
}
Action stop(std::uint64_t instance, std::string_view why) {
  return {Kind::kStop, instance, 0, false, why};
}

DispatcherRules demand() {
  DispatcherRules rules;
  rules.platform.keep_alive = 10s;
  return rules;
}

TEST(Dispatcher, ARequestThatFindsNoRoomStartsAnInstanceThatIsItsOwn) {
  Dispatcher platform(demand());
  EXPECT_EQ(platform.arrive(0, 1, kFar), Actions{start(1, 1)});
  EXPECT_EQ(platform.arrive(1, 2, kFar), Actions{start(2, 2)});
  // The first one is free before the second one has started: it waits for its own all the same.
  EXPECT_EQ(platform.ready(5, 1), Actions{call(1, 1, true)});
  EXPECT_EQ(platform.finish(6, 1, 1), Actions{});
  EXPECT_EQ(platform.arrive(7, 3, kFar), Actions{call(1, 3)});
  EXPECT_EQ(platform.ready(8, 2), Actions{call(2, 2, true)});
}

TEST(Dispatcher, TheInstanceThatWasUsedLastIsUsedAgain) {
  Dispatcher platform(demand());
  platform.arrive(0, 1, kFar);
  platform.arrive(0, 2, kFar);
  platform.ready(1, 1);
  platform.ready(1, 2);
  platform.finish(2, 2, 2);
  platform.finish(3, 1, 1);
  EXPECT_EQ(platform.arrive(4, 3, kFar), Actions{call(2, 3)});
}

TEST(Dispatcher, AnInstanceEndsWhenItWasIdleForKeepAliveAndNotBefore) {
  Dispatcher platform(demand());
  platform.arrive(0, 1, kFar);
  platform.ready(kSecond, 1);
  EXPECT_EQ(platform.next_wake_ns(), std::nullopt);  // it works
  platform.finish(2 * kSecond, 1, 1);
  EXPECT_EQ(platform.next_wake_ns(), 12 * kSecond);
  EXPECT_EQ(platform.tick(12 * kSecond - 1), Actions{});
  // Used again at 11.9 s: the time begins anew.
  EXPECT_EQ(platform.arrive(11'900'000'000, 2, kFar), Actions{call(1, 2)});
  EXPECT_EQ(platform.tick(13 * kSecond), Actions{});
  platform.finish(14 * kSecond, 1, 2);
  EXPECT_EQ(platform.next_wake_ns(), 24 * kSecond);
  EXPECT_EQ(platform.tick(24 * kSecond), Actions{stop(1, "keep-alive")});
  EXPECT_EQ(platform.instances(), 0U);
  EXPECT_EQ(platform.arrive(25 * kSecond, 3, kFar), Actions{start(2, 3)});
}

TEST(Dispatcher, KeepAliveOfZeroEndsAnInstanceWithItsRequest) {
  DispatcherRules rules = demand();
  rules.platform.keep_alive = 0s;
  Dispatcher platform(rules);
  platform.arrive(0, 1, kFar);
  platform.ready(1, 1);
  EXPECT_EQ(platform.finish(2, 1, 1), Actions{stop(1, "keep-alive")});
}

TEST(Dispatcher, ProvisionedInstancesAreStartedBeforeTheLoadAndStay) {
  DispatcherRules rules = demand();
  rules.platform.min_instances = 2;
  Dispatcher platform(rules);
  EXPECT_EQ(platform.provision(), (Actions{start(1, 0), start(2, 0)}));
  platform.ready(0, 1);
  platform.ready(0, 2);
  EXPECT_EQ(platform.arrive(1, 1, kFar).front().kind, Kind::kCall);
  EXPECT_EQ(platform.arrive(1, 2, kFar).front().kind, Kind::kCall);
  EXPECT_EQ(platform.arrive(1, 3, kFar), Actions{start(3, 3)});
  platform.ready(2, 3);
  for (std::uint64_t i = 1; i <= 3; ++i) platform.finish(3, i, i);
  const Actions ended = platform.tick(kFar);
  EXPECT_EQ(ended.size(), 1U);  // one too many, whichever
  EXPECT_EQ(platform.instances(), 2U);
  EXPECT_EQ(platform.next_wake_ns(), std::nullopt);
}

TEST(Dispatcher, WithConcurrencyRequestsWaitForAStartingInstanceThatHasRoom) {
  DispatcherRules rules = demand();
  rules.platform.concurrency = 2;
  Dispatcher platform(rules);
  EXPECT_EQ(platform.arrive(0, 1, kFar), Actions{start(1, 1)});
  EXPECT_EQ(platform.arrive(1, 2, kFar), Actions{});
  EXPECT_EQ(platform.arrive(2, 3, kFar), Actions{start(2, 3)});
  EXPECT_EQ(platform.ready(3, 1), (Actions{call(1, 1, true), call(1, 2, true)}));
  EXPECT_EQ(platform.concurrency_of(1), 2);
  EXPECT_EQ(platform.arrive(4, 4, kFar), Actions{});  // with the second one
  EXPECT_EQ(platform.finish(5, 1, 1), Actions{});
  EXPECT_EQ(platform.arrive(6, 5, kFar), Actions{call(1, 5)});
}

TEST(Dispatcher, BeyondMaxInstancesRequestsQueueAndBeyondTheQueueTheyAreDropped) {
  DispatcherRules rules = demand();
  rules.platform.max_instances = 1;
  rules.platform.queue = 2;
  Dispatcher platform(rules);
  platform.arrive(0, 1, kFar);
  EXPECT_EQ(platform.arrive(1, 2, kFar), Actions{});
  EXPECT_EQ(platform.arrive(2, 3, kFar), Actions{});
  const Actions third = platform.arrive(3, 4, kFar);
  ASSERT_EQ(third.size(), 1U);
  EXPECT_EQ(third[0].kind, Kind::kDrop);
  EXPECT_EQ(third[0].request, 4U);
  platform.ready(4, 1);
  EXPECT_EQ(platform.finish(5, 1, 1), Actions{call(1, 2)});  // in order
  EXPECT_EQ(platform.finish(6, 1, 2), Actions{call(1, 3)});
  EXPECT_EQ(platform.in_system(), 1);
}

TEST(Dispatcher, MaxInFlightQueuesOrDrops) {
  DispatcherRules rules = demand();
  rules.max_in_flight = 1;
  Dispatcher queues(rules);
  queues.arrive(0, 1, kFar);
  EXPECT_EQ(queues.arrive(1, 2, kFar), Actions{});
  queues.ready(2, 1);
  EXPECT_EQ(queues.finish(3, 1, 1), Actions{call(1, 2)});
  rules.overflow = Overflow::kDrop;
  Dispatcher drops(rules);
  drops.arrive(0, 1, kFar);
  ASSERT_EQ(drops.arrive(1, 2, kFar).size(), 1U);
  EXPECT_EQ(drops.arrive(1, 3, kFar).front().kind, Kind::kDrop);
}

TEST(Dispatcher, WhoWaitsTooLongExpiresInTheQueueAndAtAStartingInstance) {
  DispatcherRules rules = demand();
  rules.platform.max_instances = 1;
  rules.platform.concurrency = 2;
  Dispatcher platform(rules);
  platform.arrive(0, 1, 100);
  platform.arrive(1, 2, 101);
  platform.arrive(2, 3, 102);
  EXPECT_EQ(platform.next_wake_ns(), 101);
  // The first one is the start's own: that ends at the same time and is reported by finish().
  EXPECT_EQ(platform.tick(101), (Actions{{Kind::kExpire, 0, 2, false, {}}}));
  EXPECT_EQ(platform.tick(102), (Actions{{Kind::kExpire, 0, 3, false, {}}}));
  EXPECT_EQ(platform.in_system(), 1);
}

TEST(Dispatcher, AnInstanceThatDiedIsReplacedByTheNextRequest) {
  Dispatcher platform(demand());
  platform.arrive(0, 1, kFar);
  platform.ready(1, 1);
  platform.finish(2, 1, 1);
  EXPECT_EQ(platform.gone(3, 1), Actions{});
  EXPECT_EQ(platform.arrive(4, 2, kFar), Actions{start(2, 2)});
}

TEST(Dispatcher, AProvisionedInstanceThatDiesIsReplacedAtOnceIfItEverServed) {
  DispatcherRules rules = demand();
  rules.platform.min_instances = 1;
  Dispatcher platform(rules);
  EXPECT_EQ(platform.provision(), Actions{start(1, 0)});
  platform.ready(0, 1);
  platform.arrive(1, 1, kFar);
  platform.finish(2, 1, 1);
  EXPECT_EQ(platform.gone(3, 1), Actions{start(2, 0)});
  // The second one ends before it could serve: another would end likewise, without end.
  platform.ready(4, 2);
  EXPECT_EQ(platform.gone(5, 2), Actions{});
  EXPECT_EQ(platform.arrive(6, 2, kFar), Actions{start(3, 2)});
}

TEST(Dispatcher, WhenAnInstanceDiesWhoIsNextInTheQueueStartsAnother) {
  DispatcherRules rules = demand();
  rules.platform.max_instances = 1;
  Dispatcher platform(rules);
  platform.arrive(0, 1, kFar);
  platform.arrive(1, 2, kFar);
  platform.ready(2, 1);
  EXPECT_EQ(platform.gone(3, 1), Actions{start(2, 2)});
  EXPECT_EQ(platform.finish(3, 1, 1), Actions{});
  EXPECT_EQ(platform.in_system(), 1);
}

TEST(Dispatcher, WhoWaitsForAnInstanceThatDoesNotStartFailsWithIt) {
  DispatcherRules rules = demand();
  rules.platform.concurrency = 3;
  Dispatcher platform(rules);
  platform.arrive(0, 1, kFar);
  platform.arrive(1, 2, kFar);
  EXPECT_EQ(platform.gone(2, 1), (Actions{{Kind::kFail, 1, 2, true, {}}}));
  platform.finish(2, 1, 1);
  EXPECT_EQ(platform.in_system(), 0);
}

TEST(Dispatcher, TimeScaleShortensKeepAliveAndTheScalersTimes) {
  FunctionSpec function;
  function.platform.keep_alive = 10min;
  LoadSpec load;
  load.time_scale = 60;
  const DispatcherRules rules = dispatcher_rules(function, load);
  EXPECT_EQ(rules.platform.keep_alive, 10s);
  EXPECT_EQ(rules.platform.stable_window, 1s);
  EXPECT_EQ(rules.platform.panic_window, 100ms);
  EXPECT_EQ(rules.metric_bucket_ns, kSecond / 60 + 1);  // 16.67 ms, rounded
}

PlatformSpec knative(int concurrency) {
  PlatformSpec spec;
  spec.scale = PlatformSpec::Scale::kKnative;
  spec.concurrency = concurrency;
  return spec;
}

TEST(Dispatcher, KnativeStartsTheFirstInstanceAtOnceAndRequestsWaitForAny) {
  DispatcherRules rules;
  rules.platform = knative(1);
  Dispatcher platform(rules);
  EXPECT_EQ(platform.arrive(0, 1, kFar), Actions{start(1, 0)});
  EXPECT_EQ(platform.arrive(1, 2, kFar), Actions{});
  EXPECT_EQ(platform.arrive(2, 3, kFar), Actions{});
  EXPECT_EQ(platform.ready(kSecond, 1), Actions{call(1, 1, true)});
  EXPECT_EQ(platform.finish(kSecond + 1, 1, 1), Actions{call(1, 2)});
  // Tick at 2 s: 3 at once for one second, 2 for the other: 2.5/0.7 → 4 instances.
  EXPECT_EQ(platform.next_wake_ns(), 2 * kSecond);
  EXPECT_EQ(platform.tick(2 * kSecond), (Actions{start(2, 0), start(3, 0), start(4, 0)}));
  EXPECT_EQ(platform.ready(2 * kSecond + 5, 3), Actions{call(3, 3, true)});
}

TEST(Dispatcher, KnativeStopsNoInstanceThatWorksUntilItHasFinished) {
  DispatcherRules rules;
  rules.platform = knative(1);
  rules.platform.max_scale_down_rate = 100;
  Dispatcher platform(rules);
  platform.arrive(0, 1, kFar);
  platform.ready(1, 1);
  std::int64_t now = 0;
  // A request that takes very long keeps its instance: it counts as concurrency.
  for (now = 2 * kSecond; now < 300 * kSecond; now += 2 * kSecond) {
    for (const Action& action : platform.tick(now)) {
      ASSERT_NE(action.instance, 1U) << "at " << now;
      if (action.kind == Kind::kStart) platform.ready(now, action.instance);
    }
  }
  platform.finish(now, 1, 1);
  bool stopped = false;
  for (; now < 600 * kSecond; now += 2 * kSecond) {
    for (const Action& action : platform.tick(now)) stopped |= action.instance == 1;
  }
  EXPECT_TRUE(stopped);
  EXPECT_EQ(platform.instances(), 0U);
  EXPECT_EQ(platform.next_wake_ns(), std::nullopt);  // scaled to zero: nothing to tick for
}

TEST(Dispatcher, AnInstanceThatWasReadyForNobodyIsIdleFromThenOn) {
  Dispatcher platform(demand());
  platform.arrive(0, 1, 3 * kSecond);
  platform.finish(3 * kSecond, 1, 1);  // timed out: its start ended with it
  EXPECT_EQ(platform.ready(5 * kSecond, 1), Actions{});
  EXPECT_EQ(platform.next_wake_ns(), 15 * kSecond);
}

TEST(Dispatcher, KnativeStartsAgainForWhoWaitsWhereTheStartFailed) {
  DispatcherRules rules;
  rules.platform = knative(1);
  Dispatcher platform(rules);
  platform.tick(60 * kSecond);
  EXPECT_EQ(platform.arrive(62 * kSecond + 1, 1, kFar), Actions{start(1, 0)});
  EXPECT_EQ(platform.gone(62 * kSecond + 2, 1), Actions{});
  // No whole second with a request lies behind: the averages want nothing.
  EXPECT_EQ(platform.tick(62 * kSecond + 3), Actions{start(2, 0)});
}

/// Two instances for ten requests each: the first has the requests 1…10, the second 11…14.
class TwoKnativeInstances : public testing::Test {
 protected:
  TwoKnativeInstances() : platform_(rules()) {
    for (std::uint64_t request = 1; request <= 14; ++request) platform_.arrive(0, request, kFar);
    platform_.ready(1, 1);
    EXPECT_EQ(platform_.tick(2 * kSecond), Actions{start(2, 0)});
    EXPECT_EQ(platform_.ready(2 * kSecond + 1, 2).size(), 4U);
  }
  static DispatcherRules rules() {
    DispatcherRules rules;
    rules.platform = knative(10);
    rules.platform.max_scale_down_rate = 100;
    return rules;
  }
  void finish(std::uint64_t instance, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t request = first; request <= last; ++request) {
      EXPECT_EQ(platform_.finish(2 * kSecond + 2, instance, request), Actions{});
    }
  }
  // What the scaler does when it wants one instance only.
  Actions scale_down() {
    Actions actions;
    for (std::int64_t second = 4; second <= 140 && actions.empty(); second += 2) {
      now_ = second * kSecond;
      actions = platform_.tick(now_);
    }
    return actions;
  }

  Dispatcher platform_;
  std::int64_t now_ = 0;
};

TEST_F(TwoKnativeInstances, TheIdleOneGoesThoughTheOtherWasUsedLongerAgo) {
  finish(1, 2, 10);
  finish(2, 11, 14);
  EXPECT_EQ(scale_down(), Actions{stop(2, "scale-down")});
  EXPECT_EQ(platform_.concurrency_of(1), 1);
}

TEST_F(TwoKnativeInstances, OneThatIsToGoGetsNothingAnyMore) {
  finish(1, 3, 10);
  finish(2, 12, 14);
  EXPECT_EQ(scale_down(), Actions{});  // both work: the first shall go when it has finished
  for (std::uint64_t request = 21; request <= 29; ++request) {
    EXPECT_EQ(platform_.arrive(now_ + 1, request, kFar), Actions{call(2, request)});
  }
  EXPECT_EQ(platform_.arrive(now_ + 1, 30, kFar), Actions{});  // the second has its ten
  EXPECT_EQ(platform_.finish(now_ + 2, 1, 1), Actions{});
  EXPECT_EQ(platform_.finish(now_ + 3, 1, 2), Actions{stop(1, "scale-down")});
  EXPECT_EQ(platform_.finish(now_ + 4, 2, 21), Actions{call(2, 30)});
}

}  // namespace
}  // namespace coldstart::harness
