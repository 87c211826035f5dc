#include "results/report/plot_frame.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

#include "results/report/plot_units.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr double kCharacter = 8.2;  // pixels, of the widest fonts that the terminals fall back to
constexpr int kMargin = 12;
constexpr int kTickWidth = 34;  // pixels that a tick's number needs

// What the legend's names take, letter by letter: with one width for all, the gaps would be uneven.
int legend_text_width(const std::string& text) {
  constexpr double kEm = 13.6;  // pixels, of the font of the legend
  double width = 0;
  for (const char c : text) {
    const std::string_view letter(&c, 1);
    width += std::string_view("ijl").find(letter) != std::string_view::npos   ? 0.28
             : std::string_view("frt").find(letter) != std::string_view::npos ? 0.39
             : std::string_view("mw").find(letter) != std::string_view::npos  ? 0.90
             : c == '+'                                                       ? 0.84
                                                                              : 0.61;
  }
  return static_cast<int>(std::lround(width * kEm));
}

std::vector<double> ticks_that_fit(double low, double high, int pixels) {
  std::vector<double> ticks = log_ticks(low, high);
  const double decade = pixels / std::log10(high / low);
  // 1, 2, 5, 10: the least distance is that of 1 and 2, or 5 and 10.
  const auto least = [&] {
    double distance = pixels;
    for (std::size_t i = 1; i < ticks.size(); ++i) {
      distance = std::min(distance, decade * std::log10(ticks[i] / ticks[i - 1]));
    }
    return distance;
  };
  while (ticks.size() > 2 && least() < kTickWidth) {
    // Whole decades are the ones to keep.
    std::vector<double> fewer;
    const bool has_decades = std::count_if(ticks.begin(), ticks.end(), is_power_of_ten) > 1;
    const bool only_decades = std::all_of(ticks.begin(), ticks.end(), is_power_of_ten);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      if (has_decades && !only_decades ? is_power_of_ten(ticks[i]) : i % 2 == 0) {
        fewer.push_back(ticks[i]);
      }
    }
    ticks = std::move(fewer);
  }
  return ticks;
}

}  // namespace

std::string plot_quoted(const std::string& text) {
  // Single quotes: gnuplot expands neither escapes nor `commands` in them.
  std::string quoted = "'";
  for (const char c : printable(text)) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

std::string plot_tick(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '%' ? std::string("%%") : std::string(1, c);
  return plot_quoted(escaped);
}

std::string plot_label(const std::string& text, const std::string& at, const std::string& style) {
  return fmt::format("set label {} at {} {} front\n", plot_quoted(text), at, style);
}

int plot_text_width(const std::string& text) {
  return static_cast<int>(display_width(text) * kCharacter);
}

int place_legend(std::vector<LegendEntry>& entries, int width) {
  constexpr int kSwatch = 22;
  constexpr int kGap = 22;
  int x = kMargin;
  int row = 0;
  for (LegendEntry& entry : entries) {
    const int needed = kSwatch + legend_text_width(entry.name);
    if (x + needed > width - kMargin && x > kMargin) {
      x = kMargin;
      ++row;
    }
    entry.x = x;
    entry.row = row;
    x += needed + kGap;
  }
  return entries.empty() ? 0 : row + 1;
}

std::string plot_rectangle(const std::string& from, const std::string& to, const std::string& color,
                           bool hatched) {
  std::string text = fmt::format(
      "set object rectangle from {} to {} fc rgb '{}' fs solid noborder\n", from, to, color);
  if (hatched) {
    text += fmt::format(
        "set object rectangle from {} to {} fc rgb '#ffffff' fs transparent pattern 5 noborder\n",
        from, to);
  }
  return text;
}

std::string Frame::screen(double px, double py) const {
  return fmt::format("screen {:.5f},screen {:.5f}", x(px), y(py));
}

std::string Frame::panel(int left, int right, int bottom, int top) const {
  return fmt::format(
      "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n"
      "set bmargin at screen {:.5f}\nset tmargin at screen {:.5f}\n",
      x(left), x(right), y(bottom), y(top));
}

std::string Frame::title(const std::string& text) const {
  if (text.empty()) return "";
  return plot_label(fit(text, width / 9), screen(kMargin, height - 22), "left font ',15'");
}

std::string Frame::legend(const std::vector<LegendEntry>& entries, int top) const {
  std::string text;
  for (const LegendEntry& entry : entries) {
    const double middle = top - kLegendRow * entry.row;
    text += plot_rectangle(screen(entry.x, middle - 7), screen(entry.x + 15, middle + 7),
                           entry.color, entry.hatched);
    text += plot_label(entry.name, screen(entry.x + 21, middle), "left font ',12'");
  }
  return text;
}

int room_for_names(const std::vector<std::string>& names, const Canvas& canvas) {
  if (canvas.narrow()) return 0;
  int room = 78;
  for (const std::string& name : names) {
    room = std::max(room, plot_text_width(fit(printable(name), kLongestName)) + 22);
  }
  // A picture that is mostly names says little.
  return canvas.width > 0 && room > canvas.width / 3 ? 0 : room;
}

std::string row_names(const std::vector<std::string>& names, const Frame& frame) {
  if (frame.names == 0) return "unset ytics\n";
  std::string text = "set ytics nomirror scale 0 (";
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ",
                        plot_tick(fit(printable(names[i]), kLongestName)), names.size() - i);
  }
  return text + ")\n";
}

std::string names_above(const std::vector<std::string>& names, const Frame& frame, double above) {
  if (frame.names > 0) return "";
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += plot_label(
        fit(printable(names[i]), std::min(kLongestName, frame.width / 8)),
        fmt::format("graph 0, first {:.3f}", static_cast<double>(names.size() - i) + above),
        "left offset character 0.3,0 font ',12'");
  }
  return text;
}

TimeAxis time_axis(double low_ns, double high_ns, int pixels, const std::string& what) {
  low_ns = std::max(low_ns, 1.0);  // a logarithm needs it
  high_ns = std::max(high_ns, low_ns);
  const TimeUnit unit = unit_for(std::sqrt(low_ns * high_ns));
  const double low = low_ns / unit.scale * 0.88;
  const double high = high_ns / unit.scale * 1.12;
  std::string ticks;
  for (const double tick : ticks_that_fit(low, high, pixels)) {
    ticks += fmt::format("{}'{}' {:.9g}", ticks.empty() ? "" : ", ", tick_label(tick), tick);
  }
  return {unit.scale,
          fmt::format("set logscale x\nset xrange [{:.9g}:{:.9g}]\nset xtics nomirror out ({})\n"
                      "set xlabel {}\n",
                      low, high, ticks,
                      plot_quoted(fmt::format("{} ({}, logarithmic)", what, unit.name)))};
}

}  // namespace coldstart::results
