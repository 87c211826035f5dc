// Decisions of the platform on a fake clock, against tables computed by hand.
#include "harness/platform/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace coldstart::harness {

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

// Whatever happens, no instance gets more requests at once than its concurrency, no request is
// forgotten, and no more instances live than allowed.
TEST(Dispatcher, NoInstanceEverServesMoreThanItsConcurrency) {
  for (const auto scale : {PlatformSpec::Scale::kDemand, PlatformSpec::Scale::kKnative}) {
    for (unsigned seed = 1; seed <= 40; ++seed) {
      std::mt19937 random(seed);
      DispatcherRules rules = demand();
      rules.platform.scale = scale;
      rules.platform.concurrency = 1 + static_cast<int>(seed % 4);
      rules.platform.max_instances = 1 + static_cast<int>(seed % 5);
      if (seed % 3 == 0) rules.platform.queue = 5;
      if (seed % 2 == 0) rules.max_in_flight = 7;
      Dispatcher platform(rules);
      std::map<std::uint64_t, std::set<std::uint64_t>> running;
      std::set<std::uint64_t> starting, open;
      const auto apply = [&](const Actions& actions) {
        for (const Action& action : actions) {
          switch (action.kind) {
            case Kind::kStart:
              starting.insert(action.instance);
              break;
            case Kind::kCall:
              ASSERT_TRUE(running.contains(action.instance));
              running[action.instance].insert(action.request);
              ASSERT_LE(running[action.instance].size(),
                        static_cast<std::size_t>(rules.platform.concurrency));
              break;
            case Kind::kStop:
              ASSERT_TRUE(running[action.instance].empty());
              running.erase(action.instance);
              break;
            case Kind::kDrop:
            case Kind::kExpire:
            case Kind::kFail:
              open.erase(action.request);
          }
        }
        ASSERT_LE(platform.instances(), static_cast<std::size_t>(*rules.platform.max_instances));
      };
      std::int64_t now = 0;
      for (std::uint64_t request = 1; request <= 500; ++request) {
        now += random() % (kSecond / 2);
        open.insert(request);
        apply(platform.arrive(now, request, now + 20 * kSecond));
        if (random() % 2 == 0 && !starting.empty()) {
          const std::uint64_t instance = *starting.begin();
          starting.erase(starting.begin());
          running[instance];
          apply(platform.ready(now, instance));
        }
        for (auto& [instance, requests] : std::map(running)) {
          if (requests.empty() || random() % 3 == 0) continue;
          const std::uint64_t done = *requests.begin();
          running[instance].erase(done);
          open.erase(done);
          apply(platform.finish(now, instance, done));
        }
        apply(platform.tick(now));
        if (HasFatalFailure()) return;
      }
      // Everything comes to its end.
      for (int round = 0; round < 1000 && !open.empty(); ++round) {
        now += kSecond;
        while (!starting.empty()) {
          const std::uint64_t instance = *starting.begin();
          starting.erase(starting.begin());
          running[instance];
          apply(platform.ready(now, instance));
        }
        for (auto& [instance, requests] : std::map(running)) {
          for (std::uint64_t done : requests) {
            running[instance].erase(done);
            open.erase(done);
            apply(platform.finish(now, instance, done));
          }
        }
        apply(platform.tick(now));
      }
      EXPECT_TRUE(open.empty()) << "seed " << seed << ": " << open.size() << " requests left";
      EXPECT_EQ(platform.in_system(), 0) << "seed " << seed;
    }
  }
}

// A platform in which things take random times, on a fake clock that jumps from event to event:
// what the dispatcher wants is carried out as FunctionDrive does it, and it is asked when it wants
// to be.
class Simulation {
 public:
  Simulation(const DispatcherRules& rules, unsigned seed)
      : rules_(rules), platform_(rules), random_(seed) {}

  void run(std::uint64_t requests) {
    apply(platform_.provision());
    std::int64_t due = 0;
    for (std::uint64_t request = 1; request <= requests; ++request) {
      // Now and then a pause that is longer than keep-alive.
      due += random() % 20 == 0 ? random_up_to(40 * kSecond) : random_up_to(kSecond);
      at(due, [this, request] {
        open_.insert(request);
        apply(platform_.arrive(now_, request, now_ + 5 * kSecond));
      });
    }
    while (!testing::Test::HasFatalFailure()) {
      const auto wake = platform_.next_wake_ns();
      if (events_.empty() && (!wake || *wake > due + 1000 * kSecond)) break;
      if (wake && (events_.empty() || *wake <= events_.begin()->first)) {
        now_ = std::max(now_, *wake);
        apply(platform_.tick(now_));
      } else {
        now_ = events_.begin()->first;
        const auto event = std::move(events_.begin()->second);
        events_.erase(events_.begin());
        event();
      }
      check();
    }
  }
  /// What the platform still has, by its own account and by ours.
  void expect_left(std::size_t instances) const {
    EXPECT_EQ(platform_.instances(), instances);
    EXPECT_EQ(alive_.size(), instances);
    EXPECT_EQ(platform_.in_system(), 0);
    EXPECT_TRUE(open_.empty()) << open_.size() << " requests were forgotten";
  }
  int stopped_after_keep_alive = 0;

 private:
  struct Life {
    bool ready = false;
    std::set<std::uint64_t> requests;
    std::int64_t idle_since = 0;
  };

  std::uint64_t random() { return random_(); }
  std::int64_t random_up_to(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(random_);
  }
  void at(std::int64_t when, std::function<void()> what) { events_.emplace(when, std::move(what)); }

  void apply(const Actions& actions) {
    for (const Action& action : actions) {
      switch (action.kind) {
        case Kind::kStart:
          start(action.instance, action.request);
          break;
        case Kind::kCall:
          ASSERT_TRUE(alive_.contains(action.instance));
          alive_[action.instance].requests.insert(action.request);
          at(now_ + random_up_to(3 * kSecond),
             [this, action] { answer(action.instance, action.request); });
          break;
        case Kind::kStop: {
          ASSERT_TRUE(alive_.contains(action.instance));
          const Life& life = alive_[action.instance];
          ASSERT_TRUE(life.requests.empty()) << "stopped at work";
          if (action.why == "keep-alive") {
            ASSERT_GE(now_ - life.idle_since, rules_.platform.keep_alive.count());
            stopped_after_keep_alive += 1;
          }
          alive_.erase(action.instance);
          break;
        }
        case Kind::kDrop:
        case Kind::kExpire:
        case Kind::kFail:
          ASSERT_EQ(open_.erase(action.request), 1U);
      }
    }
  }

  void start(std::uint64_t instance, std::uint64_t request) {
    alive_[instance];
    const bool fails = random() % 10 == 0;
    at(now_ + random_up_to(2 * kSecond), [this, instance, request, fails] {
      if (fails) {
        alive_.erase(instance);
        apply(platform_.gone(now_, instance));
        // The start was its request's own: it ends with it.
        if (open_.erase(request) > 0) apply(platform_.finish(now_, instance, request));
      } else {
        alive_[instance].ready = true;
        alive_[instance].idle_since = now_;
        apply(platform_.ready(now_, instance));
      }
    });
  }

  void answer(std::uint64_t instance, std::uint64_t request) {
    open_.erase(request);
    const auto found = alive_.find(instance);
    if (found != alive_.end()) {
      found->second.requests.erase(request);
      found->second.idle_since = now_;
      if (random() % 50 == 0) {  // it dies, and what else runs on it fails with it
        alive_.erase(found);
        apply(platform_.gone(now_, instance));
      }
    }
    apply(platform_.finish(now_, instance, request));
  }

  void check() {
    int alive = 0;
    for (const auto& [id, life] : alive_) {
      alive += 1;
      ASSERT_LE(life.requests.size(), static_cast<std::size_t>(rules_.platform.concurrency));
      if (rules_.platform.scale != PlatformSpec::Scale::kDemand || !life.ready ||
          !life.requests.empty() || now_ - life.idle_since <= rules_.platform.keep_alive.count()) {
        continue;
      }
      ASSERT_LE(alive_.size(), static_cast<std::size_t>(rules_.platform.min_instances))
          << "instance " << id << " outlives keep-alive at " << now_;
    }
    ASSERT_EQ(platform_.instances(), static_cast<std::size_t>(alive)) << "an instance leaks";
  }

  DispatcherRules rules_;
  Dispatcher platform_;
  std::mt19937_64 random_;
  std::int64_t now_ = 0;
  std::multimap<std::int64_t, std::function<void()>> events_;
  std::map<std::uint64_t, Life> alive_;
  std::set<std::uint64_t> open_;
};

TEST(Dispatcher, NoInstanceOutlivesKeepAliveAndNoneIsLeftBehind) {
  int stopped = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    DispatcherRules rules = demand();
    rules.platform.concurrency = 1 + static_cast<int>(seed % 3);
    if (seed % 2 == 0) rules.platform.max_instances = 1 + static_cast<int>(seed % 5);
    if (seed % 3 == 0) rules.platform.queue = 4;
    if (seed % 5 == 0) rules.max_in_flight = 6;
    Simulation simulation(rules, seed);
    simulation.run(400);
    if (HasFatalFailure()) return;
    simulation.expect_left(0);
    stopped += simulation.stopped_after_keep_alive;
  }
  EXPECT_GT(stopped, 600);
}

TEST(Dispatcher, ScaledByKnativeNoInstanceIsLeftBehindEither) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    DispatcherRules rules = demand();
    rules.platform.scale = PlatformSpec::Scale::kKnative;
    rules.platform.concurrency = 1 + static_cast<int>(seed % 3);
    rules.platform.max_instances = 20;
    Simulation simulation(rules, seed);
    simulation.run(200);
    if (HasFatalFailure()) return;
    simulation.expect_left(0);
  }
}

// ---- knative ------------------------------------------------------------------------------------

PlatformSpec knative(int concurrency) {
  PlatformSpec spec;
  spec.scale = PlatformSpec::Scale::kKnative;
  spec.concurrency = concurrency;
  return spec;
}

struct Row {
  int second;    // of the tick
  int requests;  // in the system, from the tick before on
  int ready;     // instances
  int wanted;    // by hand
  bool panics;
};

void expect_table(Autoscaler& autoscaler, const std::vector<Row>& table) {
  std::int64_t last = 0;
  for (const Row& row : table) {
    autoscaler.observe(last, row.requests);
    last = row.second * kSecond;
    const Autoscaler::Wish wish = autoscaler.decide(last, row.ready, row.ready);
    EXPECT_EQ(wish.instances, row.wanted) << "at " << row.second << " s";
    EXPECT_EQ(wish.panics, row.panics) << "at " << row.second << " s";
  }
}

TEST(Autoscaler, ASteadyLoadWantsItsConcurrencyOverTheTarget) {
  // 7 at once, target 0.7 of 10: one instance. Then 14, of which the windows see more and more:
  // stable average after the first 4 s (7·4 + 14·2) / 6 = 9.33 → 2, panic the same; 2/1 is panic.
  Autoscaler autoscaler(knative(10), kSecond);
  expect_table(
      autoscaler,
      {{2, 7, 1, 1, false}, {4, 7, 1, 1, false}, {6, 14, 1, 2, true}, {8, 14, 2, 2, true}});
}

TEST(Autoscaler, PanicScalesOnTheShortWindowAndHoldsUntilAStableWindowAfterItsLastTick) {
  // Concurrency 1, target 0.7. Idle for 60 s with one instance kept (min_instances), then 10 at
  // once: at 62 s the panic window (6 s) has seen 10·2/6 = 3.33 → 5 instances, 5/1 ≥ 2: panic; the
  // stable window 10·2/60 = 0.33 → 1. At 64 s 10·4/6 = 6.67 → 10; 10/5 ≥ 2: still. At 66 s 10 →
  // 15; 15/10 < 2. Then silence: 15 are kept until more than 60 s after 64 s.
  PlatformSpec spec = knative(1);
  spec.min_instances = 1;
  Autoscaler autoscaler(spec, kSecond);
  std::vector<Row> table;
  for (int t = 2; t <= 60; t += 2) table.push_back({t, 0, 1, 1, false});
  table.push_back({62, 10, 1, 5, true});
  table.push_back({64, 10, 5, 10, true});
  table.push_back({66, 10, 10, 15, true});
  for (int t = 68; t <= 124; t += 2) table.push_back({t, 0, 15, 15, true});
  // Over: 6 s of 10 left the stable window at 120–126 s: at 126 s nothing is left. Not below half.
  table.push_back({126, 0, 15, 7, false});
  table.push_back({128, 0, 7, 3, false});
  table.push_back({130, 0, 3, 1, false});
  expect_table(autoscaler, table);
}

TEST(Autoscaler, ScaleUpIsLimitedByItsRate) {
  PlatformSpec spec = knative(1);
  spec.max_scale_up_rate = 3;
  Autoscaler autoscaler(spec, kSecond);
  expect_table(autoscaler, {{2, 100, 1, 3, true}, {4, 100, 3, 9, true}, {6, 100, 9, 27, true}});
}

TEST(Autoscaler, ToZeroItGoesWhenTheGraceHasPassed) {
  // One request at once for 2 s: 1/0.7 → 2 instances, panic (2/1). Without load the panic ends
  // after 62 s; the stable window is empty by then, and wants 0 from 64 s on; a grace of 30 s.
  Autoscaler autoscaler(knative(1), kSecond);
  std::vector<Row> table{{2, 1, 1, 2, true}};
  // 4 s: 2/4 → 0.5 → 1 instance over 2 ready; panic holds the most.
  for (int t = 4; t <= 62; t += 2) table.push_back({t, 0, 2, 2, true});
  table.push_back({64, 0, 2, 1, false});  // not below half of two
  for (int t = 66; t <= 94; t += 2) table.push_back({t, 0, 1, 1, false});
  table.push_back({96, 0, 1, 0, false});  // 30 s after 66 s, the first tick that wanted none
  expect_table(autoscaler, table);
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

}  // namespace
}  // namespace coldstart::harness
