// Everything that one check found, and how it is told: to people, to CI systems, to programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/compare/gate.h"
#include "results/compare/gate_attribution.h"
#include "results/compare/gate_budget.h"
#include "results/report/style.h"

namespace coldstart::results {

struct GateReport {
  std::string title;     ///< the suite, or the command
  std::string baseline;  ///< "../main", "main (1a2b3c4)", "run 3 and 4 before it"
  std::string candidate;
  bool paired = true;  ///< false: against the medians of past runs
  GateOptions options;
  bool fail_on_improvement = false;  ///< whatever the verdict; it stays what it is
  std::vector<std::size_t> looks;    ///< planned, in rounds; empty: not paired
  std::vector<FunctionVerdict> functions;
  std::vector<Attribution> attributions;  ///< of each of them, or empty
  std::vector<BudgetVerdict> budgets;
  std::vector<std::string> notes;  ///< noise, repeated pairs, functions of one side only
  /// What kept us from judging although it should have been: these are errors in a JUnit file.
  std::vector<std::string> faults;

  /// FAIL if anything failed; PASS if there was something to judge and all of it passed.
  Verdict verdict() const;
  bool improved() const;
  bool fails_for_improvement() const { return fail_on_improvement && improved(); }
};

/// "+5.1 %", "-0.3 %"
std::string format_change(double change);
/// "5.1 %", without a sign
std::string format_percent(double share);
/// "-0.3 % to +1.2 %"; "at least +3.9 %" where only one side is known; empty: neither.
std::string format_bounds(const std::optional<double>& low, const std::optional<double>& high);

/// What one line says of a metric: why it failed, what an INCONCLUSIVE needs. Empty for a PASS that
/// is no improvement.
std::string explain(const FunctionVerdict& function, const MetricVerdict& metric,
                    const GateReport& report);

std::string gate_text(const GateReport& report, const TextStyle& style);

/// For a pull request or $GITHUB_STEP_SUMMARY: the verdict first, tables folded.
std::string gate_markdown(const GateReport& report);

/// One test case for each function and metric, and for each budget. FAIL is a failure, and so is an
/// improvement where improvements fail; INCONCLUSIVE is skipped, a fault of ours is an error.
std::string gate_junit(const GateReport& report);

/// Schema `coldstart.check/1` (check.schema.json). Nothing in it depends on when it was written.
std::string gate_json(const GateReport& report);

/// Lines that GitHub Actions shows at the pull request, ::error … for what failed. GitHub shows ten
/// errors of a step: where there are more, the tenth says how many.
std::string gate_annotations(const GateReport& report);

}  // namespace coldstart::results
