#include "results/report/plot_history.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>
#include <string>
#include <system_error>

#include "results/model/error.h"
#include "results/report/gnuplot.h"
#include "results/report/palette.h"
#include "results/report/plot_frame.h"
#include "results/report/plot_script.h"
#include "results/report/plot_units.h"
#include "results/report/text.h"
#include "results/statistics/quantile.h"

namespace coldstart::results {
namespace {

namespace fs = std::filesystem;

constexpr int kHeight = 460;
constexpr int kLeastWidth = 720;
constexpr int kMostWidth = 1600;
constexpr int kAround = 160;        // beside the plot itself
constexpr int kRun = 36;            // pixels
constexpr std::size_t kNames = 40;  // runs that are named on the axis
constexpr int kLongestName = 16;

// What may stand in a file name; everything else becomes '-'.
std::string file_name(std::string text) {
  for (char& c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.';
    if (!plain) c = '-';
  }
  return text;
}

// "main@1a2b3c", or "run 7".
std::string run_name(const HistoryRow& row) {
  return row.label.empty() ? fmt::format("run {}", row.run_id)
                           : fit(printable(row.label), kLongestName);
}

bool begins_level(const HistoryRow& row) { return row.change || row.begins_anew(); }

// Points with their intervals: number, median, low, high.
std::string points_of(const HistorySeries& series, double scale) {
  std::string text = "$points << EOD\n";
  for (std::size_t i = 0; i < series.rows.size(); ++i) {
    const HistoryRow& row = series.rows[i];
    const auto median = static_cast<double>(row.median_ns);
    const double low = row.interval ? static_cast<double>(row.interval->low) : median;
    const double high = row.interval ? static_cast<double>(row.interval->high) : median;
    text +=
        fmt::format("{} {:.6f} {:.6f} {:.6f}\n", i + 1, median / scale, low / scale, high / scale);
  }
  return text + "EOD\n";
}

// A line a level: the median of its medians, from its first run to its last.
std::string levels_of(const HistorySeries& series, double scale) {
  std::string text = "$levels << EOD\n";
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= series.rows.size(); ++i) {
    if (i < series.rows.size() && !begins_level(series.rows[i])) continue;
    std::vector<std::int64_t> medians;
    for (std::size_t row = begin; row < i; ++row) medians.push_back(series.rows[row].median_ns);
    std::sort(medians.begin(), medians.end());
    const double level = quantile(medians, 0.5) / scale;
    text += fmt::format("{:.2f} {:.6f}\n{:.2f} {:.6f}\n\n", static_cast<double>(begin) + 0.6, level,
                        static_cast<double>(i) + 0.4, level);
    begin = i;
  }
  return text + "EOD\n";
}

// What happened where: a change of level in words, a break as a dashed line.
std::string marks_of(const HistorySeries& series) {
  std::string text;
  for (std::size_t i = 0; i < series.rows.size(); ++i) {
    const HistoryRow& row = series.rows[i];
    if (row.begins_anew()) {
      text += fmt::format(
          "set arrow from first {0:.2f}, graph 0 to first {0:.2f}, graph 1 nohead dt 2 lc rgb "
          "'#707070'\n"
          "set label '{2}' at first {1:.2f}, graph 0.03 left font ',10' front\n",
          static_cast<double>(i) + 0.5, static_cast<double>(i) + 0.6,
          !row.host_break.empty()     ? std::string("another machine")
          : !row.probes_break.empty() ? std::string("other probes")
                                      : fmt::format("time ×{:g}", row.time_scale));
    }
    if (row.change) {
      text += fmt::format("set label '{:+.1f} %' at first {}, graph 0.96 center font ',12' front\n",
                          (*row.change - 1) * 100, i + 1);
    }
  }
  return text;
}

std::string names_of(const HistorySeries& series) {
  const std::size_t stride = (series.rows.size() + kNames - 1) / kNames;
  std::string text;
  for (std::size_t i = 0; i < series.rows.size(); i += stride) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", plot_quoted(run_name(series.rows[i])),
                        i + 1);
  }
  return text;
}

PlotScript history_script(const HistorySeries& series) {
  double low_ns = static_cast<double>(series.rows.front().median_ns);
  double high_ns = low_ns;
  for (const HistoryRow& row : series.rows) {
    const auto median = static_cast<double>(row.median_ns);
    low_ns = std::min(low_ns, row.interval ? static_cast<double>(row.interval->low) : median);
    high_ns = std::max(high_ns, row.interval ? static_cast<double>(row.interval->high) : median);
  }
  const TimeUnit unit = unit_for(std::max(1.0, high_ns));
  // Room below, and above for the words; from zero, so that heights compare, where that costs less
  // than half of the picture.
  const double room = std::max(high_ns - low_ns, high_ns * 0.02);
  const double bottom = low_ns < high_ns / 2 ? 0 : std::max(0.0, low_ns - room * 0.2);
  const double top = high_ns + room * 0.25;

  PlotScript script;
  script.width =
      std::clamp(kAround + kRun * static_cast<int>(series.rows.size()), kLeastWidth, kMostWidth);
  script.height = kHeight;
  script.text = points_of(series, unit.scale) + levels_of(series, unit.scale) + marks_of(series);
  script.text += fmt::format(
      "set title {}\nset border 3 lc rgb '#707070'\nset tics nomirror out textcolor rgb '#000000'\n"
      "set grid ytics lc rgb '#dddddd' lt 1\nunset key\nset xrange [0.4:{:.1f}]\n"
      "set yrange [{:.9g}:{:.9g}]\nset xtics rotate by -40 ({})\nset ylabel {}\n",
      plot_quoted(fmt::format("{}, {}{}, {}: median of each run with its 95 % interval",
                              fit(printable(series.function), kLongestName * 2),
                              printable(series.load), time_scales_suffix(series),
                              printable(series.cache))),
      static_cast<double>(series.rows.size()) + 0.6, bottom / unit.scale, top / unit.scale,
      names_of(series), plot_quoted(fmt::format("time to first response ({})", unit.name)));
  script.text += fmt::format(
      "plot $levels using 1:2 with lines lw 3 lc rgb '{}', "
      "$points using 1:2:3:4 with yerrorbars pt 7 ps 0.8 lw 1.5 lc rgb '{}'\n",
      hex(series_color(1)), hex(series_color(0)));
  return script;
}

void move_into(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    throw Error(to.string(), "cannot be written: " + error.message(),
                "choose another folder for the plots");
  }
}

}  // namespace

std::vector<fs::path> write_history_plots(const std::vector<HistorySeries>& history,
                                          const fs::path& folder, const PlotOptions& options) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    throw Error(folder.string(), "is not a folder and cannot be made one",
                "choose another for the plots");
  }
  const ScratchFolder scratch(folder);
  std::vector<fs::path> files;
  std::vector<Drawing> drawings;
  std::set<std::string> names;
  for (const HistorySeries& series : history) {
    std::string name =
        file_name("history-" + series.function + '-' + series.load + '-' + series.cache);
    // Names that differ only in what a file name cannot have.
    while (!names.insert(name).second) name += '_';
    PlotScript script = history_script(series);
    if (options.size) {
      script.width = options.size->width;
      script.height = options.size->height;
    }
    for (const PictureFormat format : options.formats) {
      const std::string file = fmt::format("{}.{}", name, coldstart::results::name(format));
      drawings.push_back(
          {.script = script, .format = format, .file = file, .png_scale = options.size ? 1 : 2});
      files.push_back(folder / file);
    }
  }
  draw(drawings, scratch);
  for (const fs::path& file : files) move_into(scratch.path() / file.filename(), file);
  return files;
}

}  // namespace coldstart::results
