// Measures pairs until the gate has its answer, and stores them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/command_line.h"
#include "harness/cli/progress.h"
#include "harness/platform/paired.h"
#include "results/compare/gate.h"

namespace coldstart::cli {

/// Pairs of each function at most, where the user does not say.
inline constexpr std::size_t kDefaultPairs = 4'000;

struct PairsRequest {
  harness::PairedPlan plan;
  results::GateOptions gate;
  std::size_t most_pairs = kDefaultPairs;
  std::chrono::nanoseconds budget = std::chrono::minutes(5);  ///< of measuring; rehearsals excluded
  std::string label;
  std::string title;
};

struct JudgedPairs {
  std::int64_t run = 0;  ///< in the store; 0: interrupted before the first start
  std::optional<int> interrupted_by;
  std::vector<std::size_t> looks;
  /// Function × cache state, in order; without functions that are skipped on this machine.
  std::vector<results::FunctionVerdict> verdicts;
  std::vector<std::string> notes;
};

/// Throws Error. `launcher`: what `platform` starts with.
JudgedPairs measure_and_judge(harness::Platform& platform, const harness::Launcher& launcher,
                              const Globals& globals, Progress& progress,
                              const PairsRequest& request);

}  // namespace coldstart::cli
