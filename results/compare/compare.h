// Comparing runs, functions of runs, and cache states.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/compare/comparison.h"
#include "results/model/record.h"

namespace coldstart::results {

/// What is named on one side: a whole run, or a function of it, or that in one cache state.
struct Operand {
  const Run* run = nullptr;
  std::optional<std::string> function;
  std::optional<std::string> cache;
};

/// Compares b with a, series by series. Two runs: each function in each load and cache state that
/// both have. Where one side names a function, it is compared with what the other names, or with
/// its namesake; where one names a cache state and the other none, in that one on both sides.
/// Throws Error where there is nothing in common, or nothing that can be compared: the contracts
/// differ (their clocks stop at different moments), no start answered.
Comparison compare(const Operand& a, const Operand& b);

/// Compares the functions of one run with the first of them, in each load and cache state.
/// Fewer than two functions are an Error.
Comparison compare_functions(const Run& run, const std::vector<std::string>& functions);

}  // namespace coldstart::results
