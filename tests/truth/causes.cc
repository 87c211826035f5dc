// Why the time of the delay passed: tier cpu.
//
// A sleep is one wait, of the kind that its system call tells. It is as long as was asked for; what
// the program logs is longer by the time from its wake-up until it is on a CPU, which is `runnable`
// and on a busy machine some milliseconds. While other threads of the instance are on a CPU or wait
// for one (JVM, runc) the instance does not wait: as much is missing of the wait at most. How much
// that was the program has read from the scheduler's own accounts ("others").
//
// A spin is on a CPU or waits for one, all the time: their sum grows by what was logged.
#include <algorithm>
#include <iostream>

#include "tests/truth/checks.h"

namespace coldstart::truth {
namespace {

enum class TierState : std::uint8_t { kUnknown, kOff, kOn };

TierState cpu_tier(const probes::Session& session) {
  for (const probes::TierStatus& tier : session.tiers()) {
    if (name(tier.id) == "cpu") return tier.on ? TierState::kOn : TierState::kOff;
  }
  return TierState::kUnknown;
}

std::int64_t waited(const PhaseCauses& causes, const std::string& reason) {
  const auto found = causes.time.waits.find(reason);
  return found == causes.time.waits.end() ? 0 : found->second;
}

std::int64_t busy(const PhaseCauses& causes) {
  return causes.time.cpu_ns + causes.time.runnable_ns;
}

// Of one case, phase and group of trials: the median of what `value` says of causes and trial.
std::int64_t median_of(const std::vector<Trial>& trials, Phase phase, auto&& value) {
  std::vector<std::int64_t> values;
  for (const Trial& trial : trials) {
    if (const PhaseCauses* causes = causes_of(trial.start, name(phase))) {
      values.push_back(value(*causes, trial));
    }
  }
  return median(std::move(values));
}

std::int64_t logged_ns(const Case& which, const Trial& trial) {
  std::int64_t sum = 0;
  for (const Logged& line : trial.named(std::string(name(which.phase)))) sum += line.length_ns();
  return sum;
}

void expect_causes_add_up(const Trial& trial) {
  for (const PhaseSpan& span : phases_of(trial.start.timeline)) {
    const PhaseCauses* causes = causes_of(trial.start, span.name());
    ASSERT_NE(causes, nullptr) << "no causes of the phase " << span.name();
    EXPECT_NEAR(static_cast<double>(causes->time.total_ns()), static_cast<double>(span.length_ns()),
                std::max(static_cast<double>(span.length_ns()) / 100, 1000.0))
        << span.name();
    std::int64_t waits = 0;
    for (const auto& [reason, ns] : causes->time.waits) waits += ns;
    EXPECT_EQ(waits, causes->time.wait_ns) << span.name();
  }
}

// "others" or "cpu"
std::int64_t sum_of(const Trial& trial, const char* name) {
  std::int64_t sum = 0;
  for (const Logged& line : trial.named(name)) sum += line.length_ns();
  return sum;
}

void expect_sleep(const Case& which, const Trials& trials, std::int64_t delay) {
  const auto reason = [&](const PhaseCauses& c, const Trial&) {
    return waited(c, which.waits_for);
  };
  const std::int64_t usual = median_of(trials.control, which.phase, reason);
  const std::int64_t tolerance = tolerance_ns(delay);
  // While a hook sleeps, threads of runc's own runtime run or sleep (Go's collector and monitor):
  // that time is on CPU and not asleep, or asleep for another reason, and is in nobody's log.
  const std::int64_t slack =
      which.name.starts_with("runc") ? std::max(tolerance, delay / 10) : tolerance;
  const auto beyond = [&](auto&& extra) {
    return median_of(trials.delayed, which.phase,
                     [&](const PhaseCauses& c, const Trial& trial) {
                       return waited(c, which.waits_for) - logged_ns(which, trial) +
                              extra(c, trial);
                     }) -
           usual;
  };
  const auto record = [](const char* what, std::int64_t ns) {
    testing::Test::RecordProperty(what, std::to_string(ns / 1000));
  };
  const std::int64_t over = beyond([](const PhaseCauses&, const Trial&) { return 0; });
  const std::int64_t under = beyond([](const PhaseCauses& c, const Trial& trial) {
    return c.time.runnable_ns + sum_of(trial, "others");
  });
  record("wait_over_us", over);
  record("wait_under_us", under);
  EXPECT_LE(over, slack) << which.waits_for << " is longer than the sleep that was logged";
  EXPECT_GE(under, -slack) << which.waits_for
                           << " and the way to a CPU are shorter than the sleep that was logged";
  const std::int64_t asked = std::int64_t{1'000'000} * which.delay_ms * which.delays;
  EXPECT_GE(median_of(trials.delayed, which.phase,
                      [&](const PhaseCauses& c, const Trial& trial) {
                        return waited(c, which.waits_for) + sum_of(trial, "others");
                      }) -
                usual,
            asked - slack)
      << which.waits_for << " is shorter than the sleep that was asked for";
}

void expect_spin(const Case& which, const Trials& trials, std::int64_t delay) {
  const std::int64_t usual = median_of(trials.control, which.phase,
                                       [](const PhaseCauses& c, const Trial&) { return busy(c); });
  const std::int64_t off = median_of(
      trials.delayed, which.phase,
      [&](const PhaseCauses& c, const Trial& trial) { return busy(c) - logged_ns(which, trial); });
  EXPECT_NEAR(static_cast<double>(off), static_cast<double>(usual),
              static_cast<double>(tolerance_ns(delay)))
      << "cpu + runnable against what was logged";
  const auto unlogged_cpu = [](const PhaseCauses& c, const Trial& trial) {
    return c.cpu_time_ns - sum_of(trial, "cpu");
  };
  const std::int64_t cpu = median_of(trials.delayed, which.phase, unlogged_cpu);
  const std::int64_t usual_cpu = median_of(trials.control, which.phase, unlogged_cpu);
  testing::Test::RecordProperty("cpu_time_off_us", std::to_string((cpu - usual_cpu) / 1000));
  EXPECT_NEAR(static_cast<double>(cpu), static_cast<double>(usual_cpu),
              static_cast<double>(tolerance_ns(delay)))
      << "CPU time against what the program was on a CPU by the scheduler's account";
}

// The delay is counted from the break of the lease on, of which the test hears before the exec has
// gone to sleep, and to its own answer, after which the exec must get a CPU.
void expect_held_exec(const Case& which, const Trials& trials, std::int64_t delay) {
  const auto wait = [](const PhaseCauses& c, const Trial&) { return c.time.wait_ns; };
  const std::int64_t usual = median_of(trials.control, which.phase, wait);
  const auto beyond = [&](auto&& value) {
    return median_of(trials.delayed, which.phase,
                     [&](const PhaseCauses& c, const Trial& trial) {
                       return value(c) - logged_ns(which, trial);
                     }) -
           usual;
  };
  EXPECT_LE(beyond([](const PhaseCauses& c) { return c.time.wait_ns; }), tolerance_ns(delay))
      << "it waited longer than it was held";
  EXPECT_GE(beyond([](const PhaseCauses& c) { return c.time.wait_ns + c.time.runnable_ns; }),
            -tolerance_ns(delay))
      << "its wait and its way to a CPU are shorter than it was held";
}

void expect_read(const Case& which, const Trials& trials) {
  const auto bytes = [](const PhaseCauses& c, const Trial&) { return c.read_bytes; };
  EXPECT_NEAR(static_cast<double>(median_of(trials.delayed, which.phase, bytes)),
              static_cast<double>(kColdFileBytes), static_cast<double>(kColdFileBytes) / 100)
      << "bytes from the disk";
  // Read-ahead lets the copying go on while the disk reads: how much was waited for depends on it.
  EXPECT_GT(median_of(trials.delayed, which.phase,
                      [](const PhaseCauses& c, const Trial&) { return c.time.disk_ns; }),
            median_of(trials.delayed, which.phase,
                      [](const PhaseCauses& c, const Trial&) { return c.time.wait_ns; }))
      << "waiting was for the disk";
}

}  // namespace

const PhaseCauses* causes_of(const Start& start, std::string_view phase) {
  for (const PhaseCauses& causes : start.account.causes) {
    if (causes.phase == phase) return &causes;
  }
  return nullptr;
}

void expect_cause(const Case& which, const Trials& trials, const probes::Session& session) {
  const TierState tier = cpu_tier(session);
  const bool empty = std::all_of(trials.delayed.begin(), trials.delayed.end(),
                                 [](const Trial& t) { return t.start.account.causes.empty(); });
  if (tier != TierState::kOn && empty) {
    std::cout << "causes are not checked: the tier cpu is "
              << (tier == TierState::kOff ? "off" : "not part of this build") << "\n";
    return;
  }
  ASSERT_FALSE(empty) << "the tier cpu is on, but no start has causes";
  for (const Trial& trial : trials.delayed) expect_causes_add_up(trial);
  std::vector<std::int64_t> delays;
  for (const Trial& trial : trials.delayed) delays.push_back(logged_ns(which, trial));
  const std::int64_t delay = median(delays);
  switch (which.kind) {
    case DelayKind::kSleep:
      return expect_sleep(which, trials, delay);
    case DelayKind::kSpin:
      return expect_spin(which, trials, delay);
    case DelayKind::kRead:
      return expect_read(which, trials);
    case DelayKind::kStoppedLauncher:
      return;  // there is no process yet whose time it could be
    case DelayKind::kHeldExec:
      return expect_held_exec(which, trials, delay);
    case DelayKind::kWork:
      EXPECT_GE(median_of(trials.delayed, which.phase,
                          [](const PhaseCauses& c, const Trial&) { return busy(c); }),
                delay / 2)
          << "it computed";
      return;
  }
}

}  // namespace coldstart::truth
