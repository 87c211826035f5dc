// Pictures of loads and sweeps. Used by plots.cc only.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/report/plot_script.h"
#include "results/statistics/load_summary.h"
#include "results/statistics/sweeps.h"

namespace coldstart::results {

/// A picture that is still to be drawn.
struct PlannedPicture {
  PlotScript script;
  std::string name;   ///< of the files, without folder and ending
  std::string title;  ///< as in Picture
  std::string alt;
};

/// Timelines (load × function, of each load the functions with the most requests), phases against
/// starts in flight (sweep in parallel, and loads whose starts overlapped), sweeps over memory and
/// CPUs. Empty for a run without.
std::vector<PlannedPicture> load_pictures(const Run& run, const std::vector<Summary>& summaries);

/// One function under one load over time: requests due, instances, latency. Of many points the
/// outermost are drawn, and the picture says so.
PlotScript timeline_script(const Run& run, const LoadSummary& of, const std::string& title);

/// Latency against size, logarithmic: median with its interval, p90, warm median; starts that were
/// out of memory by number.
PlotScript size_script(const SizeSweep& sweep, const std::string& title);

/// What may stand in a file name; everything else becomes '-'.
std::string file_name(const std::string& text);

}  // namespace coldstart::results
