// The pictures of a run, drawn by gnuplot: phases side by side, the distribution of latency, and of
// loads and sweeps those of load_plots.h.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// One picture, as SVG and as PNG.
struct Picture {
  std::string title;  ///< "Phases of a cold start", for a heading
  std::string alt;    ///< what it shows, in words and numbers, for people who do not see it
  std::filesystem::path svg;
  std::filesystem::path png;
};

/// Why no picture can be drawn on this machine, and what to do; absent: gnuplot is there.
std::optional<std::string> plot_obstacle();

/// Writes `phases.svg`, `phases.png`, `ecdf.svg` and `ecdf.png` into `folder` (created where it is
/// missing); with several loads or cache states a pair for each, `phases-<load>-<cache>.svg`.
/// A run under load has more: `timeline-<load>-<function>`, `in-flight-<load>-<function>`,
/// `parallel-<function>`, `memory-<function>-<load>-<cache>`, `cpus-…`. Existing pictures are
/// replaced, whole or not at all. Nothing is written for a run without a usable start or a request.
/// Throws Error: gnuplot is missing or fails, the folder cannot be written.
std::vector<Picture> write_plots(const Run& run, const std::vector<Summary>& summaries,
                                 const std::filesystem::path& folder);

}  // namespace coldstart::results
