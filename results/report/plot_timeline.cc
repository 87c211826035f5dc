// The timeline of one function under one load: requests due, instances, latency, on one axis.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "results/report/cells.h"
#include "results/report/load_pictures.h"
#include "results/report/palette.h"
#include "results/report/plot_frame.h"
#include "results/report/plot_units.h"

namespace coldstart::results {
namespace {

// Pixels.
constexpr int kNaturalWidth = 980;
constexpr int kTitle = 36;
constexpr int kHead = 14;
constexpr int kArrivals = 100;
constexpr int kInstances = 100;
constexpr int kLatency = 250;
constexpr int kGap = 26;
constexpr int kAxis = 62;
constexpr int kMargin = 18;
constexpr int kLeast = 40;  // of a panel

constexpr double kBins = 120;  // of the requests due, at most
constexpr double kSecond = 1e9;
constexpr std::size_t kMany = 300;  // points, that are drawn smaller

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
    drawn.end = std::max(drawn.end, due + static_cast<double>(r.done_ns.value_or(0)) / kSecond);
    if (r.outcome != Outcome::kOk || !latency) {
      drawn.unanswered.push_back(due);
      continue;
    }
    const double y = std::max(static_cast<double>(*latency), 1.0);
    (r.cold ? drawn.cold : drawn.warm).push_back({due, y});
    drawn.low = drawn.low == 0 ? y : std::min(drawn.low, y);
    drawn.high = std::max(drawn.high, y);
  }
  if (drawn.end <= 0) drawn.end = 1;
  return drawn;
}

// In each column of the picture the lowest, the middle and the highest: what is left out lies
// between them.
bool thin(std::vector<Point>& points, double end, std::size_t columns) {
  if (points.size() <= 3 * columns) return false;
  std::vector<Point> kept;
  std::size_t first = 0;  // points are in order of x
  for (std::size_t column = 1; column <= columns; ++column) {
    const double until = end * static_cast<double>(column) / static_cast<double>(columns);
    std::size_t last = first;
    while (last < points.size() && (points[last].x < until || column == columns)) ++last;
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

// The next 1, 2 or 5 times a power of ten.
double round_up(double rough) {
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
    // An empty block of data is an error to gnuplot: one bar may be of no height.
    if (counts[i] == 0 && i > 0) continue;
    text += fmt::format("{:.6g} {:.6g}\n", (static_cast<double>(i) + 0.5) * width,
                        static_cast<double>(counts[i]) / width);
  }
  return text + "EOD\n";
}

// Of the steps within one pixel the highest count is drawn, then the last one: a peak stays
// visible, and does not outlive itself.
std::string steps(const char* name, const std::vector<Step>& steps, double end, double pixel) {
  std::string text = fmt::format("${} << EOD\n", name);
  int last = 0;
  for (std::size_t i = 0; i < steps.size();) {
    const double at = static_cast<double>(steps[i].at_ns) / kSecond;
    if (at > end) break;
    int highest = steps[i].count;
    for (; i < steps.size() && static_cast<double>(steps[i].at_ns) / kSecond < at + pixel; ++i) {
      highest = std::max(highest, steps[i].count);
      last = steps[i].count;
    }
    text += fmt::format("{:.6g} {}\n", at, highest);
    if (last != highest) text += fmt::format("{:.6g} {}\n", std::min(at + pixel, end), last);
  }
  return text + fmt::format("{:.6g} {}\nEOD\n", end, last);
}

std::string points(const char* name, const std::vector<Point>& points, double scale) {
  std::string text = fmt::format("${} << EOD\n", name);
  for (const Point& point : points)
    text += fmt::format("{:.6g} {:.6g}\n", point.x, point.y / scale);
  return text + "EOD\n";
}

std::string marks(const std::vector<double>& times, double pixel, double y) {
  std::vector<Point> at;
  for (const double time : times) {
    if (at.empty() || time - at.back().x >= pixel) at.push_back({time, y});
  }
  return points("unanswered", at, 1);
}

std::string count_ticks(double high) {
  // Whole numbers only, and round ones: there is no half an instance.
  const double step = high <= 5 ? 1 : std::ceil(round_up(high / 4));
  return fmt::format("set yrange [0:{:.6g}]\nset ytics 0,{:.6g}\n", high * 1.08, step);
}

// Four of them or fewer, at round numbers.
std::string rate_ticks(const std::vector<double>& times, double end, double width) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(std::ceil(end / width)) + 1);
  std::size_t most = 1;
  for (const double at : times) {
    most = std::max(most, ++counts[static_cast<std::size_t>(at / width)]);
  }
  // Not by the data: the last bar may end beyond the last request, and would not count.
  const double high = static_cast<double>(most) / width;
  return fmt::format("set yrange [0:{:.9g}]\nset ytics 0,{:.6g}\n", high * 1.05,
                     round_up(high / 4));
}

std::string latency_axis(double low, double high) {
  std::string ticks;
  for (const double tick : log_ticks(low, high)) {
    ticks += fmt::format("{}'{}' {:.9g}", ticks.empty() ? "" : ", ", tick_label(tick), tick);
  }
  return fmt::format("set logscale y\nset yrange [{:.9g}:{:.9g}]\nset ytics ({})\n", low, high,
                     ticks);
}

std::string counted(const char* what, std::size_t n) {
  return fmt::format("{} ({})", what, format_count(static_cast<std::int64_t>(n)));
}

struct Layout {
  Frame frame;
  int left = 0, right = 0;
  int arrivals_top = 0, arrivals_bottom = 0;
  int instances_top = 0, instances_bottom = 0;
  int latency_top = 0, latency_bottom = 0;
  int legend_top = 0;
};

Layout layout_of(std::vector<LegendEntry>& legend, const Canvas& canvas) {
  Layout at;
  at.frame.width = canvas.width > 0 ? canvas.width : kNaturalWidth;
  at.left = 86;  // four digits and, beside them, what they are
  at.right = at.frame.width - kMargin;
  const int legend_height = place_legend(legend, at.frame.width) * kLegendRow;
  const int title = canvas.title.empty() ? 0 : kTitle;
  const int around = title + kHead + 2 * kGap + kAxis + legend_height;
  at.frame.height = canvas.height > 0 ? canvas.height : around + kArrivals + kInstances + kLatency;
  const int room = std::max(at.frame.height - around, 4 * kLeast);
  const int small = room * kArrivals / (kArrivals + kInstances + kLatency);
  at.arrivals_top = at.frame.height - title - kHead;
  at.arrivals_bottom = at.arrivals_top - small;
  at.instances_top = at.arrivals_bottom - kGap;
  at.instances_bottom = at.instances_top - small;
  at.latency_top = at.instances_bottom - kGap;
  at.latency_bottom = kAxis + legend_height;
  at.legend_top = legend_height - kLegendRow / 2;
  return at;
}

std::string panel(const Layout& at, int bottom, int top, const std::string& name) {
  return at.frame.panel(at.left, at.right, bottom, top) +
         fmt::format("set ylabel {} font ',11'\n", plot_quoted(name));
}

}  // namespace

PlotScript timeline_script(const Run& run, const LoadSummary& of, const Canvas& canvas,
                           std::size_t columns) {
  const LoadColors& colors = load_colors();
  Drawn drawn = drawn_of(run, of);
  std::vector<LegendEntry> legend = {
      {counted("due", drawn.due.size()), hex(colors.due)},
      {"instances alive", hex(colors.alive)},
      {"of these starting", hex(colors.starting)},
      {counted("warm", drawn.warm.size()), hex(colors.warm)},
      {counted("cold, triangles", drawn.cold.size()), hex(colors.cold)},
      {counted("not answered", drawn.unanswered.size()), hex(colors.unanswered)}};
  const Layout at = layout_of(legend, canvas);
  if (canvas.narrow()) columns /= 2;
  thin(drawn.warm, drawn.end, columns);
  thin(drawn.cold, drawn.end, columns);
  const double width = round_up(drawn.end / kBins);
  const double pixel = drawn.end / std::max(at.right - at.left, 1);
  const TimeUnit unit = unit_for(drawn.high > 0 ? std::sqrt(drawn.low * drawn.high) : 1e6);
  const double low = drawn.high > 0 ? drawn.low / unit.scale * 0.6 : 0.1;
  const double high = drawn.high > 0 ? drawn.high / unit.scale * 1.5 : 10;
  const auto most = static_cast<double>(std::max<std::size_t>(of.max_instances, 1));

  std::string text =
      histogram("due", drawn.due, drawn.end, width) +
      histogram("lost", drawn.unanswered, drawn.end, width) +
      steps("alive", instances_over_time(run, of.load, of.function), drawn.end, pixel) +
      steps("starting", starting_over_time(run, of.load, of.function), drawn.end, pixel) +
      points("warm", drawn.warm, unit.scale) + points("cold", drawn.cold, unit.scale) +
      marks(drawn.unanswered, pixel, low * 1.15);
  text += fmt::format(
      "set multiplot\nset border 3 lc rgb '{}'\nset tics nomirror out textcolor rgb '{}'\n"
      "set grid xtics ytics lc rgb '{}' lt 1\nset xrange [0:{:.9g}]\nunset key\n"
      "set style fill solid noborder\nset boxwidth {:.9g} absolute\n",
      kBorder, kInk, kGrid, drawn.end, width);
  text += at.frame.title(canvas.title) + at.frame.legend(legend, at.legend_top);

  text += panel(at, at.arrivals_bottom, at.arrivals_top, "due / s");
  text += "set format x ''\n" + rate_ticks(drawn.due, drawn.end, width);
  text += fmt::format(
      "plot $due using 1:2 with boxes lc rgb '{}', $lost using 1:2 with boxes lc rgb '{}'\n"
      "unset label\nunset object\n",
      hex(colors.due), hex(colors.unanswered));

  text += panel(at, at.instances_bottom, at.instances_top, "instances") + count_ticks(most);
  text += fmt::format(
      "plot $starting using 1:2 with fillsteps lc rgb '{}', $alive using 1:2 with steps lw 2 lc "
      "rgb '{}'\n",
      hex(colors.starting), hex(colors.alive));

  text += panel(at, at.latency_bottom, at.latency_top,
                fmt::format("latency ({}, logarithmic)", unit.name));
  text += "set format x '%g'\n" + latency_axis(low, high);
  text +=
      fmt::format("set xlabel {}\n", plot_quoted("time since the load began (s)" +
                                                 time_scale_suffix(run.loads[of.load].time_scale)));
  text += fmt::format(
      "plot $warm using 1:2 with points pt 7 ps {} lc rgb '{}', $cold using 1:2 with points pt 9 "
      "ps {} lc rgb '{}', $unanswered using 1:2 with points pt 2 ps 0.9 lw 1.4 lc rgb '{}'\n"
      "unset multiplot\n",
      drawn.warm.size() > kMany ? 0.4 : 0.7, hex(colors.warm),
      drawn.cold.size() > kMany ? 0.9 : 1.5, hex(colors.cold), hex(colors.unanswered));
  return {text, at.frame.width, at.frame.height};
}

}  // namespace coldstart::results
