// From copied stacks to named ones, added up by phase.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probes/kernel_symbols.h"
#include "probes/stack_files.h"
#include "probes/stack_sampler.h"
#include "probes/unwinder.h"
#include "results/model/stacks.h"
#include "results/model/timeline.h"

namespace coldstart::probes {

/// The part of a recording that belongs to a start.
struct StacksView {
  std::uint64_t instance = 0;
  std::int64_t due_ns = 0;  ///< CLOCK_MONOTONIC
  int rate_hz = 0;
  /// Of processes that had one, by pid.
  std::map<std::uint32_t, PerfMap> perf_maps;
};

/// Names stacks; what it has read of files it keeps from start to start.
class StackProfiler {
 public:
  StackFiles& files() { return files_; }

  /// The stacks between `due` and the response, cut at the bounds of the phases; empty where the
  /// timeline has none. Afterwards the processes are forgotten.
  StackProfile profile(const StackRecording& recording, const StacksView& view,
                       const Timeline& timeline);

 private:
  StackFiles files_;
  Unwinder unwinder_{files_};
  KernelSymbols kernel_;
};

}  // namespace coldstart::probes
