#include "results/compare/gate_rows.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

std::string duration_cell(const std::optional<double>& ns) {
  return ns ? format_duration(std::llround(*ns)) : kAbsent;
}
std::string duration_cell(const std::optional<std::int64_t>& ns) {
  return ns ? format_duration(*ns) : kAbsent;
}

bool several_caches(const GateReport& report) {
  std::set<std::string> caches;
  for (const FunctionVerdict& function : report.functions) caches.insert(function.cache);
  for (const BudgetVerdict& budget : report.budgets) caches.insert(budget.cache);
  caches.erase("");  // of what was not started
  return caches.size() > 1;
}

std::string verdict_cell(const MetricVerdict& metric) {
  if (!metric.gates) return "(does not gate)";
  if (metric.verdict == Verdict::kPass && metric.improved) return "PASS, faster";
  return std::string(name(metric.verdict));
}

std::string count_of(std::size_t count, const std::string& singular, const std::string& plural) {
  return format_count(static_cast<std::int64_t>(count)) + " " + (count == 1 ? singular : plural);
}

std::string budget_title(const BudgetVerdict& budget, const GateReport& report) {
  return title_of(budget.budget.function, budget.cache, report) + " " + budget.budget.what;
}

std::string improvements(const GateReport& report) {
  std::string which;
  for (const FunctionVerdict& function : report.functions) {
    for (const MetricVerdict& metric : function.metrics) {
      if (!metric.gates || !metric.improved) continue;
      which += (which.empty() ? "" : ", ") + title_of(function, report) + " " +
               std::string(name(metric.metric));
    }
  }
  return "got faster: " + which + ": the baseline is out of date (--fail-on-improvement)";
}

void add_noise(const FunctionVerdict& function, const std::string& title,
               std::vector<std::string>& lines) {
  if (!function.too_noisy) return;
  const auto& noisy = *function.too_noisy;
  lines.push_back(title + ": too noisy here for this margin: the ratio differs by " +
                  format_percent(noisy.deviation) + " from pair to pair, so it takes " +
                  format_count(static_cast<std::int64_t>(noisy.pairs_for_margin)) +
                  " pairs; the planned ones could decide a margin of " +
                  format_percent(noisy.margin_for_pairs));
}

}  // namespace

std::string title_of(const std::string& function, const std::string& cache,
                     const GateReport& report) {
  std::string title = printable(function);
  if (!cache.empty() && several_caches(report)) title += " (" + cache + ")";
  return title;
}

std::string title_of(const FunctionVerdict& function, const GateReport& report) {
  return title_of(function.function, function.cache, report);
}

std::vector<std::string> gate_columns(const GateReport& report) {
  return {"function", "metric", report.paired ? "baseline" : "past runs", "candidate",
          "change",   "bounds", report.paired ? "pairs" : "runs",         "verdict"};
}

std::vector<GateRow> gate_rows(const GateReport& report) {
  std::vector<GateRow> rows;
  for (const FunctionVerdict& function : report.functions) {
    std::string title = title_of(function, report);
    std::string pairs = format_count(static_cast<std::int64_t>(function.pairs));
    for (const MetricVerdict& metric : function.metrics) {
      rows.push_back({{title, std::string(name(metric.metric)), duration_cell(metric.baseline_ns),
                       duration_cell(metric.candidate_ns),
                       metric.change ? format_change(*metric.change) : kAbsent,
                       format_bounds(metric.low, metric.high), pairs, verdict_cell(metric)},
                      metric.gates ? metric.verdict : Verdict::kPass});
      title.clear();
      pairs.clear();
    }
    if (!function.reason.empty()) {
      rows.push_back(
          {{title, "answers", "", "", "", "", pairs, std::string(name(function.verdict))},
           function.verdict});
    }
  }
  return rows;
}

std::vector<std::string> budget_columns() {
  return {"budget", "limit", "measured", "bounds", "starts", "verdict"};
}

std::vector<GateRow> budget_rows(const GateReport& report) {
  std::vector<GateRow> rows;
  for (const BudgetVerdict& budget : report.budgets) {
    std::string bounds;
    if (budget.low_ns && budget.high_ns) bounds = format_interval(*budget.low_ns, *budget.high_ns);
    const std::string title = budget_title(budget, report);
    rows.push_back(
        {{title, format_duration(budget.budget.limit_ns), duration_cell(budget.measured_ns), bounds,
          format_count(static_cast<std::int64_t>(budget.n)), std::string(name(budget.verdict))},
         budget.verdict});
  }
  return rows;
}

std::string gate_headline(const GateReport& report) {
  const auto count = [&](Verdict verdict) {
    return static_cast<std::size_t>(std::ranges::count_if(
        report.functions, [&](const FunctionVerdict& f) { return f.verdict == verdict; }));
  };
  const auto over = static_cast<std::size_t>(std::ranges::count_if(
      report.budgets, [](const BudgetVerdict& b) { return b.verdict == Verdict::kFail; }));
  const std::string of = " of " + count_of(report.functions.size(), "function", "functions");
  std::string text = std::string(name(report.verdict())) + ": " + printable(report.title) + ": ";
  switch (report.verdict()) {
    case Verdict::kFail: {
      const std::size_t slower = count(Verdict::kFail);
      if (slower > 0) text += std::to_string(slower) + of + " got worse";
      if (over > 0) {
        text += (slower > 0 ? ", " : "") + count_of(over, "budget", "budgets") + " exceeded";
      }
      return text;
    }
    case Verdict::kPass: {
      const auto faster = static_cast<std::size_t>(std::ranges::count_if(
          report.functions, [](const FunctionVerdict& f) { return f.improved(); }));
      text += report.functions.empty()
                  ? count_of(report.budgets.size(), "budget", "budgets") + " kept"
                  : "none" + of + " got slower";
      if (faster > 0) text += ", " + std::to_string(faster) + " got faster";
      return text;
    }
    case Verdict::kInconclusive:
      break;
  }
  const std::size_t open = count(Verdict::kInconclusive);
  if (report.functions.empty() && report.budgets.empty()) return text + "nothing could be judged";
  return text + (open > 0 ? std::to_string(open) + of : std::string("some budgets")) +
         " cannot be told yet";
}

std::string gate_setting(const GateReport& report) {
  std::string text = "candidate " + printable(report.candidate) + " against baseline " +
                     printable(report.baseline) + ", margin " +
                     format_percent(report.options.margin);
  if (!report.looks.empty()) {
    text += ", up to " + count_of(report.looks.back(), "pair", "pairs") + " a function";
    const bool several = std::ranges::any_of(
        report.functions, [](const FunctionVerdict& each) { return each.pairs_a_round > 1; });
    if (several) text += " (several times as many of cheap ones)";
  }
  return text;
}

std::vector<std::string> gate_remarks(const GateReport& report) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < report.functions.size(); ++i) {
    const FunctionVerdict& function = report.functions[i];
    const std::string title = title_of(function, report);
    if (!function.reason.empty()) {
      lines.push_back(title + ": " + printable(function.reason));
    } else if (function.baseline_failed + function.candidate_failed > 0) {
      lines.push_back(title + ": of " + count_of(function.candidate_failed, "pair", "pairs") +
                      " only the candidate failed to answer, and of " +
                      format_count(static_cast<std::int64_t>(function.baseline_failed)) +
                      " only the baseline");
    }
    for (const MetricVerdict& metric : function.metrics) {
      // Of a function that has failed nobody needs to know what else could be found out.
      const bool idle = function.verdict == Verdict::kFail && metric.verdict != Verdict::kFail;
      if (!metric.gates || idle) continue;
      const std::string text = explain(function, metric, report);
      if (!text.empty())
        lines.push_back(title + " " + std::string(name(metric.metric)) + ": " + text);
    }
    add_noise(function, title, lines);
    if (function.verdict == Verdict::kPass && !function.improved()) continue;
    if (i >= report.attributions.size()) continue;
    const Attribution& attribution = report.attributions[i];
    const std::string moved = summary_of(attribution);
    if (!moved.empty()) lines.push_back(title + " moved in: " + printable(moved));
    const std::string phases = phase_difference(attribution);
    if (!phases.empty()) lines.push_back(title + ": " + printable(phases));
    for (const std::string& load : attribution.loads) {
      lines.push_back(title + ": " + printable(load));
    }
  }
  if (report.fails_for_improvement()) lines.push_back(improvements(report));
  for (const BudgetVerdict& budget : report.budgets) {
    if (budget.verdict == Verdict::kFail) {
      lines.push_back(budget_title(budget, report) + ": over its budget of " +
                      format_duration(budget.budget.limit_ns) + ": at least " +
                      duration_cell(budget.low_ns));
    } else if (!budget.reason.empty()) {
      lines.push_back(budget_title(budget, report) + ": " + printable(budget.reason));
    }
  }
  return lines;
}

}  // namespace coldstart::results
