// The pictures as gnuplot commands, without terminal and output. Used by pictures.cc only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/report/canvas.h"
#include "results/statistics/causes.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

struct PlotScript {
  std::string text;
  int width = 0;  ///< pixels
  int height = 0;
};

/// What was sampled of one function, for the plots of distributions.
struct SampleLine {
  std::string function;
  std::vector<std::int64_t> sorted_ns;  ///< ascending; not empty
};

/// Horizontal stacked bars of the phase medians: in a unit of time, and in percent.
/// Functions without a usable start keep their line and say so.
PlotScript phases_script(const std::vector<const Summary*>& summaries, const Canvas& canvas);

/// The share of starts that had responded after a time, a step line a function; logarithmic time.
/// A line has `most_steps` at most (half as many on a narrow canvas): with a hundred or more, each
/// is a few pixels at most.
PlotScript ecdf_script(const std::vector<SampleLine>& lines, const Canvas& canvas,
                       std::size_t most_steps);

/// A row a function: the density of its latencies over logarithmic time, below it a tick for each
/// sample (for `most_ticks` of them where there are more, evenly by rank, the first and the last
/// among them), and the median with its 95 % interval.
PlotScript density_script(const std::vector<SampleLine>& lines, const Canvas& canvas,
                          std::size_t most_ticks);

/// A row a function: the median and its 95 % interval in each cache state, over logarithmic time.
/// `summaries` are those of one load.
PlotScript ladder_script(const std::vector<const Summary*>& summaries, const Canvas& canvas);

/// A row a function: how the time up to the first response divides into causes, in percent.
PlotScript causes_script(const std::vector<const CausesSummary*>& causes, const Canvas& canvas);

/// The phases of one start, each in its row at its place in time. The start has at least one.
PlotScript waterfall_script(const Start& start, const Canvas& canvas);

}  // namespace coldstart::results
