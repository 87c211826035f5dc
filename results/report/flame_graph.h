// A flame graph: sampled stacks as one picture, the outermost function at the top, each as wide as
// the time that was spent in it.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

struct FlameGraph {
  std::string svg;  ///< to stand inside an HTML page; empty: nothing was sampled
  std::size_t frames = 0;
  std::size_t left_out = 0;  ///< frames that would be narrower than a line
};

/// All stacks of these starts, below their phases. Each frame tells its name, time and share as a
/// <title>. Where the picture would have more than `most_frames`, wider ones only.
FlameGraph flame_graph(const std::vector<const StackProfile*>& profiles, bool on_cpu,
                       const std::string& title, std::size_t most_frames = 1500);

}  // namespace coldstart::results
