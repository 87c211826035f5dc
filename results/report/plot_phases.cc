#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <string_view>
#include <utility>

#include "results/model/duration.h"
#include "results/report/palette.h"
#include "results/report/plot_script.h"
#include "results/report/plot_units.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr double kCharacter = 8.2;  // pixels, of the widest fonts that the terminals fall back to
constexpr int kLongestName = 44;
constexpr int kTop = 92;   // title, subtitle, titles of the panels
constexpr int kRow = 36;   // a function
constexpr int kAxis = 76;  // ticks and name of the axis
constexpr int kLegendRow = 26;
constexpr int kLeftPanel = 470;
constexpr int kRightPanel = 390;
constexpr int kBetween = 34;
constexpr int kRightMargin = 30;
constexpr double kBarHeight = 0.66;  // of a row

/// Where everything is, in pixels from the lower left corner.
struct Layout {
  int width = 0, height = 0;
  int left_begin = 0, left_end = 0, right_begin = 0, right_end = 0;
  int panel_bottom = 0, panel_top = 0;
  double x(double pixels) const { return pixels / width; }
  double y(double pixels) const { return pixels / height; }
};

struct LegendEntry {
  std::vector<Phase> phases;
  std::string name;
  int x = 0;
  int row = 0;
};

int text_width(const std::string& text) {
  return static_cast<int>(display_width(text) * kCharacter);
}

std::int64_t total_of(const Summary& summary) {
  std::int64_t total = 0;
  for (const PhaseMedian& phase : summary.phases) total += phase.median_ns;
  return total;
}

// What the legend's names take, letter by letter: with one width for all, the gaps would be uneven.
int legend_text_width(const std::string& text) {
  constexpr double kEm = 14.7;  // pixels, of the font of the legend
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

std::vector<LegendEntry> legend_of(const std::vector<const Summary*>& summaries, int width) {
  constexpr int kSwatch = 22;
  constexpr int kGap = 26;
  std::map<std::vector<Phase>, std::string> names;
  for (const Summary* summary : summaries) {
    for (const PhaseMedian& phase : summary->phases) names.emplace(phase.phases, phase.name);
  }
  std::vector<LegendEntry> entries;
  int x = 20;
  int row = 0;
  for (const auto& [phases, name] : names) {
    const int needed = kSwatch + legend_text_width(name) + kGap;
    if (x + needed > width && x > 20) {
      x = 20;
      ++row;
    }
    entries.push_back({phases, name, x, row});
    x += needed;
  }
  return entries;
}

std::string rectangle(const std::string& from, const std::string& to,
                      const std::vector<Phase>& phases) {
  std::string text =
      fmt::format("set object rectangle from {} to {} fc rgb '{}' fs solid noborder\n", from, to,
                  hex(color_of(phases)));
  if (phases.size() > 1) {
    text += fmt::format(
        "set object rectangle from {} to {} fc rgb '#ffffff' fs transparent pattern 5 noborder\n",
        from, to);
  }
  return text;
}

// Black or white, whichever is easier to read on the colour.
const char* ink_on(Rgb c) {
  return 0.299 * c.r + 0.587 * c.g + 0.114 * c.b > 140 ? "#000000" : "#ffffff";
}

std::string label(const std::string& text, const std::string& at, const std::string& style) {
  return fmt::format("set label {} at {} {} front\n", plot_quoted(text), at, style);
}

// The bars of one panel; `scale_of` is nanoseconds per unit of the axis.
template <typename ScaleOf>
std::string bars(const std::vector<const Summary*>& summaries, ScaleOf scale_of) {
  std::string text;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const double y = static_cast<double>(summaries.size() - i);
    const double scale = scale_of(*summaries[i]);
    double x = 0;
    for (const PhaseMedian& phase : summaries[i]->phases) {
      const double end = x + static_cast<double>(phase.median_ns) / scale;
      text += rectangle(fmt::format("{:.6f},{:.3f}", x, y - kBarHeight / 2),
                        fmt::format("{:.6f},{:.3f}", end, y + kBarHeight / 2), phase.phases);
      x = end;
    }
  }
  return text;
}

// A string for a tick: gnuplot reads those as formats.
std::string tick_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '%' ? std::string("%%") : std::string(1, c);
  return plot_quoted(escaped);
}

std::string names_axis(const std::vector<const Summary*>& summaries) {
  std::string text = "set ytics nomirror scale 0 (";
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ",
                        tick_text(fit(printable(summaries[i]->function), kLongestName)),
                        summaries.size() - i);
  }
  return text + ")\n";
}

std::string panel(const Layout& at, int begin, int end) {
  return fmt::format(
      "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n"
      "set bmargin at screen {:.5f}\nset tmargin at screen {:.5f}\n",
      at.x(begin), at.x(end), at.y(at.panel_bottom), at.y(at.panel_top));
}

std::string left_panel(const std::vector<const Summary*>& summaries, const Layout& at) {
  double longest = 0;
  for (const Summary* s : summaries) {
    longest = std::max({longest, static_cast<double>(total_of(*s)),
                        static_cast<double>(s->median_ns.value_or(0))});
  }
  const TimeUnit unit = unit_for(longest);
  // Room for the total beside the longest bar.
  constexpr double kRoom = 1.25;
  std::string text = panel(at, at.left_begin, at.left_end);
  text += fmt::format("set xrange [0:{:.6f}]\n", std::max(longest / unit.scale, 1e-6) * kRoom);
  text +=
      fmt::format("set xlabel {}\n", plot_quoted(fmt::format("time since due ({})", unit.name)));
  text += names_axis(summaries);
  text += bars(summaries, [&](const Summary&) { return unit.scale; });
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const Summary& s = *summaries[i];
    const std::string y = std::to_string(summaries.size() - i);
    text +=
        s.median_ns
            ? label(format_duration(*s.median_ns),
                    fmt::format("{:.6f},{}", static_cast<double>(total_of(s)) / unit.scale, y),
                    "left offset character 0.6,0")
            : label("no usable start", "0," + y, "left offset character 0.6,0 tc rgb '#707070'");
  }
  return text + "plot -1 notitle\n";
}

std::string right_panel(const std::vector<const Summary*>& summaries, const Layout& at) {
  constexpr double kShareWithText = 0.085;
  std::string text = panel(at, at.right_begin, at.right_end);
  text +=
      "unset ytics\nset xrange [0:100]\nset xtics 0,20,100\nset xlabel 'share of the summed "
      "medians (%)'\n";
  text += bars(summaries, [](const Summary& s) { return static_cast<double>(total_of(s)) / 100; });
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const auto total = static_cast<double>(total_of(*summaries[i]));
    double x = 0;
    for (const PhaseMedian& phase : summaries[i]->phases) {
      const double share = static_cast<double>(phase.median_ns) / total;
      if (share >= kShareWithText) {
        text += label(
            fmt::format("{:.0f} %", 100 * share),
            fmt::format("{:.4f},{}", 100 * (x + share / 2), summaries.size() - i),
            fmt::format("center font ',9' tc rgb '{}'",
                        phase.phases.size() > 1 ? "#000000" : ink_on(color_of(phase.phases))));
      }
      x += share;
    }
  }
  return text + "plot -1 notitle\n";
}

std::string frame(const Layout& at, const std::string& title,
                  const std::vector<LegendEntry>& legend) {
  std::string text;
  const auto screen = [&](double x, double y) {
    return fmt::format("screen {:.5f},screen {:.5f}", at.x(x), at.y(y));
  };
  text += label(fit(title, at.width / 11), screen(20, at.height - 24), "left font ',15'");
  text += label(
      "medians of the phases; their sum may differ from the median latency, which is the number "
      "beside the bar",
      screen(20, at.height - 50), "left font ',10' tc rgb '#505050'");
  for (const LegendEntry& entry : legend) {
    const double y = at.panel_bottom - kAxis - kLegendRow * entry.row - 8;
    text += rectangle(screen(entry.x, y - 7), screen(entry.x + 15, y + 7), entry.phases);
    text += label(entry.name, screen(entry.x + 22, y), "left font ',11'");
  }
  return text;
}

}  // namespace

PlotScript phases_script(const std::vector<const Summary*>& summaries, const std::string& title) {
  int names = 0;
  for (const Summary* summary : summaries) {
    names = std::max(names, text_width(fit(printable(summary->function), kLongestName)));
  }
  Layout at;
  at.left_begin = std::max(names + 30, 90);
  at.left_end = at.left_begin + kLeftPanel;
  at.right_begin = at.left_end + kBetween;
  at.right_end = at.right_begin + kRightPanel;
  at.width = at.right_end + kRightMargin;
  const std::vector<LegendEntry> legend = legend_of(summaries, at.width);
  const int legend_rows = legend.empty() ? 0 : legend.back().row + 1;
  at.panel_bottom = kAxis + kLegendRow * legend_rows + 12;
  at.panel_top = at.panel_bottom + kRow * static_cast<int>(summaries.size()) + 12;
  at.height = at.panel_top + kTop - 16;

  std::string text = fmt::format(
      "set multiplot\nset border 1 lc rgb '#707070'\nset tics textcolor rgb '#000000'\n"
      "set xtics nomirror out\nset format x '%g'\nset grid xtics lc rgb '#dddddd' lt 1\nunset key\n"
      "set style rectangle back\nset yrange [0.5:{}.5]\n",
      summaries.size());
  text += frame(at, title, legend) + left_panel(summaries, at);
  text += "unset object\nunset label\n";
  text += right_panel(summaries, at) + "unset multiplot\n";
  return {text, at.width, at.height};
}

}  // namespace coldstart::results
