#include "results/compare/gate_attribution.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "results/compare/gate_loads.h"
#include "results/model/duration.h"
#include "results/statistics/multiplicity.h"
#include "results/statistics/signed_rank.h"

namespace coldstart::results {
namespace {

std::string shape_of(const std::vector<PhaseSpan>& spans) {
  std::string shape;
  for (const PhaseSpan& span : spans) shape += span.name() + " ";
  return shape;
}

// Enough pairs prove nanoseconds; below a thousandth of the latency they explain nothing.
constexpr std::int64_t kSmallestShare = 1000;

struct PhasedPair {
  StartPair starts;
  std::vector<PhaseSpan> baseline, candidate;
};

// Pairs whose sides both have the commonest list of phases; differences of others are no shift of a
// phase.
std::vector<PhasedPair> comparable(const std::vector<StartPair>& pairs) {
  std::map<std::string, std::vector<PhasedPair>> by_shape;
  for (const StartPair& pair : pairs) {
    PhasedPair phased{pair, phases_of(pair.baseline->timeline),
                      phases_of(pair.candidate->timeline)};
    std::string shape = shape_of(phased.baseline);
    if (shape == shape_of(phased.candidate))
      by_shape[std::move(shape)].push_back(std::move(phased));
  }
  const auto commonest =
      std::ranges::max_element(by_shape, {}, [](const auto& entry) { return entry.second.size(); });
  return commonest == by_shape.end() ? std::vector<PhasedPair>() : std::move(commonest->second);
}

// The commonest list of phases of one side.
std::vector<std::string> usual_phases(const std::vector<StartPair>& pairs,
                                      const Start* StartPair::*side) {
  std::map<std::vector<std::string>, std::size_t> counts;
  for (const StartPair& pair : pairs) {
    std::vector<std::string> names;
    for (const PhaseSpan& span : phases_of((pair.*side)->timeline)) names.push_back(span.name());
    ++counts[std::move(names)];
  }
  const auto commonest =
      std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  return commonest == counts.end() ? std::vector<std::string>() : commonest->first;
}

std::int64_t median_of_phase(const std::vector<StartPair>& pairs, const Start* StartPair::*side,
                             const std::string& phase) {
  std::vector<std::int64_t> lengths;
  for (const StartPair& pair : pairs) {
    for (const PhaseSpan& span : phases_of((pair.*side)->timeline)) {
      if (span.name() == phase) lengths.push_back(span.length_ns());
    }
  }
  return middle_of(std::move(lengths));
}

// Odd pairs are left out and that is all; but where most are odd, their phases are the answer.
void compare_phases(const std::vector<StartPair>& pairs, Attribution& attribution) {
  for (const StartPair& pair : pairs) {
    if (shape_of(phases_of(pair.baseline->timeline)) !=
        shape_of(phases_of(pair.candidate->timeline))) {
      ++attribution.differing;
    }
  }
  if (2 * attribution.differing <= pairs.size()) return;
  const auto before = usual_phases(pairs, &StartPair::baseline);
  const auto after = usual_phases(pairs, &StartPair::candidate);
  const auto add = [&](const auto& names, const auto& others, auto side, bool in_candidate) {
    for (const std::string& phase : names) {
      if (std::ranges::find(others, phase) != others.end()) continue;
      attribution.one_sided.push_back({phase, in_candidate, median_of_phase(pairs, side, phase)});
    }
  };
  add(after, before, &StartPair::candidate, true);
  add(before, after, &StartPair::baseline, false);
}

std::vector<StartPair> spread_out(const std::vector<StartPair>& pairs) {
  if (pairs.size() <= kMostExplainedPairs) return pairs;
  std::vector<StartPair> some;
  some.reserve(kMostExplainedPairs);
  for (std::size_t i = 0; i < kMostExplainedPairs; ++i) {
    some.push_back(pairs[i * pairs.size() / kMostExplainedPairs]);
  }
  return some;
}

const PhaseCauses* causes_of(const Start& start, const std::string& phase) {
  const auto found = std::ranges::find(start.account.causes, phase, &PhaseCauses::phase);
  return found == start.account.causes.end() ? nullptr : &*found;
}

// The median over the pairs of how much more of something the candidate has.
std::int64_t median_difference(const std::vector<PhasedPair>& pairs, const std::string& phase,
                               const std::function<std::int64_t(const TimeSplit&)>& part) {
  std::vector<std::int64_t> differences;
  for (const PhasedPair& pair : pairs) {
    const PhaseCauses* before = causes_of(*pair.starts.baseline, phase);
    const PhaseCauses* after = causes_of(*pair.starts.candidate, phase);
    if (before != nullptr && after != nullptr) {
      differences.push_back(part(after->time) - part(before->time));
    }
  }
  return middle_of(std::move(differences));
}

void find_cause(const std::vector<PhasedPair>& pairs, PhaseShift& shift) {
  const std::vector<std::pair<std::string, std::int64_t TimeSplit::*>> parts = {
      {"cpu", &TimeSplit::cpu_ns},
      {"run-queue", &TimeSplit::runnable_ns},
      {"disk", &TimeSplit::disk_ns},
      {"wait", &TimeSplit::wait_ns}};
  const std::int64_t sign = shift.shift_ns < 0 ? -1 : 1;
  const auto take = [&](const std::string& name, std::int64_t difference) {
    if (sign * difference <= sign * shift.cause_ns) return;
    shift.cause = name;
    shift.cause_ns = difference;
  };
  for (const auto& [name, part] : parts) {
    take(name, median_difference(pairs, shift.phase,
                                 [part = part](const TimeSplit& time) { return time.*part; }));
  }
  if (shift.cause != "wait") return;
  std::set<std::string> reasons;
  for (const PhasedPair& pair : pairs) {
    for (const Start* start : {pair.starts.baseline, pair.starts.candidate}) {
      if (const PhaseCauses* causes = causes_of(*start, shift.phase)) {
        for (const auto& wait : causes->time.waits) reasons.insert(wait.first);
      }
    }
  }
  std::int64_t most = 0;
  for (const std::string& reason : reasons) {
    const std::int64_t difference =
        median_difference(pairs, shift.phase, [&](const TimeSplit& time) {
          const auto found = time.waits.find(reason);
          return found == time.waits.end() ? 0 : found->second;
        });
    if (sign * difference <= sign * most) continue;
    most = difference;
    shift.cause = "wait (" + reason + ")";
  }
}

std::vector<PhaseShift> shifts_of(const std::vector<PhasedPair>& pairs) {
  std::vector<PhaseShift> shifts;
  if (pairs.empty()) return shifts;
  for (std::size_t phase = 0; phase < pairs.front().baseline.size(); ++phase) {
    PhaseShift& shift = shifts.emplace_back();
    shift.phase = pairs.front().baseline[phase].name();
    std::vector<std::int64_t> before;
    std::vector<std::int64_t> after;
    std::vector<double> differences;
    for (const PhasedPair& pair : pairs) {
      before.push_back(pair.baseline[phase].length_ns());
      after.push_back(pair.candidate[phase].length_ns());
      differences.push_back(static_cast<double>(after.back() - before.back()));
    }
    shift.baseline_ns = middle_of(std::move(before));
    shift.candidate_ns = middle_of(std::move(after));
    const SignedRank ranks(std::move(differences));
    shift.shift_ns = std::llround(ranks.estimate());
    shift.p = std::min(1.0, 2 * std::min(ranks.p_greater(0), ranks.p_less(0)));
  }
  return shifts;
}

}  // namespace

std::vector<Attribution> attribute(const std::vector<std::vector<StartPair>>& functions) {
  std::vector<std::vector<StartPair>> looked_at;
  std::vector<std::vector<PhasedPair>> pairs;
  std::vector<std::vector<PhaseShift>> shifts;
  std::vector<double> p;
  for (const auto& function : functions) {
    looked_at.push_back(spread_out(function));
    pairs.push_back(comparable(looked_at.back()));
    shifts.push_back(shifts_of(pairs.back()));
    for (const PhaseShift& shift : shifts.back()) p.push_back(shift.p);
  }
  const std::vector<double> adjusted = benjamini_hochberg(p);
  std::vector<Attribution> attributions(functions.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    Attribution& attribution = attributions[i];
    attribution.pairs = pairs[i].size();
    std::int64_t whole = 0;
    std::int64_t latency = 0;
    for (const PhaseShift& shift : shifts[i]) latency += shift.baseline_ns;
    for (PhaseShift& shift : shifts[i]) {
      shift.p = adjusted[next++];
      shift.moved =
          shift.p <= kFalseDiscoveries && std::abs(shift.shift_ns) * kSmallestShare >= latency;
      whole += shift.shift_ns;
      if (!shift.moved) continue;
      find_cause(pairs[i], shift);
      attribution.moved.push_back(shift);
    }
    const std::int64_t sign = whole < 0 ? -1 : 1;
    std::ranges::stable_sort(attribution.moved, [&](const PhaseShift& a, const PhaseShift& b) {
      return sign * a.shift_ns > sign * b.shift_ns;
    });
    attribution.loads = what_it_loads(looked_at[i]);
    compare_phases(looked_at[i], attribution);
  }
  return attributions;
}

std::string phase_difference(const Attribution& attribution) {
  std::string text;
  for (const bool in_candidate : {true, false}) {
    std::string phases;
    for (const OneSidedPhase& phase : attribution.one_sided) {
      if (phase.in_candidate != in_candidate) continue;
      phases += (phases.empty() ? "" : ", ") + phase.phase + " (" +
                format_duration(phase.median_ns) + ")";
    }
    if (phases.empty()) continue;
    const bool first = text.empty();
    text += first ? "phases differ: " : "; ";
    text += in_candidate ? "the candidate has " + phases + ", the baseline has not"
                         : "the baseline has " + phases + ", the candidate has not";
  }
  return text;
}

std::string format_shift(std::int64_t shift_ns) {
  return (shift_ns < 0 ? "-" : "+") + format_duration(std::abs(shift_ns));
}

std::string summary_of(const Attribution& attribution, std::size_t most) {
  std::string text;
  std::size_t count = 0;
  for (const PhaseShift& shift : attribution.moved) {
    if (count++ == most) break;
    text += (text.empty() ? "" : ", ") + shift.phase + " " + format_shift(shift.shift_ns);
    if (!shift.cause.empty()) text += " (" + shift.cause + ")";
  }
  return text;
}

}  // namespace coldstart::results
