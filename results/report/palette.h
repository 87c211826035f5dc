// One colour for one phase everywhere: terminal, plots, HTML. Based on the palette of Okabe and
// Ito, which people with any kind of colour vision can tell apart.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "results/model/timeline.h"

namespace coldstart::results {

struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
  bool operator==(const Rgb&) const = default;
};

Rgb color_of(Phase phase);
/// Several phases in one take the colour of the last; draw them with a pattern as well.
Rgb color_of(const std::vector<Phase>& phases);

/// The letter that stands for a phase where there is no colour: q s b l i r a c h y.
/// Several phases in one: the letter of the last, in upper case.
char letter_of(const std::vector<Phase>& phases);

/// The colour of the i-th function in plots; repeats after 8 (change the dash as well).
Rgb series_color(std::size_t index);
inline constexpr std::size_t kSeriesColors = 8;

/// Requests and instances in pictures of loads.
struct LoadColors {
  Rgb cold, warm, unanswered;  ///< requests; their marks differ as well
  Rgb due;                     ///< requests due a second
  Rgb alive, starting;         ///< instances
};
const LoadColors& load_colors();

/// "#e69f00"
std::string hex(Rgb color);
/// The nearest of the 256 colours that every terminal has.
int ansi256(Rgb color);

}  // namespace coldstart::results
