#include "results/report/flame_graph.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "results/model/duration.h"
#include "results/model/timeline.h"
#include "results/report/cells.h"
#include "results/report/html_parts.h"
#include "results/report/palette.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr double kWidth = 1200;
constexpr int kRow = 17;
constexpr double kLetter = 6.6;  // of the font below, in the middle
constexpr double kNarrowest = 0.3;

struct Node {
  std::int64_t time_ns = 0;
  std::map<std::string, Node> callees;
};

// "runtime+app" by its last phase, as everywhere.
std::optional<Rgb> color_of_name(const std::string& phase) {
  const std::string last =
      phase.substr(phase.rfind('+') == std::string::npos ? 0 : phase.rfind('+') + 1);
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    if (name(static_cast<Phase>(i)) == last) return color_of(static_cast<Phase>(i));
  }
  return std::nullopt;
}

/// Degrees and shares of one.
Rgb from_hsl(double hue, double saturation, double light) {
  const auto channel = [&](double n) {
    const double k = std::fmod(n + hue / 30, 12);
    const double amplitude = saturation * std::min(light, 1 - light);
    const double value = light - amplitude * std::clamp(std::min(k - 3, 9 - k), -1.0, 1.0);
    return static_cast<std::uint8_t>(std::lround(255 * value));
  };
  return {channel(0), channel(8), channel(4)};
}

constexpr double kHueOfProgram = 35, kHueOfKernel = 205, kHueOfGenerated = 130;
constexpr double kNamed = 0.68, kUnnamed = 0.12;  // saturation

// Steady for a name, so that two pictures can be compared; a kind of code has a hue.
Rgb color_of_frame(const std::string& frame) {
  const std::size_t hash = std::hash<std::string>{}(frame);
  double hue = kHueOfProgram;
  if (frame.ends_with("_[k]")) hue = kHueOfKernel;
  if (frame.ends_with("_[j]")) hue = kHueOfGenerated;
  return from_hsl(hue, frame.starts_with('[') ? kUnnamed : kNamed,
                  0.01 * static_cast<double>(70 + hash % 12));
}

/// Lays the boxes out; those narrower than `narrowest` (of the whole) are counted only.
class Layout {
 public:
  Layout(std::int64_t total_ns, double narrowest) : total_ns_(total_ns), narrowest_(narrowest) {}

  void place(const std::string& frame, const Node& node, double begin, int depth) {
    const double length = share(node);
    if (length < narrowest_) {
      placed_.left_out += count(node);
      return;
    }
    const auto phase = depth == 1 ? color_of_name(frame) : std::nullopt;
    placed_.boxes.push_back(
        {frame, depth, begin, length, node.time_ns, phase ? *phase : color_of_frame(frame)});
    for (const auto& [callee, child] : node.callees) {
      place(callee, child, begin, depth + 1);
      begin += share(child);
    }
  }
  FlameBoxes& placed() { return placed_; }

 private:
  double share(const Node& node) const {
    return static_cast<double>(node.time_ns) / static_cast<double>(total_ns_);
  }
  static std::size_t count(const Node& node) {
    std::size_t sum = 1;
    for (const auto& [frame, child] : node.callees) sum += count(child);
    return sum;
  }

  std::int64_t total_ns_;
  double narrowest_;
  FlameBoxes placed_;
};

std::string svg_box(const FlameBox& box, std::int64_t total_ns) {
  const double x = kWidth * box.begin;
  const double width = kWidth * box.length;
  std::string svg = fmt::format(
      "<g><title>{}: {}, {}</title><rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" "
      "fill=\"{}\"/>",
      escaped(box.frame), format_duration(box.time_ns),
      escaped(format_share(box.time_ns, total_ns)), x, box.depth * kRow, std::max(0.1, width - 0.3),
      kRow - 1, hex(box.color));
  const auto letters = static_cast<int>((width - 4) / kLetter);
  constexpr int kFewest = 3;
  if (letters >= kFewest) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>", x + 2, box.depth * kRow + 12,
                       escaped(fit_begin(printable(box.frame), letters)));
  }
  return svg + "</g>\n";
}

Node tree_of(const std::vector<const StackProfile*>& profiles, bool on_cpu) {
  Node root;
  for (const StackProfile* profile : profiles) {
    for (const FoldedStack& stack : profile->stacks) {
      if (stack.on_cpu != on_cpu || stack.time_ns <= 0) continue;
      root.time_ns += stack.time_ns;
      Node* node = &root;
      const auto descend = [&node, &stack](const std::string& frame) {
        node = &node->callees[frame];
        node->time_ns += stack.time_ns;
      };
      descend(stack.phase);
      descend(stack.thread);
      for (const std::string& frame : stack.frames) descend(frame);
    }
  }
  return root;
}

}  // namespace

std::vector<const StackProfile*> stack_profiles(const Run& run, const Summary& summary) {
  std::vector<const StackProfile*> profiles;
  for (const Start& start : run.starts) {
    if (start.stacks && start.usable() && start.function == summary.function &&
        start.load == summary.load && start.cache == summary.cache) {
      profiles.push_back(&*start.stacks);
    }
  }
  return profiles;
}

int FlameBoxes::rows() const {
  int deepest = -1;
  for (const FlameBox& box : boxes) deepest = std::max(deepest, box.depth);
  return deepest + 1;
}

FlameBoxes flame_boxes(const std::vector<const StackProfile*>& profiles, bool on_cpu,
                       std::size_t most_frames) {
  const Node root = tree_of(profiles, on_cpu);
  if (root.time_ns == 0) return {};
  for (double narrowest = kNarrowest / kWidth;; narrowest *= 2) {
    Layout layout(root.time_ns, narrowest);
    layout.place("all", root, 0, 0);
    if (layout.placed().boxes.size() <= most_frames) return std::move(layout.placed());
  }
}

std::vector<std::pair<std::string, Rgb>> flame_legend() {
  constexpr double kLight = 0.76;
  return {{"the program and its libraries", from_hsl(kHueOfProgram, kNamed, kLight)},
          {"the kernel", from_hsl(kHueOfKernel, kNamed, kLight)},
          {"generated code", from_hsl(kHueOfGenerated, kNamed, kLight)},
          {"without a name", from_hsl(kHueOfProgram, kUnnamed, kLight)}};
}

FlameGraph flame_graph(const std::vector<const StackProfile*>& profiles, bool on_cpu,
                       const std::string& title, std::size_t most_frames) {
  const FlameBoxes boxes = flame_boxes(profiles, on_cpu, most_frames);
  if (boxes.boxes.empty()) return {};
  std::string svg = fmt::format(
      "<svg class=\"flame\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\" "
      "xmlns=\"http://www.w3.org/2000/svg\" font-family=\"monospace\" font-size=\"11\">\n",
      escaped(title), kWidth, boxes.rows() * kRow);
  for (const FlameBox& box : boxes.boxes) svg += svg_box(box, boxes.boxes.front().time_ns);
  return {svg + "</svg>\n", boxes.boxes.size(), boxes.left_out};
}

}  // namespace coldstart::results
