#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "results/report/palette.h"
#include "results/report/plot_frame.h"
#include "results/report/plot_script.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr double kCharacter = 8.0;  // pixels
constexpr int kLeft = 86;
constexpr int kNarrowLeft = 64;  // without the name of the axis
constexpr int kNaturalPlot = 700;
constexpr int kTitle = 34;
constexpr int kTop = 16;
constexpr int kBottom = 62;
constexpr int kLegendLine = 22;
constexpr int kSample = 56;  // the piece of line in the legend
constexpr int kNaturalHeight = 400;
constexpr std::array<const char*, 5> kDashes = {"1", "(10,3)", "(5,2)", "(10,2,3,2)", "(2,1.5)"};

// `longest`: characters of the name alone.
std::string legend_name(const SampleLine& line, int longest) {
  return fit(printable(line.function), longest) + fmt::format(" (n = {})", line.sorted_ns.size());
}

// The steps as a data block; beyond `most`, several samples share one.
std::string data_of(const SampleLine& line, std::size_t index, double scale, std::size_t most) {
  const std::size_t n = line.sorted_ns.size();
  std::string text = fmt::format("$line{} << EOD\n{:.6g} 0\n", index,
                                 static_cast<double>(line.sorted_ns.front()) / scale);
  const std::size_t stride = (n + most - 1) / most;
  for (std::size_t i = 0; i < n; i += stride) {
    const std::size_t rank = std::min(i + stride, n);
    text += fmt::format("{:.6g} {:.6g}\n", static_cast<double>(line.sorted_ns[rank - 1]) / scale,
                        static_cast<double>(rank) / static_cast<double>(n));
  }
  return text + "EOD\n";
}

/// The plot and its legend: beside it, or below it where the picture is narrow.
struct Layout {
  Frame frame;
  int left = kLeft, right = 0, bottom = kBottom, top = 0;
  int key_x = 0, key_y = 0;
  int name_characters = 0;
};

Layout layout_of(const std::vector<SampleLine>& lines, const Canvas& canvas) {
  int characters = 0;
  for (const SampleLine& line : lines) {
    characters = std::max(characters, display_width(legend_name(line, kLongestName)));
  }
  const int legend_width = kSample + static_cast<int>(characters * kCharacter);
  const int legend_height = kLegendLine * static_cast<int>(lines.size());
  const int title = canvas.title.empty() ? 0 : kTitle;
  Layout at;
  at.name_characters = kLongestName;
  const bool below = canvas.narrow() || (canvas.width > 0 && legend_width > canvas.width / 3);
  if (below) {
    at.frame.width = canvas.width;
    if (canvas.narrow()) at.left = kNarrowLeft;
    constexpr int kCount = 11;  // " (n = 1234)"
    at.name_characters = std::min(
        kLongestName,
        std::max(static_cast<int>((canvas.width - kSample - 24) / kCharacter) - kCount, 8));
    at.right = canvas.width - 16;
    at.bottom = kBottom + legend_height + 10;
    at.frame.height = canvas.height > 0 ? canvas.height : at.bottom + 260 + kTop + title;
    at.key_x = 4;
    at.key_y = legend_height + 6;
  } else {
    at.frame.width =
        canvas.width > 0 ? canvas.width : kLeft + kNaturalPlot + 20 + legend_width + 12;
    at.right = at.frame.width - 20 - legend_width - 12;
    at.frame.height = canvas.height > 0
                          ? canvas.height
                          : title + std::max(kNaturalHeight, kTop + kBottom + legend_height);
    at.key_x = at.right + 10;
    at.key_y = at.frame.height - title - kTop + 6;
  }
  at.top = std::max(at.frame.height - title - kTop, at.bottom + 40);
  return at;
}

}  // namespace

PlotScript ecdf_script(const std::vector<SampleLine>& lines, const Canvas& canvas,
                       std::size_t most_steps) {
  auto low_ns = static_cast<double>(lines.front().sorted_ns.front());
  double high_ns = low_ns;
  for (const SampleLine& line : lines) {
    low_ns = std::min(low_ns, static_cast<double>(line.sorted_ns.front()));
    high_ns = std::max(high_ns, static_cast<double>(line.sorted_ns.back()));
  }
  const Layout at = layout_of(lines, canvas);
  const Frame& frame = at.frame;
  const TimeAxis axis =
      time_axis(low_ns, high_ns, at.right - at.left,
                canvas.narrow() ? "time to first response" : "time from due to first response");

  std::string text;
  const std::size_t most = std::max<std::size_t>(canvas.narrow() ? most_steps / 2 : most_steps, 1);
  for (std::size_t i = 0; i < lines.size(); ++i) text += data_of(lines[i], i, axis.scale, most);
  text += frame.panel(at.left, at.right, at.bottom, at.top) + frame.title(canvas.title);
  text += fmt::format("set key at {} left top Left reverse vertical maxcols 1\n",
                      frame.screen(at.key_x, at.key_y));
  text += "set key samplen 2.8 spacing 1.2 noenhanced\n";
  text += fmt::format("set border 3 lc rgb '{}'\nset tics textcolor rgb '{}'\n", kBorder, kInk);
  text += fmt::format("set grid xtics ytics lc rgb '{}' lt 1\n", kGrid) + axis.commands;
  text +=
      "set yrange [0:1.02]\nset ytics nomirror out ('0 %%' 0, '25 %%' 0.25, '50 %%' 0.5, '75 %%' "
      "0.75, '100 %%' 1)\n";
  if (!canvas.narrow()) text += "set ylabel 'starts that have responded'\n";
  text += "plot ";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += fmt::format("{}$line{} using 1:2 with steps lw 2 lc rgb '{}' dt {} title {}",
                        i == 0 ? "" : ", ", i, hex(series_color(i)), kDashes[i % kDashes.size()],
                        plot_quoted(legend_name(lines[i], at.name_characters)));
  }
  return {text + '\n', frame.width, frame.height};
}

}  // namespace coldstart::results
