// The two pictures as gnuplot commands, without terminal and output. Used by plots.cc only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/statistics/summary.h"

namespace coldstart::results {

struct PlotScript {
  std::string text;
  int width = 0;  ///< pixels
  int height = 0;
};

/// A line of the distribution plot.
struct EcdfLine {
  std::string function;
  std::vector<std::int64_t> sorted_ns;  ///< ascending; not empty
};

/// Horizontal stacked bars of the phase medians: left in a unit of time, right in percent.
/// Functions without a usable start keep their line and say so.
PlotScript phases_script(const std::vector<const Summary*>& summaries, const std::string& title);

/// The share of starts that had responded after a time, a step line a function; logarithmic time.
PlotScript ecdf_script(const std::vector<EcdfLine>& lines, const std::string& title);

/// `text` as a gnuplot string in which nothing is expanded.
std::string plot_quoted(const std::string& text);

}  // namespace coldstart::results
