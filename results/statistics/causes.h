// Why the time of the phases passed, over all starts of a function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

/// Medians of the causes of one phase, each taken on its own: they need not add up to `length_ns`.
struct PhaseCauseMedians {
  std::string phase;  ///< "link", "runtime+app"
  std::int64_t length_ns = 0;
  std::int64_t cpu_ns = 0;
  std::int64_t runnable_ns = 0;
  std::int64_t disk_ns = 0;
  std::int64_t wait_ns = 0;
  /// What was waited for, longest first. A start that did not wait for a reason counts as 0 ns of
  /// it; reasons whose median is 0 are left out.
  std::vector<std::pair<std::string, std::int64_t>> waits;
  std::int64_t cpu_time_ns = 0;
  std::int64_t context_switches = 0;
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  std::int64_t read_bytes = 0;
};

/// One function under one load in one cache state.
struct CausesSummary {
  std::string function;
  std::string load;
  std::string cache;
  std::size_t n = 0;  ///< usable starts whose causes are known, with the commonest list of phases
  std::vector<PhaseCauseMedians> phases;  ///< in order
  double time_scale = 1;                  ///< of the load: what shows the numbers says it
};

/// One for each function × load × cache state in which at least one usable start has causes, in the
/// order of their first such start.
std::vector<CausesSummary> summarize_causes(const Run& run);

}  // namespace coldstart::results
