// Our own cost: the probes on against off, and the floor under every number.
#pragma once

#include <filesystem>

#include "harness/cli/command_line.h"

namespace coldstart::cli {

struct OverheadOptions {
  std::filesystem::path suite;  ///< where the functions are taken from
  std::string functions = "cpp,java";
  int trials = 200;
};

/// For each function, `trials` pairs of starts, one with all probes and one without, in random
/// order, side by side, both found ready by polling (so that only the probes differ). Prints the
/// medians and the median of the pairs' ratios with its interval. Also: spawn+exec+exit of an empty
/// static program through the launcher with probes on, against a posix_spawn/waitpid loop. Returns
/// the exit code.
int measure_overhead(const Globals& globals, const OverheadOptions& options,
                     harness::Launcher& launcher);

}  // namespace coldstart::cli
