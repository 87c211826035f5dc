#include "results/compare/gate_pairs.h"

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "results/statistics/disturbed_starts.h"

namespace coldstart::results {
namespace {

struct Both {
  const Start* baseline = nullptr;
  const Start* candidate = nullptr;
};

std::optional<std::string> without(const std::string& name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return std::nullopt;
  return name.substr(0, name.size() - suffix.size());
}

void add(const Both& both, PairSeries& series, std::vector<StartPair>& starts) {
  if (both.baseline == nullptr || both.candidate == nullptr) return;
  const bool baseline_ok = both.baseline->outcome == Outcome::kOk;
  const bool candidate_ok = both.candidate->outcome == Outcome::kOk;
  if (baseline_ok != candidate_ok) {
    ++(baseline_ok ? series.candidate_failed : series.baseline_failed);
  }
  const auto before = latency_ns(both.baseline->timeline);
  const auto after = latency_ns(both.candidate->timeline);
  if (!both.baseline->usable() || !both.candidate->usable() || !before || !after) {
    if (baseline_ok && candidate_ok) ++series.left_out;
    return;
  }
  series.baseline_ns.push_back(*before);
  series.candidate_ns.push_back(*after);
  starts.push_back({both.baseline, both.candidate});
}

}  // namespace

RunPairs pairs_of(const Run& run) {
  std::map<std::pair<std::string, std::string>, std::map<int, Both>> found;  // function, cache
  for (const Start& start : run.starts) {
    if (start.load == kDisturbedLoad) continue;
    const auto baseline = without(start.function, kBaselineSuffix);
    const auto candidate = without(start.function, kCandidateSuffix);
    if (!baseline && !candidate) continue;
    Both& both = found[{baseline ? *baseline : *candidate, start.cache}][start.trial];
    (baseline ? both.baseline : both.candidate) = &start;
  }
  RunPairs pairs;
  for (const Function& function : run.functions) {
    const auto name = without(function.name, kBaselineSuffix);
    if (!name) continue;
    for (auto at = found.lower_bound({*name, ""}); at != found.end() && at->first.first == *name;
         ++at) {
      PairSeries& series = pairs.series.emplace_back();
      series.function = *name;
      series.cache = at->first.second;
      auto& starts = pairs.starts.emplace_back();
      for (const auto& trial : at->second) add(trial.second, series, starts);
    }
  }
  return pairs;
}

std::vector<FunctionVerdict> skipped_of(const Run& run) {
  std::vector<FunctionVerdict> verdicts;
  for (const Function& function : run.functions) {
    if (!function.skipped) continue;
    const auto baseline = without(function.name, kBaselineSuffix);
    const auto candidate = without(function.name, kCandidateSuffix);
    const std::string name = baseline ? *baseline : candidate.value_or(function.name);
    if (!verdicts.empty() && verdicts.back().function == name) continue;
    FunctionVerdict& verdict = verdicts.emplace_back();
    verdict.function = name;
    verdict.reason = "not started: " + *function.skipped;
  }
  return verdicts;
}

}  // namespace coldstart::results
