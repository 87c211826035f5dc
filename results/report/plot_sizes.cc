// Latency of one function against the memory or the CPUs that it may use.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

#include "results/report/load_pictures.h"
#include "results/report/load_sections.h"
#include "results/report/palette.h"
#include "results/report/plot_frame.h"
#include "results/report/plot_units.h"

namespace coldstart::results {
namespace {

// Pixels.
constexpr int kNaturalWidth = 860;
constexpr int kTitle = 36;
constexpr int kHead = 34;  // room for what was out of memory
constexpr int kPanel = 280;
constexpr int kAxis = 62;
constexpr int kMargin = 18;

struct Range {
  double low = 0;
  double high = 0;

  void add(std::int64_t ns) {
    const double value = std::max(static_cast<double>(ns), 1.0);
    low = high == 0 ? value : std::min(low, value);
    high = std::max(high, value);
  }
};

Range range_of(const SizeSweep& sweep) {
  Range range;
  for (const SizePoint& point : sweep.points) {
    if (point.summary != nullptr && point.summary->median_ns) {
      range.add(*point.summary->median_ns);
      if (const auto& interval = point.summary->median_interval) {
        range.add(interval->low);
        range.add(interval->high);
      }
      if (point.summary->p90_ns) range.add(*point.summary->p90_ns);
    }
    if (point.load != nullptr && point.load->warm.median_ns) range.add(*point.load->warm.median_ns);
  }
  return range;
}

std::string scaled(std::int64_t ns, double scale) {
  return fmt::format("{:.6g}", static_cast<double>(ns) / scale);
}

// x, median, low, high
std::string medians(const SizeSweep& sweep, double scale) {
  std::string text = "$median << EOD\n";
  for (const SizePoint& point : sweep.points) {
    if (point.summary == nullptr || !point.summary->median_ns) continue;
    const std::int64_t median = *point.summary->median_ns;
    const auto& interval = point.summary->median_interval;
    text += fmt::format("{:.9g} {} {} {}\n", point.size, scaled(median, scale),
                        scaled(interval ? interval->low : median, scale),
                        scaled(interval ? interval->high : median, scale));
  }
  return text + "EOD\n";
}

template <typename Value>
std::string series(const char* name, const SizeSweep& sweep, double scale, Value value, bool& any) {
  std::string text = fmt::format("${} << EOD\n", name);
  for (const SizePoint& point : sweep.points) {
    const std::optional<std::int64_t> ns = value(point);
    if (!ns) continue;
    text += fmt::format("{:.9g} {}\n", point.size, scaled(*ns, scale));
    any = true;
  }
  return text + "EOD\n";
}

std::string ticks_of(const SizeSweep& sweep) {
  std::string text;
  for (const SizePoint& point : sweep.points) {
    text += fmt::format("{}'{}' {:.9g}", text.empty() ? "" : ", ",
                        format_size(sweep.key, point.size), point.size);
  }
  return text;
}

std::string latency_ticks(double low, double high) {
  std::string text;
  for (const double tick : log_ticks(low, high)) {
    text += fmt::format("{}'{}' {:.9g}", text.empty() ? "" : ", ", tick_label(tick), tick);
  }
  return text;
}

// "10 out of memory" at the top of the panel, above its size.
std::string killed(const SizeSweep& sweep, double x_low, double x_high) {
  std::string text;
  for (const SizePoint& point : sweep.points) {
    const std::size_t count = point.starts_out_of_memory + point.requests_out_of_memory;
    if (count == 0) continue;
    const double graph = std::log(point.size / x_low) / std::log(x_high / x_low);
    text += fmt::format(
        "set label {} at graph {:.5f},graph 1.06 center font ',10' tc rgb '{}' front\n",
        plot_quoted(fmt::format("{}× out of memory", count)), graph, hex(load_colors().cold));
  }
  return text;
}

}  // namespace

PlotScript size_script(const SizeSweep& sweep, const Canvas& canvas) {
  const Range range = range_of(sweep);
  const TimeUnit unit = unit_for(std::sqrt(range.low * range.high));
  const double low = range.low / unit.scale * 0.8;
  const double high = range.high / unit.scale * 1.25;
  const double x_low = sweep.points.front().size * 0.8;
  const double x_high = sweep.points.back().size * 1.25;
  bool any_p90 = false;
  bool any_warm = false;
  std::string text = medians(sweep, unit.scale);
  text += series(
      "p90", sweep, unit.scale,
      [](const SizePoint& p) { return p.summary ? p.summary->p90_ns : std::nullopt; }, any_p90);
  text += series(
      "warm", sweep, unit.scale,
      [](const SizePoint& p) { return p.load ? p.load->warm.median_ns : std::nullopt; }, any_warm);

  const LoadColors& colors = load_colors();
  std::vector<LegendEntry> legend = {{"cold starts: median, its interval", hex(colors.cold)}};
  if (any_p90) legend.push_back({"cold starts: p90, dashed", hex(colors.starting)});
  if (any_warm) legend.push_back({"warm requests: median", hex(colors.warm)});
  Frame frame;
  frame.width = canvas.width > 0 ? canvas.width : kNaturalWidth;
  const int legend_height = place_legend(legend, frame.width) * kLegendRow;
  const int title = canvas.title.empty() ? 0 : kTitle;
  const int bottom = kAxis + legend_height;
  frame.height = canvas.height > 0 ? canvas.height : title + kHead + kPanel + bottom;
  const int top = std::max(frame.height - title - kHead, bottom + 40);
  const int left = canvas.narrow() ? 62 : 90;

  text += frame.panel(left, frame.width - kMargin, bottom, top) + frame.title(canvas.title) +
          frame.legend(legend, legend_height - kLegendRow / 2) + killed(sweep, x_low, x_high);
  text += fmt::format(
      "unset key\nset border 3 lc rgb '{}'\nset tics nomirror out textcolor rgb '{}'\n"
      "set grid xtics ytics lc rgb '{}' lt 1\nset logscale xy\n",
      kBorder, kInk, kGrid);
  text +=
      fmt::format("set xrange [{:.9g}:{:.9g}]\nset xtics ({})\n", x_low, x_high, ticks_of(sweep));
  text += fmt::format("set yrange [{:.9g}:{:.9g}]\nset ytics ({})\n", low, high,
                      latency_ticks(low, high));
  text += fmt::format("set xlabel {}\nset ylabel {} font ',11'\n",
                      plot_quoted(sweep.key == "cpus" ? "CPUs of an instance (logarithmic)"
                                                      : "memory of an instance (logarithmic)"),
                      plot_quoted(fmt::format("latency ({}, logarithmic)", unit.name)));
  text += fmt::format("plot $median using 1:2:3:4 with yerrorlines lw 2.2 pt 7 ps 0.9 lc rgb '{}'",
                      hex(colors.cold));
  if (any_p90) {
    text += fmt::format(", $p90 using 1:2 with linespoints lw 1.8 dt (5,3) pt 6 ps 0.8 lc rgb '{}'",
                        hex(colors.starting));
  }
  if (any_warm) {
    text += fmt::format(", $warm using 1:2 with linespoints lw 2 pt 5 ps 0.8 lc rgb '{}'",
                        hex(colors.warm));
  }
  return {text + '\n', frame.width, frame.height};
}

}  // namespace coldstart::results
