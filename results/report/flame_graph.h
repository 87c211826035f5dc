// A flame graph: sampled stacks as one picture, the outermost function at the top, each as wide as
// the time that was spent in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "results/model/record.h"
#include "results/report/palette.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// The stacks of the usable starts that the summary is of.
std::vector<const StackProfile*> stack_profiles(const Run& run, const Summary& summary);

/// A frame as it is drawn.
struct FlameBox {
  std::string frame;
  int depth = 0;      ///< 0: all; 1: a phase; 2: a thread; then its functions
  double begin = 0;   ///< of the whole width, which is 1
  double length = 0;  ///< the same: its share of the time
  std::int64_t time_ns = 0;
  Rgb color;
};

struct FlameBoxes {
  std::vector<FlameBox> boxes;  ///< a caller before what it calls; empty: nothing was sampled
  std::size_t left_out = 0;     ///< frames that would be narrower than a line
  int rows() const;             ///< the deepest of them, plus one
};

/// All stacks of these starts, below their phases. Where there would be more than `most_frames`,
/// wider ones only.
FlameBoxes flame_boxes(const std::vector<const StackProfile*>& profiles, bool on_cpu,
                       std::size_t most_frames = 1500);

/// The colours of frames that are no phase, and what they stand for: one of a code each, not the
/// very one of a box, which varies with its name.
std::vector<std::pair<std::string, Rgb>> flame_legend();

struct FlameGraph {
  std::string svg;  ///< to stand inside an HTML page; empty: nothing was sampled
  std::size_t frames = 0;
  std::size_t left_out = 0;  ///< frames that would be narrower than a line
};

/// flame_boxes() as SVG. Each frame tells its name, time and share as a <title>.
FlameGraph flame_graph(const std::vector<const StackProfile*>& profiles, bool on_cpu,
                       const std::string& title, std::size_t most_frames = 1500);

}  // namespace coldstart::results
