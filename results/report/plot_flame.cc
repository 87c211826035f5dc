#include "results/report/plot_flame.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/flame_graph.h"
#include "results/report/palette.h"
#include "results/report/plot_frame.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr int kTitle = 34;
constexpr int kMargin = 12;
constexpr int kNaturalWidth = 1240;
constexpr int kRow = 19;
constexpr int kLeastRow = 14;  // with a name in it
constexpr int kFewestLetters = 3;

std::vector<LegendEntry> legend_of(const FlameBoxes& graph) {
  std::vector<LegendEntry> entries;
  for (const FlameBox& box : graph.boxes) {
    const bool is_new =
        box.depth == 1 && std::none_of(entries.begin(), entries.end(), [&](const LegendEntry& e) {
          return e.name == printable(box.frame);
        });
    if (is_new) entries.push_back({printable(box.frame), hex(box.color)});
  }
  for (const auto& [name, color] : flame_legend()) entries.push_back({name, hex(color)});
  return entries;
}

PlotScript flame_script(const FlameBoxes& graph, const Canvas& canvas) {
  Frame frame;
  frame.width = canvas.width > 0 ? canvas.width : kNaturalWidth;
  std::vector<LegendEntry> legend = legend_of(graph);
  const int head = canvas.title.empty() ? kMargin : kTitle;
  const int around = head + kLegendRow * place_legend(legend, frame.width) + 2 * kMargin;
  frame.height = canvas.height > 0 ? canvas.height : around + kRow * graph.rows();
  const int top = std::max(frame.height - around + kMargin, kMargin + 1);
  const double row = static_cast<double>(top - kMargin) / graph.rows();
  const int plot_width = frame.width - 2 * kMargin;
  const double letter = std::max(1, plot_text_width("0123456789")) / 10.0;

  std::string text = frame.panel(kMargin, frame.width - kMargin, kMargin, top) +
                     frame.title(canvas.title) +
                     frame.legend(legend, frame.height - head - kLegendRow / 2);
  const double gap = 0.4 / plot_width;  // between neighbours
  for (const FlameBox& box : graph.boxes) {
    const double end = box.begin + std::max(box.length - gap, box.length / 2);
    text += plot_rectangle(fmt::format("{:.6f},{:.2f}", box.begin, box.depth + 0.06),
                           fmt::format("{:.6f},{}", end, box.depth + 1), hex(box.color), false);
    const auto letters = static_cast<int>((box.length * plot_width - 6) / letter);
    if (letters < kFewestLetters || row < kLeastRow) continue;
    text += plot_label(fit_begin(printable(box.frame), letters),
                       fmt::format("{:.6f},{:.2f}", box.begin + 3.0 / plot_width, box.depth + 0.53),
                       "left");
  }
  text += fmt::format(
      "unset key\nunset border\nunset tics\nset style rectangle back\nset xrange [0:1]\n"
      "set yrange [{}:0]\nplot -1 notitle\n",
      graph.rows());
  return {text, frame.width, frame.height};
}

// The innermost frames that most of the time was spent in.
std::string hottest_in_words(const std::vector<const StackProfile*>& profiles, bool on_cpu) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::pair<std::string, std::int64_t>> own;
  std::int64_t total = 0;
  for (const StackProfile* profile : profiles) {
    for (const FoldedStack& stack : profile->stacks) {
      if (stack.on_cpu != on_cpu || stack.frames.empty()) continue;
      total += stack.time_ns;
      const std::string& frame = stack.frames.back();
      auto found =
          std::find_if(own.begin(), own.end(), [&](const auto& of) { return of.first == frame; });
      if (found == own.end()) found = own.insert(own.end(), {frame, 0});
      found->second += stack.time_ns;
    }
  }
  std::stable_sort(own.begin(), own.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string words;
  for (std::size_t i = 0; i < std::min(own.size(), kNamed); ++i) {
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", printable(own[i].first),
                         format_share(own[i].second, total));
  }
  return words;
}

}  // namespace

std::vector<PictureDraft> flame_pictures(const Run& run, const std::vector<Summary>& summaries) {
  const bool several = blocks_of(summaries).size() > 1;
  std::vector<PictureDraft> drafts;
  for (const Summary& s : summaries) {
    const std::vector<const StackProfile*> profiles = stack_profiles(run, s);
    for (const bool on_cpu : {true, false}) {
      const auto graph = std::make_shared<const FlameBoxes>(flame_boxes(profiles, on_cpu));
      if (graph->boxes.empty()) continue;
      const std::string title = printable(fmt::format(
          "{} {} ({}, {}), {} over {} start{}",
          on_cpu ? "Where threads ran:" : "Where threads waited:", s.function,
          load_title(s.load, s.function), s.cache, format_duration(graph->boxes.front().time_ns),
          profiles.size(), profiles.size() == 1 ? "" : "s"));
      drafts.push_back(
          {PictureSection::kStacks,
           picture_file_name(fmt::format("flame-{}-{}{}", on_cpu ? "on-cpu" : "off-cpu", s.function,
                                         several ? "-" + s.load + "-" + s.cache : "")),
           title, "",
           fmt::format("{}: a flame graph, phase, thread, then functions from the outermost one "
                       "down, as wide as the time. Innermost most often: {}.",
                       title, hottest_in_words(profiles, on_cpu)),
           [graph](const Canvas& canvas) { return flame_script(*graph, canvas); }});
    }
  }
  return drafts;
}

}  // namespace coldstart::results
