#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "results/compare/differences.h"
#include "results/statistics/quantile.h"
#include "results/statistics/summary.h"

namespace coldstart::results {
namespace {

using PhaseList = std::vector<std::vector<Phase>>;

std::int64_t median(std::vector<std::int64_t>& values) {
  std::sort(values.begin(), values.end());
  return std::llround(quantile(values, 0.5));
}

PhaseList list_of(const Start& start) {
  PhaseList list;
  for (const PhaseSpan& span : phases_of(start.timeline)) list.push_back(span.phases);
  return list;
}

/// The starts of a series that agree on their phases.
struct Alike {
  PhaseList list;
  std::vector<const Start*> starts;
};

Alike commonest(const Series& series) {
  std::map<PhaseList, std::vector<const Start*>> by_list;
  for (const Start* start : series.starts) by_list[list_of(*start)].push_back(start);
  Alike best;
  for (auto& [list, starts] : by_list) {
    if (std::pair(starts.size(), list.size()) > std::pair(best.starts.size(), best.list.size())) {
      best = {list, std::move(starts)};
    }
  }
  return best;
}

// The finest groups of phases of which both sides are made: what one side measured as one is one.
std::vector<std::set<Phase>> common_groups(const PhaseList& a, const PhaseList& b) {
  std::vector<std::set<Phase>> groups;
  for (const PhaseList* list : {&a, &b}) {
    for (const std::vector<Phase>& span : *list) {
      std::set<Phase> merged(span.begin(), span.end());
      for (auto group = groups.begin(); group != groups.end();) {
        const bool touches = std::any_of(group->begin(), group->end(),
                                         [&](Phase phase) { return merged.contains(phase); });
        if (touches) merged.insert(group->begin(), group->end());
        group = touches ? groups.erase(group) : group + 1;
      }
      groups.push_back(std::move(merged));
    }
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

bool inside(const std::vector<Phase>& span, const std::vector<Phase>& group) {
  return std::all_of(span.begin(), span.end(), [&](Phase phase) {
    return std::find(group.begin(), group.end(), phase) != group.end();
  });
}

// The length of the group in each start; empty: this side does not have it.
std::vector<std::int64_t> lengths(const Alike& side, const std::vector<Phase>& group) {
  std::vector<std::int64_t> all;
  for (const Start* start : side.starts) {
    std::int64_t length = 0;
    bool has = false;
    for (const PhaseSpan& span : phases_of(start->timeline)) {
      if (!inside(span.phases, group)) continue;
      length += span.length_ns();
      has = true;
    }
    if (has) all.push_back(length);
  }
  return all;
}

std::string name_of(const std::vector<Phase>& phases) {
  std::string text;
  for (const Phase phase : phases) text += (text.empty() ? "" : "+") + std::string(name(phase));
  return text;
}

using Causes = std::map<std::string, std::int64_t>;

// What the time of the group was spent on in one start.
Causes causes_of(const Start& start, const std::vector<Phase>& group) {
  Causes sums;
  const auto spans = phases_of(start.timeline);
  for (const PhaseCauses& causes : start.account.causes) {
    const auto span = std::find_if(spans.begin(), spans.end(),
                                   [&](const PhaseSpan& s) { return s.name() == causes.phase; });
    if (span == spans.end() || !inside(span->phases, group)) continue;
    sums["on CPU"] += causes.time.cpu_ns;
    sums["waiting for a CPU"] += causes.time.runnable_ns;
    sums["disk"] += causes.time.disk_ns;
    std::int64_t named = 0;
    for (const auto& [reason, ns] : causes.time.waits) {
      sums["wait: " + reason] += ns;
      named += ns;
    }
    sums["wait"] += causes.time.wait_ns - named;
  }
  return sums;
}

// One list of values a cause; a start without that cause counts as 0 of it.
std::map<std::string, std::vector<std::int64_t>> cause_samples(const Alike& side,
                                                               const std::vector<Phase>& group) {
  std::map<std::string, std::vector<std::int64_t>> samples;
  std::size_t starts = 0;
  for (const Start* start : side.starts) {
    if (start->account.causes.empty()) continue;
    for (const auto& [cause, ns] : causes_of(*start, group)) {
      auto& values = samples[cause];
      values.resize(starts, 0);
      values.push_back(ns);
    }
    ++starts;
    for (auto& [cause, values] : samples) values.resize(starts, 0);
  }
  return samples;
}

bool knows_causes(const Alike& side) {
  return std::any_of(side.starts.begin(), side.starts.end(),
                     [](const Start* start) { return !start->account.causes.empty(); });
}

std::vector<std::int64_t> samples_or_zeros(
    const std::map<std::string, std::vector<std::int64_t>>& samples, const std::string& cause) {
  const auto found = samples.find(cause);
  if (found != samples.end()) return found->second;
  return std::vector<std::int64_t>(samples.empty() ? 1 : samples.begin()->second.size(), 0);
}

}  // namespace

std::vector<PhaseDifference> phase_differences(const Series& a, const Series& b) {
  const Alike side_a = commonest(a);
  const Alike side_b = commonest(b);
  std::vector<PhaseDifference> differences;
  for (const std::set<Phase>& group : common_groups(side_a.list, side_b.list)) {
    PhaseDifference difference;
    difference.phases.assign(group.begin(), group.end());
    difference.name = name_of(difference.phases);
    std::vector<std::int64_t> of_a = lengths(side_a, difference.phases);
    std::vector<std::int64_t> of_b = lengths(side_b, difference.phases);
    if (!of_a.empty()) difference.a_ns = median(of_a);
    if (!of_b.empty()) difference.b_ns = median(of_b);
    if (!of_a.empty() && !of_b.empty()) difference.shift = unpaired_shift(of_a, of_b, kConfidence);
    differences.push_back(std::move(difference));
  }
  return differences;
}

std::vector<CauseDifference> cause_differences(const Series& a, const Series& b,
                                               const std::vector<PhaseDifference>& phases) {
  const Alike side_a = commonest(a);
  const Alike side_b = commonest(b);
  std::vector<CauseDifference> differences;
  if (!knows_causes(side_a) || !knows_causes(side_b)) return differences;
  for (const PhaseDifference& phase : phases) {
    // Of what only one side has, all causes would differ from nothing: absent is not zero.
    if (!phase.a_ns || !phase.b_ns) continue;
    const auto of_a = cause_samples(side_a, phase.phases);
    const auto of_b = cause_samples(side_b, phase.phases);
    std::set<std::string> names;
    for (const auto* samples : {&of_a, &of_b}) {
      for (const auto& [cause, values] : *samples) names.insert(cause);
    }
    for (const std::string& cause : names) {
      std::vector<std::int64_t> values_a = samples_or_zeros(of_a, cause);
      std::vector<std::int64_t> values_b = samples_or_zeros(of_b, cause);
      CauseDifference difference{phase.name, cause, median(values_a), median(values_b)};
      if (difference.a_ns == difference.b_ns) continue;
      difference.certain = unpaired_shift(values_a, values_b, kConfidence).excludes(0);
      differences.push_back(std::move(difference));
    }
  }
  std::stable_sort(differences.begin(), differences.end(), [](const auto& x, const auto& y) {
    return std::abs(x.b_ns - x.a_ns) > std::abs(y.b_ns - y.a_ns);
  });
  return differences;
}

}  // namespace coldstart::results
