#include <algorithm>
#include <fmt/format.h>

#include "results/report/palette.h"
#include "results/report/plot_frame.h"
#include "results/report/plot_script.h"
#include "results/report/text.h"
#include "results/statistics/density.h"
#include "results/statistics/quantile.h"

namespace coldstart::results {
namespace {

constexpr int kTitle = 34;
constexpr int kHead = 12;
constexpr int kRow = 58;
constexpr int kTallRow = 78;
constexpr int kAxis = 66;
constexpr int kMargin = 20;
constexpr int kNaturalPlot = 760;
constexpr std::size_t kCurvePoints = 120;
// Of a row, from its middle: where curve and ticks stand.
constexpr double kBase = -0.12;
constexpr double kTickTop = -0.19;
constexpr double kTickBottom = -0.4;

std::vector<std::string> names_of(const std::vector<SampleLine>& lines) {
  std::vector<std::string> names;
  for (const SampleLine& line : lines) names.push_back(line.function);
  return names;
}

// The samples to draw: all, or `most` (two or more) evenly by rank, with the first and the last.
std::vector<std::int64_t> drawn(const std::vector<std::int64_t>& sorted, std::size_t most) {
  if (sorted.size() <= most) return sorted;
  std::vector<std::int64_t> some;
  for (std::size_t i = 0; i < most; ++i) {
    some.push_back(sorted[i * (sorted.size() - 1) / (most - 1)]);
  }
  return some;
}

// The data of a row: its curve, its ticks, and its median with the interval.
std::string data_of(const SampleLine& line, const std::vector<DensityPoint>& density,
                    std::size_t index, double y, double height, double scale,
                    std::size_t most_ticks) {
  std::string curve = fmt::format("$curve{} << EOD\n", index);
  double peak = 0;
  for (const DensityPoint& point : density) peak = std::max(peak, point.density);
  for (const DensityPoint& point : density) {
    curve +=
        fmt::format("{:.6g} {:.4f}\n", point.ns / scale, y + kBase + height * point.density / peak);
  }
  if (density.empty()) curve += "NaN NaN\n";
  std::string ticks = fmt::format("$ticks{} << EOD\n", index);
  for (const std::int64_t ns : drawn(line.sorted_ns, most_ticks)) {
    ticks += fmt::format("{:.6g} {:.4f}\n", static_cast<double>(ns) / scale, y + kTickBottom);
  }
  const auto interval = median_interval(line.sorted_ns, kConfidence);
  const double median = quantile(line.sorted_ns, 0.5);
  std::string middle =
      fmt::format("$median{} << EOD\n{:.6g} {:.4f} {:.6g} {:.6g}\n", index, median / scale,
                  y + kBase, (interval ? static_cast<double>(interval->low) : median) / scale,
                  (interval ? static_cast<double>(interval->high) : median) / scale);
  return curve + "EOD\n" + ticks + "EOD\n" + middle + "EOD\n";
}

}  // namespace

PlotScript density_script(const std::vector<SampleLine>& lines, const Canvas& canvas,
                          std::size_t most_ticks) {
  auto low_ns = static_cast<double>(lines.front().sorted_ns.front());
  double high_ns = low_ns;
  std::vector<std::vector<DensityPoint>> densities;
  for (const SampleLine& line : lines) {
    low_ns = std::min(low_ns, static_cast<double>(line.sorted_ns.front()));
    high_ns = std::max(high_ns, static_cast<double>(line.sorted_ns.back()));
    densities.push_back(log_density(line.sorted_ns, kCurvePoints));
  }
  // Room for the ends of the curves, but not for those of a far outlier.
  constexpr double kMostRoom = 2;
  const double lowest = low_ns;
  const double highest = high_ns;
  for (const auto& density : densities) {
    if (density.empty()) continue;
    low_ns = std::min(low_ns, std::max(density.front().ns, lowest / kMostRoom));
    high_ns = std::max(high_ns, std::min(density.back().ns, highest * kMostRoom));
  }
  const auto names = names_of(lines);
  Frame frame;
  frame.names = room_for_names(names, canvas);
  const int left = frame.names > 0 ? frame.names : kMargin;
  frame.width = canvas.width > 0 ? canvas.width : left + kNaturalPlot + kMargin;
  const int right = frame.width - kMargin;
  const int title = canvas.title.empty() ? 0 : kTitle;
  const int natural = frame.names == 0 ? kTallRow : kRow;
  frame.height = canvas.height > 0
                     ? canvas.height
                     : title + kHead + kAxis + natural * static_cast<int>(lines.size());
  const int top = std::max(frame.height - title - kHead, kAxis + 20);
  const TimeAxis axis =
      time_axis(low_ns, high_ns, right - left,
                canvas.narrow() ? "time to first response" : "time from due to first response");
  const double height = frame.names == 0 ? 0.4 : 0.58;

  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += data_of(lines[i], densities[i], i, static_cast<double>(lines.size() - i), height,
                    axis.scale, most_ticks);
  }
  text += frame.panel(left, right, kAxis, top) + frame.title(canvas.title);
  text += fmt::format(
      "unset key\nset border 1 lc rgb '{}'\nset tics textcolor rgb '{}'\n"
      "set grid xtics lc rgb '{}' lt 1\nset yrange [0.5:{}.52]\n",
      kBorder, kInk, kGrid, lines.size());
  text += axis.commands + row_names(names, frame) + names_above(names, frame, 0.4) + "plot ";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string color = hex(series_color(i));
    const auto y = static_cast<double>(lines.size() - i);
    text += fmt::format(
        "{0}$curve{1} using 1:2 with filledcurves y1={2:.3f} fs solid 0.35 lc rgb '{3}' notitle, "
        "$curve{1} using 1:2 with lines lw 1.5 lc rgb '{3}' notitle, "
        "$ticks{1} using 1:2:(0):({4:.3f}) with vectors nohead lw 0.8 lc rgb '{3}' notitle, "
        "$median{1} using 3:2:($4-$3):(0) with vectors nohead lw 4 lc rgb '{5}' notitle, "
        "$median{1} using 1:2 with points pt 7 ps 0.7 lc rgb '{5}' notitle",
        i == 0 ? "" : ", ", i, y + kBase, color, kTickTop - kTickBottom, kInk);
  }
  return {text + '\n', frame.width, frame.height};
}

}  // namespace coldstart::results
