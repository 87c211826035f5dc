#include "tests/truth/brackets.h"

#include <algorithm>

namespace coldstart::truth {
namespace {

using B = Boundary;

// A program that executes another one logs the same marks: those of the one that serves come last.
const Logged* last(const Trial& trial, const std::string& name) {
  const Logged* found = nullptr;
  for (const Logged& line : trial.log) {
    if (line.name == name && (found == nullptr || line.begin_ns > found->begin_ns)) found = &line;
  }
  return found;
}

const Logged* first(const Trial& trial, const std::string& name) {
  for (const Logged& line : trial.log) {
    if (line.name == name) return &line;
  }
  return nullptr;
}

std::optional<std::int64_t> begin(const Logged* line) {
  return line == nullptr ? std::nullopt : std::optional(line->begin_ns);
}
std::optional<std::int64_t> end(const Logged* line) {
  return line == nullptr ? std::nullopt : std::optional(line->end_ns);
}

// The first moment that anything in the instance logged (not the test: it has no process id there).
std::optional<std::int64_t> first_moment(const Trial& trial) {
  std::optional<std::int64_t> found;
  for (const Logged& line : trial.log) {
    if (line.is_act() && line.pid != 0 && (!found || line.begin_ns < *found)) {
      found = line.begin_ns;
    }
  }
  return found;
}

Bracket around(const Logged* act) { return {begin(act), end(act)}; }

}  // namespace

Bracket bracket_of(const Trial& trial, Boundary boundary) {
  switch (boundary) {
    // Of what the test itself does to a start (holds.h): the launcher goes on, then it forks; the
    // fork was made, then its exec was held.
    case B::kForked:
      return {end(first(trial, "launcher-stopped")), begin(first(trial, "exec-held"))};
    case B::kLaunched:
      return {end(first(trial, "exec-held")), first_moment(trial)};
    case B::kExeced: {
      const Logged* resolve = last(trial, "resolve");
      return {end(last(trial, "exec")),
              resolve != nullptr ? begin(resolve) : begin(last(trial, "main"))};
    }
    case B::kLinked:
      return {end(last(trial, "resolve")), begin(last(trial, "construct"))};
    case B::kEntered: {
      const Logged* site = last(trial, "site");
      return {end(last(trial, "construct")), begin(site != nullptr ? site : last(trial, "main"))};
    }
    case B::kRuntimeReady: {
      const Logged* of_jvm = last(trial, "vm-early-start");
      return of_jvm != nullptr ? Bracket{end(of_jvm), begin(last(trial, "vm-start"))}
                               : Bracket{end(last(trial, "site")), begin(last(trial, "main"))};
    }
    case B::kListening:
      return around(first(trial, "listen"));
    case B::kReceived:
      return around(first(trial, "receive"));
    case B::kReplied:
      return around(first(trial, "send"));
    default:
      return {};
  }
}

std::int64_t unseen_ns(const Trial& trial, Phase phase) {
  const auto spans = phases_of(trial.start.timeline);
  const PhaseSpan* span = find_phase(spans, phase);
  if (span == nullptr) return 0;
  const std::int64_t from = trial.start.due_ns + span->begin_ns;
  const std::int64_t to = trial.start.due_ns + span->end_ns;
  std::optional<std::int64_t> first_ns, last_ns;
  for (const Logged& line : trial.log) {
    if (!line.is_act()) continue;
    for (const std::int64_t moment : {line.begin_ns, line.end_ns}) {
      if (moment < from || moment > to) continue;
      first_ns = std::min(first_ns.value_or(moment), moment);
      last_ns = std::max(last_ns.value_or(moment), moment);
    }
  }
  return first_ns ? (*first_ns - from) + (to - *last_ns) : to - from;
}

std::int64_t shortest(const std::vector<std::int64_t>& lengths) {
  return lengths.empty() ? 0 : *std::min_element(lengths.begin(), lengths.end());
}

}  // namespace coldstart::truth
