#include "results/compare/gate_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "results/report/cells.h"

namespace coldstart::results {

Verdict GateReport::verdict() const {
  const auto is = [](Verdict wanted) {
    return [wanted](const auto& judged) { return judged.verdict == wanted; };
  };
  if (std::ranges::any_of(functions, is(Verdict::kFail)) ||
      std::ranges::any_of(budgets, is(Verdict::kFail))) {
    return Verdict::kFail;
  }
  const bool all_passed = std::ranges::all_of(functions, is(Verdict::kPass)) &&
                          std::ranges::all_of(budgets, is(Verdict::kPass));
  const bool anything = !functions.empty() || !budgets.empty();
  return anything && all_passed && faults.empty() ? Verdict::kPass : Verdict::kInconclusive;
}

bool GateReport::improved() const {
  return std::ranges::any_of(functions, [](const auto& f) { return f.improved(); });
}

std::string format_change(double change) {
  std::array<char, 32> text{};
  const double percent = 100 * change;
  // What rounds to nothing has no sign.
  if (std::abs(percent) < 0.05) return "0.0 %";
  std::snprintf(text.data(), text.size(), std::abs(percent) < 1000 ? "%+.1f %%" : "%+.0f %%",
                percent);
  return text.data();
}

std::string format_percent(double share) {
  const std::string change = format_change(std::abs(share));
  return change.starts_with('+') ? change.substr(1) : change;
}

std::string format_bounds(const std::optional<double>& low, const std::optional<double>& high) {
  if (low && high) return format_change(*low) + " to " + format_change(*high);
  if (low) return "at least " + format_change(*low);
  if (high) return "at most " + format_change(*high);
  return {};
}

std::string explain(const FunctionVerdict& function, const MetricVerdict& metric,
                    const GateReport& report) {
  const std::string change = metric.change ? format_change(*metric.change) : std::string();
  if (metric.verdict == Verdict::kFail) {
    return "slower by " + change +
           (metric.low ? ", at least " + format_change(*metric.low) : std::string()) +
           "; allowed are " + format_percent(report.options.margin);
  }
  if (metric.verdict == Verdict::kPass) {
    return metric.improved
               ? "faster: " + change +
                     (metric.high ? ", at most " + format_change(*metric.high) : std::string())
               : std::string();
  }
  std::string text = metric.reason;
  if (metric.more_pairs) {
    if (!text.empty()) text += "; ";
    text += "about " + format_count(static_cast<std::int64_t>(*metric.more_pairs)) +
            " more pairs would settle it (" +
            format_count(static_cast<std::int64_t>(function.pairs)) + " were measured)";
  }
  if (metric.smallest_change) {
    if (!text.empty()) text += "; ";
    text += "a slowdown of " + format_change(*metric.smallest_change) + " would have been seen";
  }
  return text;
}

}  // namespace coldstart::results
