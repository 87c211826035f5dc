// Our own cost: the probes on against off, tier by tier, and the floor under every number.
#pragma once

#include <filesystem>

#include "harness/cli/command_line.h"

namespace coldstart::cli {

struct OverheadOptions {
  std::filesystem::path suite;  ///< where the functions are taken from
  std::string functions = "cpp,java";
  std::string tiers = "each";  ///< "each", or names with commas between: "process,all"
  int trials = 40;
};

/// For each function, `trials` rounds of one start without probes and one with each choice of
/// tiers, in random order, all found ready by polling (so that only the probes differ). Prints the
/// medians and the median of the pairs' ratios with its interval, and how much the probes told.
/// Also: spawn+exec+exit of an empty static program through the launcher, against a
/// posix_spawn/waitpid loop, both without probes. The figures are stored: reports print them.
/// Returns the exit code.
int measure_overhead(const Globals& globals, const OverheadOptions& options,
                     harness::Launcher& launcher);

}  // namespace coldstart::cli
