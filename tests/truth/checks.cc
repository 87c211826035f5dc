#include "tests/truth/checks.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/truth/brackets.h"

namespace coldstart::truth {
namespace {

using B = Boundary;

std::int64_t absolute(const Start& start, std::int64_t since_due) {
  return start.due_ns + since_due;
}

std::int64_t delay_of(const Case& which, const Trial& trial) {
  std::int64_t sum = 0;
  for (const Logged& line : trial.named(std::string(name(which.phase)))) sum += line.length_ns();
  return sum;
}

void expect_strict_order(const Start& start) {
  constexpr std::array kOrder = {B::kForked,  B::kLaunched,     B::kExeced,    B::kLinked,
                                 B::kEntered, B::kRuntimeReady, B::kListening, B::kReceived,
                                 B::kReplied, B::kResponded};
  std::optional<B> last;
  for (const B b : kOrder) {
    const Mark& mark = start.timeline[b];
    EXPECT_TRUE(mark.at_ns || mark.absence == Absence::kNotApplicable)
        << name(b) << " is absent: " << mark.reason.text();
    if (!mark.at_ns) continue;
    if (last && *last == B::kLaunched && b == B::kExeced) {
      EXPECT_GE(*mark.at_ns, *start.timeline[*last].at_ns);
    } else if (last) {
      EXPECT_GT(*mark.at_ns, *start.timeline[*last].at_ns)
          << name(b) << " is not after " << name(*last);
    }
    last = b;
  }
}

void expect_in_bracket(const Trial& trial, Boundary boundary) {
  const Mark& mark = trial.start.timeline[boundary];
  if (!mark.at_ns) return;
  const std::int64_t at = absolute(trial.start, *mark.at_ns);
  const Bracket bracket = bracket_of(trial, boundary);
  EXPECT_GE(at, bracket.not_before.value_or(INT64_MIN)) << name(boundary) << " is too early";
  EXPECT_LE(at, bracket.not_after.value_or(INT64_MAX)) << name(boundary) << " is too late";
}

void expect_who_served(const Trial& trial) {
  const auto receive = trial.named("receive");
  if (receive.empty() || receive.front().pid == 1) return;  // inside a container it has another id
  EXPECT_EQ(trial.start.pid, receive.front().pid) << "the process that served";
}

std::vector<std::int64_t> of_each(const std::vector<Trial>& trials, auto&& value) {
  std::vector<std::int64_t> values;
  std::transform(trials.begin(), trials.end(), std::back_inserter(values), value);
  return values;
}

}  // namespace

std::int64_t tolerance_ns(std::int64_t logged_ns) {
  return std::max<std::int64_t>(logged_ns / 100, 200'000);
}

void expect_boundaries_as_logged(const Trials& trials) {
  for (const auto* group : {&trials.delayed, &trials.control}) {
    for (const Trial& trial : *group) {
      EXPECT_EQ(trial.start.outcome, Outcome::kOk) << trial.start.message;
      EXPECT_EQ(trial.start.lost_events, 0U);
      expect_strict_order(trial.start);
      for (std::size_t i = 0; i < kBoundaryCount; ++i) {
        expect_in_bracket(trial, static_cast<Boundary>(i));
      }
      expect_who_served(trial);
    }
  }
}

void expect_delay_in_its_phase(const Case& which, const Trials& trials) {
  for (const Trial& trial : trials.delayed) {
    const auto delays = trial.named(std::string(name(which.phase)));
    EXPECT_EQ(delays.size(), static_cast<std::size_t>(which.delays)) << "delays that were logged";
    const auto spans = phases_of(trial.start.timeline);
    const PhaseSpan* span = find_phase(spans, which.phase);
    ASSERT_NE(span, nullptr) << "no phase " << name(which.phase);
    for (const Logged& delay : delays) {
      EXPECT_GE(delay.begin_ns, absolute(trial.start, span->begin_ns))
          << "the delay began before its phase";
      EXPECT_LE(delay.end_ns, absolute(trial.start, span->end_ns))
          << "the delay ended after its phase";
    }
  }
  for (const Trial& trial : trials.control) EXPECT_EQ(delay_of(which, trial), 0);
}

std::int64_t tolerance_of(const Case& which, const Trials& trials) {
  return tolerance_ns(
      shortest(of_each(trials.delayed, [&](const Trial& t) { return delay_of(which, t); })));
}

// By how much what the program does not know of a phase is off: from nothing where it is to know
// all of it, else from the controls.
std::int64_t off_ns(const Case& which, const Trials& trials, Phase phase) {
  const auto unseen = [phase](const Trial& t) { return unseen_ns(t, phase); };
  const std::int64_t delayed = shortest(of_each(trials.delayed, unseen));
  if (phase == which.phase && which.seen) return delayed;
  return std::abs(delayed - shortest(of_each(trials.control, unseen)));
}

bool is_held(const Case& which, Phase phase) {
  return !which.changes_what_follows || phase <= which.phase;
}

bool lengths_agree(const Case& which, const Trials& trials) {
  const std::int64_t tolerance = tolerance_of(which, trials);
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    if (!is_held(which, phase)) continue;
    if (off_ns(which, trials, phase) > tolerance) return false;
  }
  return true;
}

void expect_lengths(const Case& which, const Trials& trials) {
  const std::int64_t tolerance = tolerance_of(which, trials);
  testing::Test::RecordProperty("starts_of_each_kind", std::to_string(trials.delayed.size()));
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    if (!is_held(which, phase)) continue;
    // For whoever wants to know how near the bounds are (--gtest_output=json).
    testing::Test::RecordProperty(std::string(name(phase)) + "_off_us",
                                  std::to_string(off_ns(which, trials, phase) / 1000));
    EXPECT_LE(off_ns(which, trials, phase), tolerance)
        << name(phase) << (phase == which.phase ? " is not as long as the program says" : " moved");
  }
}

}  // namespace coldstart::truth
