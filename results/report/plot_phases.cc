#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "results/model/duration.h"
#include "results/report/palette.h"
#include "results/report/plot_frame.h"
#include "results/report/plot_script.h"
#include "results/report/plot_units.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr int kTitle = 34;
constexpr int kHead = 14;  // above the first row
constexpr int kRow = 36;   // a function
constexpr int kTallRow = 54;
constexpr int kAxis = 60;  // ticks and name of the axis
constexpr int kNarrowMargin = 12;
constexpr int kMargin = 22;
constexpr int kBetween = 34;
constexpr int kNaturalPanels = 860;
constexpr double kLeftShare = 0.55;  // of the two panels side by side

struct Panel {
  int left = 0, right = 0, bottom = 0, top = 0;
};

/// Where everything is.
struct Layout {
  Frame frame;
  Panel time, share;
  int legend_top = 0;
  double bar_bottom = 0, bar_top = 0;  ///< of a row, from its middle
};

std::int64_t total_of(const Summary& summary) {
  std::int64_t total = 0;
  for (const PhaseMedian& phase : summary.phases) total += phase.median_ns;
  return total;
}

std::vector<LegendEntry> legend_of(const std::vector<const Summary*>& summaries) {
  std::map<std::vector<Phase>, std::string> names;
  for (const Summary* summary : summaries) {
    for (const PhaseMedian& phase : summary->phases) names.emplace(phase.phases, phase.name);
  }
  std::vector<LegendEntry> entries;
  for (const auto& [phases, name] : names) {
    entries.push_back({name, hex(color_of(phases)), phases.size() > 1});
  }
  return entries;
}

std::vector<std::string> names_of(const std::vector<const Summary*>& summaries) {
  std::vector<std::string> names;
  for (const Summary* summary : summaries) names.push_back(summary->function);
  return names;
}

Layout layout_of(const std::vector<std::string>& names, std::vector<LegendEntry>& legend,
                 const Canvas& canvas) {
  Layout at;
  Frame& frame = at.frame;
  frame.names = room_for_names(names, canvas);
  const bool stacked = canvas.narrow();
  const int margin = stacked ? kNarrowMargin : kMargin;
  const int left = frame.names > 0 ? frame.names : margin;
  frame.width = canvas.width > 0 ? canvas.width : left + kNaturalPanels + kBetween + margin;
  const int legend_height = place_legend(legend, frame.width) * kLegendRow;
  const int title = canvas.title.empty() ? 0 : kTitle;
  const int panels = stacked ? 2 : 1;
  const auto rows = static_cast<int>(names.size());
  const int around = title + panels * (kHead + kAxis) + legend_height + 8;
  const int natural = frame.names == 0 ? kTallRow : kRow;
  const int row =
      canvas.height > 0 ? std::max((canvas.height - around) / (rows * panels), 8) : natural;
  const int panel = row * rows;
  frame.height = canvas.height > 0 ? canvas.height : around + panels * panel;
  const int right = frame.width - margin;
  const int top = frame.height - title - kHead;
  if (stacked) {
    at.time = {left, right, top - panel, top};
    at.share = {left, right, top - 2 * panel - kAxis - kHead, top - panel - kAxis - kHead};
  } else {
    const int middle = left + static_cast<int>((right - left - kBetween) * kLeftShare);
    at.time = {left, middle, top - panel, top};
    at.share = {middle + kBetween, right, top - panel, top};
  }
  at.legend_top = legend_height - kLegendRow / 2;
  at.bar_bottom = frame.names == 0 ? -0.42 : -0.33;
  at.bar_top = frame.names == 0 ? 0.02 : 0.33;
  return at;
}

// Black or white, whichever is easier to read on the colour.
const char* ink_on(Rgb c) {
  return 0.299 * c.r + 0.587 * c.g + 0.114 * c.b > 140 ? "#010101" : "#ffffff";
}

// The bars of one panel; `scale_of` is nanoseconds per unit of the axis.
template <typename ScaleOf>
std::string bars(const std::vector<const Summary*>& summaries, const Layout& at, ScaleOf scale_of) {
  std::string text;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const auto y = static_cast<double>(summaries.size() - i);
    const double scale = scale_of(*summaries[i]);
    double x = 0;
    for (const PhaseMedian& phase : summaries[i]->phases) {
      const double end = x + static_cast<double>(phase.median_ns) / scale;
      text += plot_rectangle(fmt::format("{:.6f},{:.3f}", x, y + at.bar_bottom),
                             fmt::format("{:.6f},{:.3f}", end, y + at.bar_top),
                             hex(color_of(phase.phases)), phase.phases.size() > 1);
      x = end;
    }
  }
  return text;
}

std::string begin_panel(const Layout& at, const Panel& panel) {
  return at.frame.panel(panel.left, panel.right, panel.bottom, panel.top);
}

std::string time_panel(const std::vector<const Summary*>& summaries, const Layout& at) {
  double longest = 0;
  for (const Summary* s : summaries) {
    longest = std::max({longest, static_cast<double>(total_of(*s)),
                        static_cast<double>(s->median_ns.value_or(0))});
  }
  const TimeUnit unit = unit_for(longest);
  // Room for the total beside the longest bar.
  constexpr double kTotal = 66;
  const double width = at.time.right - at.time.left;
  const double room = width / std::max(width - kTotal, width / 2);
  std::string text = begin_panel(at, at.time);
  text += fmt::format("set xrange [0:{:.6f}]\nset xtics nomirror out autofreq\n",
                      std::max(longest / unit.scale, 1e-6) * room);
  text +=
      fmt::format("set xlabel {}\n", plot_quoted(fmt::format("time since due ({})", unit.name)));
  const auto names = names_of(summaries);
  text += row_names(names, at.frame) + names_above(names, at.frame, 0.24);
  text += bars(summaries, at, [&](const Summary&) { return unit.scale; });
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const Summary& s = *summaries[i];
    const double y = static_cast<double>(summaries.size() - i) + (at.bar_bottom + at.bar_top) / 2;
    text += s.median_ns
                ? plot_label(format_duration(*s.median_ns),
                             fmt::format("{:.6f},{:.3f}",
                                         static_cast<double>(total_of(s)) / unit.scale, y),
                             "left offset character 0.6,0")
                : plot_label("no usable start", fmt::format("0,{:.3f}", y),
                             fmt::format("left offset character 0.6,0 tc rgb '{}'", kSoftInk));
  }
  return text + "plot -1 notitle\n";
}

std::string share_panel(const std::vector<const Summary*>& summaries, const Layout& at) {
  constexpr double kTextWidth = 33;
  const double share_with_text = kTextWidth / (at.share.right - at.share.left);
  std::string text = begin_panel(at, at.share);
  text +=
      "unset ytics\nset xrange [0:100]\nset xtics nomirror out 0,20,100\nset xlabel 'share of the "
      "summed medians (%)'\n";
  if (at.frame.names == 0) text += names_above(names_of(summaries), at.frame, 0.24);
  text +=
      bars(summaries, at, [](const Summary& s) { return static_cast<double>(total_of(s)) / 100; });
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const auto total = static_cast<double>(total_of(*summaries[i]));
    const double y = static_cast<double>(summaries.size() - i) + (at.bar_bottom + at.bar_top) / 2;
    double x = 0;
    for (const PhaseMedian& phase : summaries[i]->phases) {
      const double share = static_cast<double>(phase.median_ns) / total;
      if (share >= share_with_text) {
        text += plot_label(
            fmt::format("{:.0f} %", 100 * share),
            fmt::format("{:.4f},{:.3f}", 100 * (x + share / 2), y),
            fmt::format("center font ',10' tc rgb '{}'",
                        phase.phases.size() > 1 ? "#010101" : ink_on(color_of(phase.phases))));
      }
      x += share;
    }
  }
  return text + "plot -1 notitle\n";
}

}  // namespace

PlotScript phases_script(const std::vector<const Summary*>& summaries, const Canvas& canvas) {
  std::vector<LegendEntry> legend = legend_of(summaries);
  const Layout at = layout_of(names_of(summaries), legend, canvas);
  std::string text = fmt::format(
      "set multiplot\nset border 1 lc rgb '{}'\nset tics textcolor rgb '{}'\n"
      "set format x '%g'\nset grid xtics lc rgb '{}' lt 1\nunset key\n"
      "set style rectangle back\nset yrange [0.5:{}.5]\n",
      kBorder, kInk, kGrid, summaries.size());
  text += at.frame.title(canvas.title) + at.frame.legend(legend, at.legend_top);
  text += time_panel(summaries, at);
  text += "unset object\nunset label\n";
  text += share_panel(summaries, at) + "unset multiplot\n";
  return {text, at.frame.width, at.frame.height};
}

}  // namespace coldstart::results
