#include "tests/truth/checks.h"

#include <algorithm>
#include <array>

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
        << name(b) << " is absent: " << mark.reason;
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

void expect_within(const Trial& trial, const char* act, Boundary boundary) {
  const auto acts = trial.named(act);
  const Mark& mark = trial.start.timeline[boundary];
  if (acts.empty() || !mark.at_ns) return;
  const std::int64_t at = absolute(trial.start, *mark.at_ns);
  EXPECT_GE(at, acts.front().begin_ns) << name(boundary) << " is before " << act;
  EXPECT_LE(at, acts.front().end_ns) << name(boundary) << " is after " << act;
  if (boundary == B::kReceived) {
    EXPECT_EQ(trial.start.pid, acts.front().pid) << "the process that served";
  }
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
      expect_within(trial, "listen", B::kListening);
      expect_within(trial, "receive", B::kReceived);
      expect_within(trial, "send", B::kReplied);
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

void expect_size_of_phase(const Case& which, const Trials& trials) {
  const std::int64_t delay =
      median(of_each(trials.delayed, [&](const Trial& t) { return delay_of(which, t); }));
  const std::int64_t rest = median(of_each(trials.delayed, [&](const Trial& t) {
    return length_of(t, which.phase) - delay_of(which, t);
  }));
  const auto controls =
      of_each(trials.control, [&](const Trial& t) { return length_of(t, which.phase); });
  const std::int64_t longest = *std::max_element(controls.begin(), controls.end());
  EXPECT_GE(rest, 0) << "the phase is shorter than the delay in it";
  if (which.fills_phase) {
    EXPECT_LE(rest, tolerance_ns(delay)) << "the phase is longer than the delay that fills it";
  } else {
    EXPECT_LE(rest, longest + delay / 2) << "the phase grew by more than the delay";
  }
}

void expect_other_phases_unmoved(const Case& which, const Trials& trials) {
  const std::int64_t delay =
      median(of_each(trials.delayed, [&](const Trial& t) { return delay_of(which, t); }));
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    if (phase == which.phase) continue;
    const auto length = [phase](const Trial& t) { return length_of(t, phase); };
    const auto controls = of_each(trials.control, length);
    EXPECT_LT(median(of_each(trials.delayed, length)),
              *std::max_element(controls.begin(), controls.end()) + delay / 2)
        << name(phase) << " moved";
  }
}

}  // namespace coldstart::truth
