// The key `budgets`: what may not be exceeded.
#pragma once

#include <string>
#include <vector>

#include "harness/suite/problems.h"
#include "harness/suite/suite.h"
#include "harness/suite/yaml_reader.h"

namespace coldstart::harness {

/// The budgets of a suite. `functions`: what they may be about.
std::vector<BudgetSpec> read_budgets(const Entry& entry, const std::vector<FunctionSpec>& functions,
                                     Problems& problems);

}  // namespace coldstart::harness
