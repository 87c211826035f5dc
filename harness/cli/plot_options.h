// The options --plots, --format and --size, which `report` and `history` share.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "results/report/plots.h"

namespace coldstart::cli {

struct PlotChoices {
  std::string folder;  ///< empty: no plots
  std::string formats = "svg,png";
  std::string size;  ///< as typed; empty: what each picture asks for
};

/// `what` is the help of --plots.
void add_plot_options(CLI::App& command, PlotChoices& choices, const std::string& what);

/// Throws Error for what is no format, none, or no size.
results::PlotOptions plot_options(const PlotChoices& choices);

}  // namespace coldstart::cli
