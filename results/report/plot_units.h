// Axes of plots: the unit of time, and where the ticks go. Used by the plot scripts only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coldstart::results {

/// A unit in which times are plotted: value = ns / scale.
struct TimeUnit {
  const char* name;
  double scale;
};

/// The largest unit in which `ns` is at least 1.
TimeUnit unit_for(double ns);

/// Ticks of a logarithmic axis from low to high (0 < low < high): 1, 2, 5, 10, … where the range
/// spans them, only powers of ten where it spans many, evenly spaced round numbers where it is
/// narrow.
std::vector<double> log_ticks(double low, double high);

/// True for …, 0.1, 1, 10, … but for what rounding does.
bool is_power_of_ten(double value);

/// "0.5", "2", "1000"
std::string tick_label(double value);

}  // namespace coldstart::results
