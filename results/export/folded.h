// Folded stacks, as flamegraph.pl, inferno and speedscope read them: a line a stack,
// "function;phase;thread;frame;frame… value", the innermost frame last.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

struct FoldedChoices {
  bool on_cpu = false;   ///< where threads ran
  bool off_cpu = false;  ///< where they had left the CPU. Neither: as if on_cpu alone; both: a
                         ///< frame "on-cpu" or "off-cpu" follows the function
  bool count = false;    ///< samples and absences instead of microseconds
};

/// All usable starts of each function added up, or those that `starts` names (choose_starts.h). Of
/// runs with several cache states the function is "name@cache". Microseconds are rounded up, so
/// that nothing that took time is left out. Sorted. Throws Error where no start has stacks.
std::string export_folded(const Run& run, const FoldedChoices& choices,
                          const std::vector<std::string>& starts);

}  // namespace coldstart::results
