// Pictures of runs over time, drawn by gnuplot.
#pragma once

#include <filesystem>
#include <vector>

#include "results/report/history.h"
#include "results/report/plots.h"

namespace coldstart::results {

/// Writes `history-<function>-<load>-<cache>` with an ending for each format of `options` for each
/// series into `folder` (created where it is missing); returns the files, those of a series next to
/// each other. A point a run with the interval of its median, a line a level (broken where a level
/// changed or the machine did), a dashed line where the machine changed. Throws Error: gnuplot is
/// missing or fails, the folder cannot be written.
std::vector<std::filesystem::path> write_history_plots(const std::vector<HistorySeries>& history,
                                                       const std::filesystem::path& folder,
                                                       const PlotOptions& options = {});

}  // namespace coldstart::results
