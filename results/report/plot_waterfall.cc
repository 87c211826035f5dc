#include <algorithm>
#include <fmt/format.h>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/palette.h"
#include "results/report/plot_frame.h"
#include "results/report/plot_script.h"
#include "results/report/plot_units.h"

namespace coldstart::results {
namespace {

constexpr int kTitle = 34;
constexpr int kHead = 12;
constexpr int kRow = 30;
constexpr int kAxis = 66;
constexpr int kMargin = 20;
constexpr int kNaturalPlot = 760;
constexpr double kBarHeight = 0.62;  // of a row

}  // namespace

PlotScript waterfall_script(const Start& start, const Canvas& canvas) {
  const std::vector<PhaseSpan> spans = phases_of(start.timeline);
  std::vector<std::string> names;
  for (const PhaseSpan& span : spans) names.push_back(short_name(span.phases));
  Frame frame;
  // Names of phases are short: they stay on the left however narrow it is.
  frame.names = room_for_names(names, {});
  frame.width = canvas.width > 0 ? canvas.width : frame.names + kNaturalPlot + kMargin;
  const int right = frame.width - kMargin;
  const int title = canvas.title.empty() ? 0 : kTitle;
  frame.height = canvas.height > 0 ? canvas.height
                                   : title + kHead + kAxis + kRow * static_cast<int>(spans.size());
  const int top = std::max(frame.height - title - kHead, kAxis + 20);
  const double total = std::max(static_cast<double>(spans.back().end_ns), 1.0);
  const TimeUnit unit = unit_for(total);

  std::string text = frame.panel(frame.names, right, kAxis, top) + frame.title(canvas.title);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const PhaseSpan& span = spans[i];
    const auto y = static_cast<double>(spans.size() - i);
    const double begin = static_cast<double>(span.begin_ns) / unit.scale;
    const double end = static_cast<double>(span.end_ns) / unit.scale;
    text += plot_rectangle(fmt::format("{:.6f},{:.3f}", begin, y - kBarHeight / 2),
                           fmt::format("{:.6f},{:.3f}", end, y + kBarHeight / 2),
                           hex(color_of(span.phases)), span.phases.size() > 1);
    // Beside the bar, on the side where there is room.
    const bool after = static_cast<double>(span.end_ns) < 0.6 * total;
    const bool before = !after && static_cast<double>(span.begin_ns) > 0.2 * total;
    text += plot_label(format_duration(span.length_ns()),
                       fmt::format("{:.6f},{:.3f}", before ? begin : end, y),
                       before  ? "right offset character -0.6,0"
                       : after ? "left offset character 0.6,0"
                               : "right offset character -0.6,0");
  }
  text += fmt::format(
      "unset key\nset style rectangle back\nset border 1 lc rgb '{}'\nset tics textcolor rgb "
      "'{}'\nset grid xtics lc rgb '{}' lt 1\nset yrange [0.5:{}.5]\nset xrange [0:{:.6f}]\n"
      "set xtics nomirror out\nset format x '%g'\nset xlabel {}\n",
      kBorder, kInk, kGrid, spans.size(), total / unit.scale,
      plot_quoted(fmt::format("time since due ({})", unit.name)));
  return {text + row_names(names, frame) + "plot -1 notitle\n", frame.width, frame.height};
}

}  // namespace coldstart::results
