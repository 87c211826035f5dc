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

struct Question {
  const Budget* budget = nullptr;
  std::string cache;
  std::vector<std::int64_t> values;
  std::size_t left_out = 0;  // starts that answered, and lost events or were not proven
};

BudgetVerdict judge_one(Question& question, double alpha_fail, double alpha_pass) {
  const Budget& budget = *question.budget;
  std::vector<std::int64_t>& values = question.values;
  BudgetVerdict verdict{budget, question.cache, Verdict::kInconclusive, values.size(), {}, {}, {},
                        {}};
  if (values.empty()) {
    verdict.reason =
        !metric_from_name(budget.what) ? "no start has the phase " + budget.what
        : question.left_out > 0
            ? "no start counts: probe events were lost, or a cache state was not proven"
            : "no start answered";
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
  // One question for each cache state of a budget's function.
  std::vector<Question> questions;
  for (const Budget& budget : budgets) {
    std::map<std::string, Question> by_cache;
    std::size_t left_out = 0;
    for (const Start* start : starts) {
      if (start->function != budget.function) continue;
      if (!start->usable()) {
        left_out += start->outcome == Outcome::kOk ? 1 : 0;
        continue;
      }
      auto& values = by_cache[start->cache].values;
      if (const auto value = value_of(*start, budget.what)) values.push_back(*value);
    }
    if (by_cache.empty()) by_cache[""];
    for (auto& [cache, question] : by_cache) {
      question.budget = &budget;
      question.cache = cache;
      question.left_out = left_out;
      questions.push_back(std::move(question));
    }
  }
  const double alpha_fail =
      options.alpha_fail / static_cast<double>(std::max<std::size_t>(questions.size(), 1));
  std::vector<BudgetVerdict> verdicts;
  for (Question& question : questions) {
    verdicts.push_back(judge_one(question, alpha_fail, options.alpha_pass));
  }
  return verdicts;
}

}  // namespace coldstart::results
