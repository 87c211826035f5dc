#include "results/report/palette.h"

#include <cstdlib>
#include <fmt/format.h>
#include <limits>

namespace coldstart::results {
namespace {

// Okabe & Ito, with greys for the first and the last phase and wine for `handle`: ten phases, eight
// hues.
constexpr std::array<Rgb, kPhaseCount> kPhaseColors = {{
    {0x99, 0x99, 0x99},  // queue
    {0xE6, 0x9F, 0x00},  // spawn
    {0x00, 0x72, 0xB2},  // sandbox
    {0xF0, 0xE4, 0x42},  // link
    {0xD5, 0x5E, 0x00},  // init
    {0x00, 0x9E, 0x73},  // runtime
    {0x56, 0xB4, 0xE9},  // app
    {0xCC, 0x79, 0xA7},  // connect
    {0x88, 0x22, 0x55},  // handle
    {0x66, 0x66, 0x66},  // reply
}};

constexpr std::array<char, kPhaseCount> kPhaseLetters = {'q', 's', 'b', 'l', 'i',
                                                         'r', 'a', 'c', 'h', 'y'};

// Okabe & Ito without yellow, which is too light for a line on white; black takes its place.
constexpr std::array<Rgb, kSeriesColors> kSeriesPalette = {{
    {0x00, 0x72, 0xB2},
    {0xD5, 0x5E, 0x00},
    {0x00, 0x9E, 0x73},
    {0xCC, 0x79, 0xA7},
    {0xE6, 0x9F, 0x00},
    {0x56, 0xB4, 0xE9},
    {0x00, 0x00, 0x00},
    {0x88, 0x22, 0x55},
}};

std::size_t index_of(Phase phase) { return static_cast<std::size_t>(phase); }

}  // namespace

Rgb color_of(Phase phase) { return kPhaseColors.at(index_of(phase)); }
Rgb color_of(const std::vector<Phase>& phases) { return color_of(phases.back()); }

char letter_of(const std::vector<Phase>& phases) {
  const char letter = kPhaseLetters.at(index_of(phases.back()));
  return phases.size() == 1 ? letter : static_cast<char>(letter - 'a' + 'A');
}

Rgb series_color(std::size_t index) { return kSeriesPalette[index % kSeriesColors]; }

const LoadColors& load_colors() {
  static const LoadColors colors = {
      {0xD5, 0x5E, 0x00}, {0x00, 0x72, 0xB2}, {0x00, 0x00, 0x00},
      {0x99, 0x99, 0x99}, {0x00, 0x9E, 0x73}, {0xE6, 0x9F, 0x00},
  };
  return colors;
}

std::string hex(Rgb color) { return fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b); }

int ansi256(Rgb color) {
  // The 6×6×6 cube (16 to 231), then the grey ramp (232 to 255).
  constexpr std::array<int, 6> kSteps = {0, 95, 135, 175, 215, 255};
  int best = 16;
  int best_distance = std::numeric_limits<int>::max();
  const auto consider = [&](int index, int r, int g, int b) {
    const int distance = (r - color.r) * (r - color.r) + (g - color.g) * (g - color.g) +
                         (b - color.b) * (b - color.b);
    if (distance < best_distance) {
      best_distance = distance;
      best = index;
    }
  };
  for (int r = 0; r < 6; ++r) {
    for (int g = 0; g < 6; ++g) {
      for (int b = 0; b < 6; ++b)
        consider(16 + 36 * r + 6 * g + b, kSteps[r], kSteps[g], kSteps[b]);
    }
  }
  for (int i = 0; i < 24; ++i) consider(232 + i, 8 + 10 * i, 8 + 10 * i, 8 + 10 * i);
  return best;
}

}  // namespace coldstart::results
