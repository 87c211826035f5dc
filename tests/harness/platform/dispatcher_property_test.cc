// What must be true of the platform's decisions whatever happens: random loads on a fake clock.
#include <algorithm>
#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "harness/platform/dispatcher.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;
using Kind = Action::Kind;

constexpr std::int64_t kSecond = 1'000'000'000;

DispatcherRules demand() {
  DispatcherRules rules;
  rules.platform.keep_alive = 10s;
  return rules;
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
    if (seed % 4 == 0) rules.platform.min_instances = 1;  // at most max_instances
    Simulation simulation(rules, seed);
    simulation.run(400);
    if (HasFatalFailure()) return;
    simulation.expect_left(static_cast<std::size_t>(rules.platform.min_instances));
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

}  // namespace
}  // namespace coldstart::harness
