#include "results/statistics/hot_frames.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace coldstart::results {
namespace {

constexpr std::size_t kCallers = 2;

struct Sums {
  std::int64_t self_ns = 0, total_ns = 0;
  std::map<std::vector<std::string>, std::int64_t> callers;
};

struct PhaseSums {
  std::int64_t total_ns = 0;
  std::map<std::string, Sums> frames;
};

bool is_of_kernel(const std::string& frame) { return frame.ends_with("_[k]"); }

// How many frames count, from the outermost one.
std::size_t depth_of(const FoldedStack& stack) {
  std::size_t depth = stack.frames.size();
  if (stack.on_cpu) return depth;
  while (depth > 0 && is_of_kernel(stack.frames[depth - 1])) depth -= 1;
  return depth > 0 ? depth : stack.frames.size();
}

void add(PhaseSums& sums, const FoldedStack& stack) {
  sums.total_ns += stack.time_ns;
  const std::size_t depth = depth_of(stack);
  std::set<std::string> seen;  // a recursion counts once
  for (std::size_t i = 0; i < depth; ++i) {
    if (seen.insert(stack.frames[i]).second) sums.frames[stack.frames[i]].total_ns += stack.time_ns;
  }
  if (depth == 0) return;
  Sums& inner = sums.frames[stack.frames[depth - 1]];
  inner.self_ns += stack.time_ns;
  std::vector<std::string> callers;
  for (std::size_t i = depth - 1; i > 0 && callers.size() < kCallers; --i) {
    callers.push_back(stack.frames[i - 1]);
  }
  inner.callers[std::move(callers)] += stack.time_ns;
}

HotPhase hottest(const std::string& phase, const PhaseSums& sums, std::size_t most) {
  HotPhase hot{phase, sums.total_ns, {}};
  for (const auto& [frame, of] : sums.frames) {
    if (of.self_ns == 0) continue;
    const auto caller =
        std::max_element(of.callers.begin(), of.callers.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    hot.frames.push_back({frame, caller->first, of.self_ns, of.total_ns});
  }
  std::stable_sort(hot.frames.begin(), hot.frames.end(),
                   [](const HotFrame& a, const HotFrame& b) { return a.self_ns > b.self_ns; });
  if (hot.frames.size() > most) hot.frames.resize(most);
  return hot;
}

std::vector<HotPhase> in_order(const std::map<std::string, PhaseSums>& sums,
                               const std::vector<std::string>& order, std::size_t most) {
  std::vector<HotPhase> phases;
  for (const std::string& phase : order) {
    const auto found = sums.find(phase);
    if (found != sums.end()) phases.push_back(hottest(phase, found->second, most));
  }
  return phases;
}

}  // namespace

HotFrames hot_frames(const Run& run, const Summary& summary, std::size_t most) {
  HotFrames hot;
  std::map<std::string, PhaseSums> on, off;
  std::vector<std::string> order;
  for (const Start& start : run.starts) {
    if (!start.stacks || !start.usable() || start.function != summary.function ||
        start.load != summary.load || start.cache != summary.cache) {
      continue;
    }
    const StackProfile& profile = *start.stacks;
    hot.starts += 1;
    hot.rate_hz = profile.rate_hz;
    hot.taken += profile.taken;
    hot.lost += profile.lost;
    hot.cut += profile.cut;
    hot.broken += profile.broken;
    hot.frames += profile.frames;
    hot.unnamed += profile.unnamed;
    for (const std::string& note : profile.notes) {
      if (std::find(hot.notes.begin(), hot.notes.end(), note) == hot.notes.end()) {
        hot.notes.push_back(note);
      }
    }
    for (const PhaseSpan& span : phases_of(start.timeline)) {
      if (std::find(order.begin(), order.end(), span.name()) == order.end()) {
        order.push_back(span.name());
      }
    }
    for (const FoldedStack& stack : profile.stacks) {
      add((stack.on_cpu ? on : off)[stack.phase], stack);
    }
  }
  hot.on_cpu = in_order(on, order, most);
  hot.off_cpu = in_order(off, order, most);
  return hot;
}

}  // namespace coldstart::results
