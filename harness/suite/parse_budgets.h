// The key `budgets` of a suite: limits that `check` holds functions to. Read on its own, for nobody
// else needs it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/suite/suite.h"
#include "harness/suite/yaml_reader.h"

namespace coldstart::harness {

struct BudgetSpec {
  std::string function;
  std::string what;  ///< "median", "p90", "p99" of the latency, or the name of a phase: its median
  std::chrono::nanoseconds limit{0};
};

/// The budgets of a suite. `functions`: what they may be about.
std::vector<BudgetSpec> read_budgets(const Entry& entry, const std::vector<FunctionSpec>& functions,
                                     Problems& problems);

/// The budgets of the text of a suite file that has been parsed already, so that what is wrong with
/// them is known. Empty: it has none.
std::vector<BudgetSpec> budgets_in(const std::string& yaml, const Suite& suite);

}  // namespace coldstart::harness
