// Which functions the sampled stacks of a function's starts are in most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// A function in one phase. Sums over all starts.
struct HotFrame {
  std::string frame;
  std::vector<std::string> callers;  ///< most of the time; the nearest first, at most two
  std::int64_t self_ns = 0;          ///< it was the innermost one
  std::int64_t total_ns = 0;         ///< it was anywhere in the stack
};

struct HotPhase {
  std::string phase;
  std::int64_t total_ns = 0;     ///< of all stacks of the phase
  std::vector<HotFrame> frames;  ///< by self time, longest first, at most as many as asked for
};

/// The stacks of all usable starts of one function under one load in one cache state.
struct HotFrames {
  std::size_t starts = 0;  ///< with stacks
  int rate_hz = 0;
  std::int64_t taken = 0, lost = 0, cut = 0, broken = 0, frames = 0, unnamed = 0;  ///< sums
  std::vector<std::string> notes;                                                  ///< each once
  /// In the order of the timeline. On CPU the innermost frame is that of the kernel, if it was in
  /// it. Off CPU it is that of the program, whose call made it wait: every wait ends in the
  /// scheduler.
  std::vector<HotPhase> on_cpu, off_cpu;
};

HotFrames hot_frames(const Run& run, const Summary& summary, std::size_t most);

}  // namespace coldstart::results
