// The cells of a check as text, the same for terminal and Markdown.
#pragma once

#include <string>
#include <vector>

#include "results/compare/gate_report.h"

namespace coldstart::results {

struct GateRow {
  /// function, metric, baseline, candidate, change, bounds, verdict
  std::vector<std::string> cells;
  Verdict verdict = Verdict::kInconclusive;
};
std::vector<std::string> gate_columns(const GateReport& report);
std::vector<GateRow> gate_rows(const GateReport& report);

/// function, what, limit, measured, bounds, verdict
std::vector<std::string> budget_columns();
std::vector<GateRow> budget_rows(const GateReport& report);

/// "hello: FAIL, 2 of 8 functions got slower"
std::string gate_headline(const GateReport& report);
/// "candidate ./new against baseline ./old, margin 2 %, up to 600 pairs"
std::string gate_setting(const GateReport& report);
/// Of everything that did not simply pass, a line: what, why, what to do.
std::vector<std::string> gate_remarks(const GateReport& report);

/// "cpp", or "cpp (disk)" where several cache states were judged.
std::string title_of(const std::string& function, const std::string& cache,
                     const GateReport& report);
std::string title_of(const FunctionVerdict& function, const GateReport& report);

}  // namespace coldstart::results
