#include "results/compare/gate_budget.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "results/report/cells.h"
#include "results/statistics/planning.h"
#include "results/statistics/quantile.h"

namespace coldstart::results {
namespace {

double quantile_of(const std::string& what) {
  const auto metric = metric_from_name(what);
  return metric == Metric::kP90 ? 0.9 : metric == Metric::kP99 ? 0.99 : 0.5;
}

// The value of a start that a budget is about. Absent: it has no such phase.
std::optional<std::int64_t> value_of(const Start& start, const std::string& what) {
  if (metric_from_name(what)) return latency_ns(start.timeline);
  for (const PhaseSpan& span : phases_of(start.timeline)) {
    if (span.name() == what) return span.length_ns();
  }
  return std::nullopt;
}

BudgetVerdict judge_one(const Budget& budget, const std::string& cache,
                        std::vector<std::int64_t> values, double alpha_fail, double alpha_pass) {
  BudgetVerdict verdict{budget, cache, Verdict::kInconclusive, values.size(), {}, {}, {}, {}};
  if (values.empty()) {
    verdict.reason = metric_from_name(budget.what) ? "no start answered"
                                                   : "no start has the phase " + budget.what;
    return verdict;
  }
  std::ranges::sort(values);
  const double q = quantile_of(budget.what);
  verdict.measured_ns = std::llround(quantile(values, q));
  verdict.low_ns = quantile_lower_bound(values, q, alpha_fail);
  verdict.high_ns = quantile_upper_bound(values, q, alpha_pass);
  if (verdict.low_ns && *verdict.low_ns > budget.limit_ns) {
    verdict.verdict = Verdict::kFail;
  } else if (verdict.high_ns && *verdict.high_ns <= budget.limit_ns) {
    verdict.verdict = Verdict::kPass;
  } else if (!verdict.high_ns) {
    const auto fewest = static_cast<std::int64_t>(std::ceil(std::log(alpha_pass) / std::log(q)));
    verdict.reason = budget.what + " needs " + format_count(fewest) + " starts, these are " +
                     format_count(static_cast<std::int64_t>(values.size()));
  } else {
    verdict.reason = "the limit lies within the bounds; more starts would narrow them";
  }
  return verdict;
}

}  // namespace

bool is_budget_name(const std::string& what) {
  return metric_from_name(what).has_value() || phase_from_name(what).has_value();
}

std::vector<BudgetVerdict> judge_budgets(const std::vector<const Start*>& starts,
                                         const std::vector<Budget>& budgets,
                                         const GateOptions& options) {
  const double alpha_fail =
      options.alpha_fail / static_cast<double>(std::max<std::size_t>(budgets.size(), 1));
  std::vector<BudgetVerdict> verdicts;
  for (const Budget& budget : budgets) {
    std::map<std::string, std::vector<std::int64_t>> by_cache;
    for (const Start* start : starts) {
      if (start->function != budget.function || !start->usable()) continue;
      auto& values = by_cache[start->cache];
      if (const auto value = value_of(*start, budget.what)) values.push_back(*value);
    }
    if (by_cache.empty()) by_cache[""];
    for (auto& [cache, values] : by_cache) {
      verdicts.push_back(
          judge_one(budget, cache, std::move(values), alpha_fail, options.alpha_pass));
    }
  }
  return verdicts;
}

}  // namespace coldstart::results
