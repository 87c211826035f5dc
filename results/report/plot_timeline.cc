// The timeline of one function under one load: requests due, instances, latency, on one axis.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "results/report/cells.h"
#include "results/report/load_plots.h"
#include "results/report/load_sections.h"
#include "results/report/palette.h"
#include "results/report/plot_script.h"
#include "results/report/plot_units.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

// Pixels.
constexpr int kLeft = 96;
constexpr int kPlot = 760;
constexpr int kLegend = 190;
constexpr int kTitle = 74;
constexpr int kArrivals = 110;
constexpr int kInstances = 110;
constexpr int kLatency = 270;
constexpr int kGap = 30;
constexpr int kAxis = 62;
constexpr int kWidth = kLeft + kPlot + kLegend;
constexpr int kHeight = kTitle + kArrivals + kGap + kInstances + kGap + kLatency + kAxis;

constexpr double kBins = 120;          // of the arrivals, at most
constexpr std::size_t kColumns = 400;  // of the picture, in which points are thinned
constexpr double kSecond = 1e9;

struct Point {
  double x = 0;
  double y = 0;
};

/// What is drawn, in seconds and nanoseconds.
struct Drawn {
  std::vector<Point> cold;
  std::vector<Point> warm;
  std::vector<double> unanswered;
  std::vector<double> due;  // all of them
  double end = 0;           // of the time axis
  double low = 0;           // of the latencies
  double high = 0;
};

Drawn drawn_of(const Run& run, const LoadSummary& of) {
  Drawn drawn;
  for (const Invocation& r : run.invocations) {
    if (r.load != of.load || r.function != of.function) continue;
    const double due = static_cast<double>(r.due_ns) / kSecond;
    drawn.due.push_back(due);
    const auto latency = r.first_byte_ns ? r.first_byte_ns : r.done_ns;
    drawn.end = std::max(drawn.end, due);
    if (r.outcome != Outcome::kOk || !latency) {
      drawn.unanswered.push_back(due);
      continue;
    }
    const double y = std::max(static_cast<double>(*latency), 1.0);
    (r.cold ? drawn.cold : drawn.warm).push_back({due, y});
    drawn.low = drawn.low == 0 ? y : std::min(drawn.low, y);
    drawn.high = std::max(drawn.high, y);
  }
  if (const auto& duration = run.loads[of.load].duration_ns) {
    drawn.end = std::max(drawn.end, static_cast<double>(*duration) / kSecond);
  }
  if (drawn.end <= 0) drawn.end = 1;
  return drawn;
}

// In each column of the picture the lowest, the middle and the highest: what is left out lies
// between them.
bool thin(std::vector<Point>& points, double end) {
  if (points.size() <= 3 * kColumns) return false;
  std::vector<Point> kept;
  std::size_t first = 0;  // points are in order of x
  for (std::size_t column = 1; column <= kColumns; ++column) {
    const double until = end * static_cast<double>(column) / kColumns;
    std::size_t last = first;
    while (last < points.size() && (points[last].x < until || column == kColumns)) ++last;
    const auto begin = points.begin() + static_cast<std::ptrdiff_t>(first);
    const auto stop = points.begin() + static_cast<std::ptrdiff_t>(last);
    std::sort(begin, stop, [](const Point& a, const Point& b) { return a.y < b.y; });
    const std::size_t n = last - first;
    if (n > 0) kept.push_back(points[first]);
    if (n > 2) kept.push_back(points[first + n / 2]);
    if (n > 1) kept.push_back(points[last - 1]);
    first = last;
  }
  points = std::move(kept);
  return true;
}

// A round width of which about kBins fit into the axis.
double bin_width(double end) {
  const double rough = end / kBins;
  const double decade = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (decade * factor >= rough) return decade * factor;
  }
  return decade * 10;
}

std::string histogram(const char* name, const std::vector<double>& times, double end,
                      double width) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(std::ceil(end / width)) + 1);
  for (const double at : times) ++counts[static_cast<std::size_t>(at / width)];
  std::string text = fmt::format("${} << EOD\n", name);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    text += fmt::format("{:.6g} {:.6g}\n", (static_cast<double>(i) + 0.5) * width,
                        static_cast<double>(counts[i]) / width);
  }
  return text + "EOD\n";
}

// Steps that move the picture by less than a pixel are left out, but for the highest of them.
std::string steps(const char* name, const std::vector<Step>& steps, double end) {
  const double pixel = end / kPlot;
  std::string text = fmt::format("${} << EOD\n", name);
  double drawn_at = -pixel;
  int held = -1;
  int last = 0;
  for (const Step& step : steps) {
    const double at = static_cast<double>(step.at_ns) / kSecond;
    if (at > end) break;
    last = step.count;
    if (at - drawn_at < pixel / 2) {
      held = std::max(held, step.count);
      continue;
    }
    if (held >= 0) text += fmt::format("{:.6g} {}\n", drawn_at, held);
    text += fmt::format("{:.6g} {}\n", at, step.count);
    drawn_at = at;
    held = -1;
  }
  return text + fmt::format("{:.6g} {}\nEOD\n", end, last);
}

std::string points(const char* name, const std::vector<Point>& points, double scale) {
  std::string text = fmt::format("${} << EOD\n", name);
  for (const Point& point : points)
    text += fmt::format("{:.6g} {:.6g}\n", point.x, point.y / scale);
  return text + "EOD\n";
}

std::string marks(const std::vector<double>& times, double end, double y) {
  std::vector<Point> at;
  const double pixel = end / kPlot;
  for (const double time : times) {
    if (at.empty() || time - at.back().x >= pixel) at.push_back({time, y});
  }
  return points("unanswered", at, 1);
}

double x_of(int pixels) { return static_cast<double>(pixels) / kWidth; }
double y_of(int pixels_from_top) { return 1 - static_cast<double>(pixels_from_top) / kHeight; }

std::string panel(int top, int height) {
  return fmt::format(
      "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n"
      "set tmargin at screen {:.5f}\nset bmargin at screen {:.5f}\n"
      "set key at screen {:.5f},screen {:.5f} left top Left reverse vertical maxcols 1\n",
      x_of(kLeft), x_of(kLeft + kPlot), y_of(top), y_of(top + height), x_of(kLeft + kPlot + 12),
      y_of(top - 4));
}

std::string count_ticks(double high) {
  // Whole numbers only: there is no half an instance.
  const double step = high <= 5 ? 1 : std::ceil(high / 4);
  return fmt::format("set yrange [0:{:.6g}]\nset ytics 0,{:.6g}\n", high * 1.08, step);
}

std::string latency_axis(double low, double high) {
  std::string ticks;
  for (const double tick : log_ticks(low, high)) {
    ticks += fmt::format("{}'{}' {:.9g}", ticks.empty() ? "" : ", ", tick_label(tick), tick);
  }
  return fmt::format("set logscale y\nset yrange [{:.9g}:{:.9g}]\nset ytics ({})\n", low, high,
                     ticks);
}

std::string legend_entry(const char* what, std::size_t n) {
  return plot_quoted(fmt::format("{} ({})", what, format_count(static_cast<std::int64_t>(n))));
}

std::string label(const std::string& text, int x, int top, const char* how) {
  return fmt::format("set label {} at screen {:.5f},screen {:.5f} left {} front\n",
                     plot_quoted(text), x_of(x), y_of(top), how);
}

}  // namespace

PlotScript timeline_script(const Run& run, const LoadSummary& of, const std::string& title) {
  const LoadColors& colors = load_colors();
  Drawn drawn = drawn_of(run, of);
  const std::size_t cold = drawn.cold.size();
  const std::size_t warm = drawn.warm.size();
  bool thinned = thin(drawn.warm, drawn.end);
  thinned = thin(drawn.cold, drawn.end) || thinned;
  const double width = bin_width(drawn.end);
  const TimeUnit unit = unit_for(drawn.high > 0 ? std::sqrt(drawn.low * drawn.high) : 1e6);
  const double low = drawn.high > 0 ? drawn.low / unit.scale * 0.6 : 0.1;
  const double high = drawn.high > 0 ? drawn.high / unit.scale * 1.5 : 10;
  const auto most = static_cast<double>(std::max<std::size_t>(of.max_instances, 1));
  const double time_scale = run.loads[of.load].time_scale;

  std::string text = histogram("due", drawn.due, drawn.end, width) +
                     histogram("lost", drawn.unanswered, drawn.end, width) +
                     steps("alive", instances_over_time(run, of.load, of.function), drawn.end) +
                     steps("starting", starting_over_time(run, of.load, of.function), drawn.end) +
                     points("warm", drawn.warm, unit.scale) +
                     points("cold", drawn.cold, unit.scale) +
                     marks(drawn.unanswered, drawn.end, low * 1.15);
  text += fmt::format(
      "set multiplot\nset border 3 lc rgb '#707070'\nset tics nomirror out textcolor rgb "
      "'#000000'\nset grid xtics ytics lc rgb '#dddddd' lt 1\nset xrange [0:{:.9g}]\n"
      "set key samplen 1.6 spacing 1.3 noenhanced\nset style fill solid noborder\n",
      drawn.end);
  text += label(fit(title, kWidth / 11), 20, 26, "font ',15'");
  std::string about = "latency counts from due; cold: the request waited for an instance to start";
  if (thinned) about += "; points are thinned to the lowest, middle and highest of each moment";
  text += label(about, 20, 50, "font ',10' tc rgb '#505050'");

  int top = kTitle;
  text += panel(top, kArrivals) + "set format x ''\nset ylabel 'due a second'\nset yrange [0:*]\n";
  text += "set ytics autofreq\n";
  text += fmt::format(
      "plot $due using 1:2 with boxes fs solid lc rgb '{}' title {}, $lost using 1:2 with boxes fs "
      "solid lc rgb '{}' title {}\nunset label\n",
      hex(colors.due), legend_entry("due", drawn.due.size()), hex(colors.unanswered),
      legend_entry("not answered", drawn.unanswered.size()));

  top += kArrivals + kGap;
  text += panel(top, kInstances) + "set ylabel 'instances'\n" + count_ticks(most);
  text += fmt::format(
      "plot $alive using 1:2 with steps lw 2 lc rgb '{}' title 'alive', $starting using 1:2 with "
      "fillsteps fs solid lc rgb '{}' title 'starting'\n",
      hex(colors.alive), hex(colors.starting));

  top += kInstances + kGap;
  text += panel(top, kLatency) + "set format x '%g'\n" + latency_axis(low, high);
  text += fmt::format("set ylabel {}\nset xlabel {}\n",
                      plot_quoted(fmt::format("latency ({}, logarithmic)", unit.name)),
                      plot_quoted("time since the load began (s)" + time_scale_suffix(time_scale)));
  text += fmt::format(
      "plot $warm using 1:2 with points pt 7 ps 0.35 lc rgb '{}' title {}, $cold using 1:2 with "
      "points pt 9 ps 0.9 lc rgb '{}' title {}, $unanswered using 1:2 with points pt 2 ps 0.7 lw "
      "1.4 lc rgb '{}' title {}\nunset multiplot\n",
      hex(colors.warm), legend_entry("warm", warm), hex(colors.cold), legend_entry("cold", cold),
      hex(colors.unanswered), legend_entry("not answered", drawn.unanswered.size()));
  return {text, kWidth, kHeight};
}

}  // namespace coldstart::results
