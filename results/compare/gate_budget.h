// Absolute limits: "p90 of cpp is at most 5 ms". Distribution-free bounds decide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/compare/gate.h"
#include "results/model/record.h"

namespace coldstart::results {

struct Budget {
  std::string function;
  std::string what;  ///< "median", "p90", "p99", or a phase: its median
  std::int64_t limit_ns = 0;

  bool operator==(const Budget&) const = default;
};

/// Whether budgets may have that name: one of the metrics, or one phase.
bool is_budget_name(const std::string& what);

struct BudgetVerdict {
  Budget budget;
  std::string cache;
  Verdict verdict = Verdict::kInconclusive;
  std::size_t n = 0;                        ///< starts
  std::optional<std::int64_t> measured_ns;  ///< the sample quantile
  std::optional<std::int64_t> low_ns;       ///< FAIL if above the limit
  std::optional<std::int64_t> high_ns;      ///< PASS if at most the limit
  std::string reason;                       ///< of an INCONCLUSIVE
};

/// One verdict for each budget and cache state in which its function has usable starts, one without
/// a cache state where it has none. alpha_fail holds for all budgets together (Bonferroni),
/// alpha_pass for each.
std::vector<BudgetVerdict> judge_budgets(const std::vector<const Start*>& starts,
                                         const std::vector<Budget>& budgets,
                                         const GateOptions& options);

}  // namespace coldstart::results
