// Pictures of loads and sweeps. Used by pictures.cc only.
#pragma once

#include <cstddef>
#include <vector>

#include "results/model/record.h"
#include "results/report/canvas.h"
#include "results/report/pictures.h"
#include "results/report/plot_script.h"
#include "results/statistics/load_summary.h"
#include "results/statistics/sweeps.h"

namespace coldstart::results {

/// Timelines (load × function, of each load the functions with the most requests), phases against
/// starts in flight (sweep in parallel, and loads whose starts overlapped), sweeps over memory and
/// CPUs. Empty for a run without. They refer to `run` and `summaries`, which have to outlive them.
std::vector<PictureDraft> load_pictures(const Run& run, const std::vector<Summary>& summaries);

/// One function under one load over time: requests due, instances, latency. Where there are more
/// points than can be told apart, those of each of `columns` moments (half as many on a narrow
/// canvas) are thinned to the lowest, the middle and the highest.
PlotScript timeline_script(const Run& run, const LoadSummary& of, const Canvas& canvas,
                           std::size_t columns);

/// Latency against size, logarithmic: median with its interval, p90, warm median; how many starts
/// and requests were out of memory. The sweep has a median.
PlotScript size_script(const SizeSweep& sweep, const Canvas& canvas);

}  // namespace coldstart::results
