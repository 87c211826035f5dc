#include <algorithm>
#include <fmt/format.h>

#include "results/report/cache_ladder.h"
#include "results/report/plot_frame.h"
#include "results/report/plot_script.h"

namespace coldstart::results {
namespace {

constexpr int kTitle = 34;
constexpr int kHead = 12;
constexpr int kRow = 44;
constexpr int kTallRow = 64;
constexpr int kAxis = 60;
constexpr int kMargin = 20;
constexpr int kNaturalPlot = 700;

struct State {
  const char* cache;
  const char* color;
  int point;  // gnuplot's symbols: no two states look alike without colour either
};
constexpr State kOther = {"", "#cc79a7", 13};

const State& state_of(const std::string& cache) {
  static constexpr State kStates[] = {
      {"disk", "#d55e00", 5}, {"page-cache", "#0072b2", 7}, {"warm", "#009e73", 9}};
  const auto found = std::find_if(std::begin(kStates), std::end(kStates),
                                  [&](const State& s) { return cache == s.cache; });
  return found == std::end(kStates) ? kOther : *found;
}

}  // namespace

PlotScript ladder_script(const std::vector<const Summary*>& summaries, const Canvas& canvas) {
  std::vector<std::string> names;
  std::vector<std::string> caches;
  double low_ns = 0;
  double high_ns = 0;
  for (const Summary* s : summaries) {
    if (std::find(names.begin(), names.end(), s->function) == names.end()) {
      names.push_back(s->function);
    }
    if (std::find(caches.begin(), caches.end(), s->cache) == caches.end()) {
      caches.push_back(s->cache);
    }
    if (!s->median_ns) continue;
    const auto low =
        static_cast<double>(s->median_interval ? s->median_interval->low : *s->median_ns);
    const auto high =
        static_cast<double>(s->median_interval ? s->median_interval->high : *s->median_ns);
    low_ns = low_ns > 0 ? std::min(low_ns, low) : low;
    high_ns = std::max(high_ns, high);
  }
  std::stable_sort(caches.begin(), caches.end(),
                   [](const auto& a, const auto& b) { return warmth(a) < warmth(b); });

  Frame frame;
  frame.names = room_for_names(names, canvas);
  const int left = frame.names > 0 ? frame.names : kMargin;
  frame.width = canvas.width > 0 ? canvas.width : left + kNaturalPlot + kMargin;
  const int right = frame.width - kMargin;
  const int title = canvas.title.empty() ? 0 : kTitle;
  std::vector<LegendEntry> legend;
  for (const std::string& cache : caches) legend.push_back({cache, state_of(cache).color});
  const int legend_height = place_legend(legend, frame.width) * kLegendRow;
  const int natural = frame.names == 0 ? kTallRow : kRow;
  const int bottom = kAxis + legend_height;
  frame.height = canvas.height > 0
                     ? canvas.height
                     : title + kHead + bottom + natural * static_cast<int>(names.size());
  const int top = std::max(frame.height - title - kHead, bottom + 20);
  const TimeAxis axis = time_axis(low_ns, high_ns, right - left, "median time to first response");

  std::string text;
  std::string plots;
  for (std::size_t c = 0; c < caches.size(); ++c) {
    text += fmt::format("$state{} << EOD\n", c);
    for (const Summary* s : summaries) {
      if (s->cache != caches[c] || !s->median_ns) continue;
      const auto row = static_cast<std::size_t>(std::find(names.begin(), names.end(), s->function) -
                                                names.begin());
      // The coldest on top; with the names above, all in the lower part of the row.
      const double step = frame.names == 0 ? 0.18 : 0.22;
      const double middle = frame.names == 0 ? -0.16 : 0.0;
      const double y =
          static_cast<double>(names.size() - row) + middle +
          step * ((static_cast<double>(caches.size()) - 1) / 2 - static_cast<double>(c));
      const auto& interval = s->median_interval;
      text += fmt::format(
          "{:.6g} {:.4f} {:.6g} {:.6g}\n", static_cast<double>(*s->median_ns) / axis.scale, y,
          static_cast<double>(interval ? interval->low : *s->median_ns) / axis.scale,
          static_cast<double>(interval ? interval->high : *s->median_ns) / axis.scale);
    }
    text += "EOD\n";
    const State& state = state_of(caches[c]);
    plots += fmt::format(
        "{0}$state{1} using 1:2:3:4 with xerrorbars pt {2} ps 0.9 lw 1.6 lc rgb '{3}' notitle",
        plots.empty() ? "" : ", ", c, state.point, state.color);
  }
  text += frame.panel(left, right, bottom, top) + frame.title(canvas.title) +
          frame.legend(legend, legend_height - kLegendRow / 2);
  text += fmt::format(
      "unset key\nset border 1 lc rgb '{}'\nset tics textcolor rgb '{}'\n"
      "set grid xtics lc rgb '{}' lt 1\nset yrange [0.5:{}.5]\nset bars 0\n",
      kBorder, kInk, kGrid, names.size());
  text += axis.commands + row_names(names, frame) + names_above(names, frame, 0.3);
  return {text + "plot " + plots + '\n', frame.width, frame.height};
}

}  // namespace coldstart::results
