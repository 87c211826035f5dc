#include "results/report/flame_graph.h"

#include <algorithm>
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

// Steady for a name, so that two pictures can be compared; a kind of code has a hue.
std::string color_of_frame(const std::string& frame) {
  const std::size_t hash = std::hash<std::string>{}(frame);
  const std::size_t light = 70 + hash % 12;
  int hue = 35;                                           // the program and its libraries
  if (frame.ends_with("_[k]")) hue = 205;                 // the kernel
  if (frame.ends_with("_[j]")) hue = 130;                 // generated code
  const int saturation = frame.front() == '[' ? 12 : 68;  // without a name
  return fmt::format("hsl({},{}%,{}%)", hue, saturation, light);
}

class Drawing {
 public:
  Drawing(std::int64_t total_ns, double narrowest) : total_ns_(total_ns), narrowest_(narrowest) {}

  void draw(const std::string& frame, const Node& node, double x, int depth) {
    const double width =
        kWidth * static_cast<double>(node.time_ns) / static_cast<double>(total_ns_);
    if (width < narrowest_) {
      left_out_ += count(node);
      return;
    }
    frames_ += 1;
    deepest_ = std::max(deepest_, depth);
    const std::string color =
        depth == 1 && color_of_name(frame) ? hex(*color_of_name(frame)) : color_of_frame(frame);
    body_ += fmt::format(
        "<g><title>{}: {}, {}</title><rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" "
        "fill=\"{}\"/>",
        escaped(frame), format_duration(node.time_ns),
        escaped(format_share(node.time_ns, total_ns_)), x, depth * kRow, std::max(0.1, width - 0.3),
        kRow - 1, color);
    const auto letters = static_cast<std::size_t>(std::max(0.0, (width - 4) / kLetter));
    constexpr std::size_t kFewest = 3;
    if (letters >= kFewest) {
      const std::string label =
          frame.size() <= letters ? frame : frame.substr(0, letters - 2) + "..";
      body_ += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>", x + 2, depth * kRow + 12,
                           escaped(label));
    }
    body_ += "</g>\n";
    for (const auto& [callee, child] : node.callees) {
      draw(callee, child, x, depth + 1);
      x += kWidth * static_cast<double>(child.time_ns) / static_cast<double>(total_ns_);
    }
  }

  std::string svg(const std::string& title) const {
    return fmt::format(
        "<svg class=\"flame\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\" "
        "xmlns=\"http://www.w3.org/2000/svg\" font-family=\"monospace\" "
        "font-size=\"11\">\n{}</svg>\n",
        escaped(title), kWidth, (deepest_ + 1) * kRow, body_);
  }
  std::size_t frames() const { return frames_; }
  std::size_t left_out() const { return left_out_; }

 private:
  static std::size_t count(const Node& node) {
    std::size_t sum = 1;
    for (const auto& [frame, child] : node.callees) sum += count(child);
    return sum;
  }

  std::int64_t total_ns_;
  double narrowest_;
  std::string body_;
  int deepest_ = 0;
  std::size_t frames_ = 0, left_out_ = 0;
};

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

FlameGraph flame_graph(const std::vector<const StackProfile*>& profiles, bool on_cpu,
                       const std::string& title, std::size_t most_frames) {
  const Node root = tree_of(profiles, on_cpu);
  if (root.time_ns == 0) return {};
  for (double narrowest = kNarrowest;; narrowest *= 2) {
    Drawing drawing(root.time_ns, narrowest);
    drawing.draw("all", root, 0, 0);
    if (drawing.frames() > most_frames) continue;
    return {drawing.svg(title), drawing.frames(), drawing.left_out()};
  }
}

}  // namespace coldstart::results
