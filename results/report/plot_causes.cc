#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "results/report/plot_frame.h"
#include "results/report/plot_script.h"

namespace coldstart::results {
namespace {

constexpr int kTitle = 34;
constexpr int kHead = 12;
constexpr int kRow = 34;
constexpr int kTallRow = 52;
constexpr int kAxis = 60;
constexpr int kMargin = 20;
constexpr int kNaturalPlot = 700;

struct Cause {
  const char* name;
  const char* color;
  const char* ink;
  std::int64_t PhaseCauseMedians::*ns;
};
constexpr std::array<Cause, 4> kCauses = {
    {{"on a CPU", "#0072b2", "#ffffff", &PhaseCauseMedians::cpu_ns},
     {"waiting for a CPU", "#e69f00", "#010101", &PhaseCauseMedians::runnable_ns},
     {"waiting for the disk", "#d55e00", "#ffffff", &PhaseCauseMedians::disk_ns},
     {"waiting for something else", "#999999", "#010101", &PhaseCauseMedians::wait_ns}}};

}  // namespace

PlotScript causes_script(const std::vector<const CausesSummary*>& causes, const Canvas& canvas) {
  std::vector<std::string> names;
  for (const CausesSummary* of : causes) names.push_back(of->function);
  Frame frame;
  frame.names = room_for_names(names, canvas);
  const int left = frame.names > 0 ? frame.names : kMargin;
  frame.width = canvas.width > 0 ? canvas.width : left + kNaturalPlot + kMargin;
  const int right = frame.width - kMargin;
  const int title = canvas.title.empty() ? 0 : kTitle;
  std::vector<LegendEntry> legend;
  for (const Cause& cause : kCauses) legend.push_back({cause.name, cause.color});
  const int legend_height = place_legend(legend, frame.width) * kLegendRow;
  const int bottom = kAxis + legend_height;
  const int natural = frame.names == 0 ? kTallRow : kRow;
  frame.height = canvas.height > 0
                     ? canvas.height
                     : title + kHead + bottom + natural * static_cast<int>(names.size());
  const int top = std::max(frame.height - title - kHead, bottom + 20);
  const double bar_bottom = frame.names == 0 ? -0.4 : -0.33;
  const double bar_top = frame.names == 0 ? 0.05 : 0.33;
  const double share_with_text = 33.0 / (right - left);

  std::string text = frame.panel(left, right, bottom, top) + frame.title(canvas.title) +
                     frame.legend(legend, legend_height - kLegendRow / 2);
  for (std::size_t i = 0; i < causes.size(); ++i) {
    const auto y = static_cast<double>(names.size() - i);
    double total = 0;
    for (const PhaseCauseMedians& phase : causes[i]->phases) {
      for (const Cause& cause : kCauses) total += static_cast<double>(phase.*cause.ns);
    }
    double x = 0;
    for (const Cause& cause : kCauses) {
      double ns = 0;
      for (const PhaseCauseMedians& phase : causes[i]->phases) {
        ns += static_cast<double>(phase.*cause.ns);
      }
      const double share = total > 0 ? ns / total : 0;
      if (share <= 0) continue;
      text += plot_rectangle(fmt::format("{:.4f},{:.3f}", 100 * x, y + bar_bottom),
                             fmt::format("{:.4f},{:.3f}", 100 * (x + share), y + bar_top),
                             cause.color, false);
      if (share >= share_with_text) {
        text += plot_label(
            fmt::format("{:.0f} %", 100 * share),
            fmt::format("{:.4f},{:.3f}", 100 * (x + share / 2), y + (bar_bottom + bar_top) / 2),
            fmt::format("center font ',10' tc rgb '{}'", cause.ink));
      }
      x += share;
    }
  }
  text += fmt::format(
      "unset key\nset style rectangle back\nset border 1 lc rgb '{}'\nset tics textcolor rgb "
      "'{}'\nset grid xtics lc rgb '{}' lt 1\nset yrange [0.5:{}.5]\nset xrange [0:100]\n"
      "set xtics nomirror out 0,20,100\nset xlabel 'share of the time to the first response (%)'\n",
      kBorder, kInk, kGrid, names.size());
  text += row_names(names, frame) + names_above(names, frame, 0.27) + "plot -1 notitle\n";
  return {text, frame.width, frame.height};
}

}  // namespace coldstart::results
