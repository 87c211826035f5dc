#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "results/report/palette.h"
#include "results/report/plot_script.h"
#include "results/report/plot_units.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr double kCharacter = 8.0;  // pixels
constexpr int kLongestName = 44;
constexpr int kLeft = 100;
constexpr int kPlot = 720;
constexpr int kTop = 62;
constexpr int kBottom = 62;
constexpr int kLegendRow = 23;
constexpr int kSample = 62;           // the piece of line in the legend
constexpr std::size_t kSteps = 2000;  // more are not visible, and make the SVG large
constexpr std::array<const char*, 5> kDashes = {"1", "(10,3)", "(5,2)", "(10,2,3,2)", "(2,1.5)"};

std::string legend_name(const EcdfLine& line) {
  return fmt::format("{} (n = {})", fit(printable(line.function), kLongestName),
                     line.sorted_ns.size());
}

// The steps as a data block. A step that is left out (beyond kSteps) moves the line by less than a
// pixel.
std::string data_of(const EcdfLine& line, std::size_t index, double scale) {
  const std::size_t n = line.sorted_ns.size();
  std::string text = fmt::format("$line{} << EOD\n{:.6f} 0\n", index,
                                 static_cast<double>(line.sorted_ns.front()) / scale);
  const std::size_t stride = (n + kSteps - 1) / kSteps;
  for (std::size_t i = 0; i < n; i += stride) {
    const std::size_t rank = std::min(i + stride, n);
    text += fmt::format("{:.6f} {:.6f}\n", static_cast<double>(line.sorted_ns[rank - 1]) / scale,
                        static_cast<double>(rank) / static_cast<double>(n));
  }
  return text + "EOD\n";
}

std::string ticks_of(double low, double high) {
  std::string text;
  for (const double tick : log_ticks(low, high)) {
    text += fmt::format("{}'{}' {:.9g}", text.empty() ? "" : ", ", tick_label(tick), tick);
  }
  return text;
}

}  // namespace

PlotScript ecdf_script(const std::vector<EcdfLine>& lines, const std::string& title) {
  double low_ns = static_cast<double>(lines.front().sorted_ns.front());
  double high_ns = low_ns;
  int names = 0;
  for (const EcdfLine& line : lines) {
    low_ns = std::min(low_ns, static_cast<double>(line.sorted_ns.front()));
    high_ns = std::max(high_ns, static_cast<double>(line.sorted_ns.back()));
    names = std::max(names, static_cast<int>(display_width(legend_name(line)) * kCharacter));
  }
  low_ns = std::max(low_ns, 1.0);  // a logarithm needs it
  high_ns = std::max(high_ns, low_ns);
  const TimeUnit unit = unit_for(std::sqrt(low_ns * high_ns));
  const double low = low_ns / unit.scale * 0.88;
  const double high = high_ns / unit.scale * 1.12;

  const int right = kLeft + kPlot;
  const int width = right + 20 + kSample + names + 16;
  const int height = std::max(460, kTop + kBottom + kLegendRow * static_cast<int>(lines.size()));
  const auto x = [&](int pixels) { return static_cast<double>(pixels) / width; };
  const auto y = [&](int pixels) { return static_cast<double>(pixels) / height; };

  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) text += data_of(lines[i], i, unit.scale);
  text += fmt::format(
      "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n"
      "set bmargin at screen {:.5f}\nset tmargin at screen {:.5f}\n",
      x(kLeft), x(right), y(kBottom), y(height - kTop));
  text += fmt::format("set label {} at screen {:.5f},screen {:.5f} left font ',15' front\n",
                      plot_quoted(fit(title, width / 11)), x(20), y(height - 26));
  text += fmt::format(
      "set key at screen {:.5f},screen {:.5f} left top Left reverse vertical maxcols 1\n",
      x(right + 12), y(height - kTop + 6));
  text += "set key samplen 3.2 spacing 1.3 noenhanced\n";
  text += "set border 3 lc rgb '#707070'\nset tics nomirror out textcolor rgb '#000000'\n";
  text += "set grid xtics ytics lc rgb '#dddddd' lt 1\nset logscale x\n";
  text +=
      fmt::format("set xrange [{:.9g}:{:.9g}]\nset xtics ({})\n", low, high, ticks_of(low, high));
  text +=
      "set yrange [0:1.02]\nset ytics ('0 %%' 0, '25 %%' 0.25, '50 %%' 0.5, '75 %%' 0.75, '100 %%' "
      "1)\n";
  text += fmt::format(
      "set xlabel {}\n",
      plot_quoted(fmt::format("time from due to first response ({}, logarithmic)", unit.name)));
  text += "set ylabel 'starts that have responded'\nplot ";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += fmt::format("{}$line{} using 1:2 with steps lw 2.2 lc rgb '{}' dt {} title {}",
                        i == 0 ? "" : ", ", i, hex(series_color(i)), kDashes[i % kDashes.size()],
                        plot_quoted(legend_name(lines[i])));
  }
  return {text + '\n', width, height};
}

std::string plot_quoted(const std::string& text) {
  // Single quotes: gnuplot expands neither escapes nor `commands` in them.
  std::string quoted = "'";
  for (const char c : printable(text)) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

}  // namespace coldstart::results
