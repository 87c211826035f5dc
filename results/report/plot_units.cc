#include "results/report/plot_units.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace coldstart::results {
namespace {

std::vector<double> multiples(double low, double high, const std::vector<double>& of) {
  std::vector<double> ticks;
  for (double decade = std::pow(10, std::floor(std::log10(low))); decade <= high; decade *= 10) {
    for (const double factor : of) {
      const double tick = decade * factor;
      if (tick >= low && tick <= high) ticks.push_back(tick);
    }
  }
  return ticks;
}

// About five round steps.
std::vector<double> even(double low, double high) {
  const double rough = (high - low) / 5;
  const double decade = std::pow(10, std::floor(std::log10(rough)));
  const double factor = rough / decade;
  const double step = decade * (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10);
  std::vector<double> ticks;
  for (double i = std::ceil(low / step); i * step <= high; ++i) ticks.push_back(i * step);
  return ticks;
}

}  // namespace

TimeUnit unit_for(double ns) {
  constexpr std::array<TimeUnit, 4> kUnits = {{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}, {"ns", 1}}};
  for (const TimeUnit& unit : kUnits) {
    if (ns >= unit.scale) return unit;
  }
  return kUnits.back();
}

std::vector<double> log_ticks(double low, double high) {
  constexpr double kManyDecades = 4;
  if (std::log10(high / low) > kManyDecades) return multiples(low, high, {1});
  std::vector<double> ticks = multiples(low, high, {1, 2, 5});
  return ticks.size() >= 4 ? ticks : even(low, high);
}

bool is_power_of_ten(double value) {
  const double exponent = std::log10(value);
  return std::abs(exponent - std::round(exponent)) < 1e-9;
}

std::string tick_label(double value) { return fmt::format("{:.4g}", value); }

}  // namespace coldstart::results
