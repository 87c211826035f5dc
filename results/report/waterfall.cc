#include "results/report/waterfall.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/phase_bar.h"
#include "results/report/reasons.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr int kGap = 2;
constexpr int kNumberWidth = 7;   // "12.3 ms", "1.23 µs"
constexpr int kShareWidth = 7;    // "100.0 %"
constexpr int kBarWithText = 40;  // a bar that leaves room for descriptions

/// Where the columns are, for one start and one width.
struct Layout {
  int name = 0;
  int bar = 0;
  int description = 0;  ///< 0: no room
};

Layout layout_of(const std::vector<PhaseSpan>& spans, const TextStyle& style) {
  constexpr int kNumbers = 2 * (kNumberWidth + kGap) + kShareWidth + kGap;
  Layout layout;
  layout.name = display_width("total");
  int description = 0;
  for (const PhaseSpan& span : spans) {
    layout.name = std::max(layout.name, display_width(short_name(span.phases)));
    description = std::max(description, display_width(descriptions(span.phases)));
  }
  const int room = style.width - layout.name - kGap - kNumbers;
  layout.bar = std::max(room, 1);
  constexpr int kWorthwhile = 30;
  if (room - kBarWithText - kGap >= std::min(description, kWorthwhile)) {
    layout.description = std::min(description, room - kBarWithText - kGap);
    layout.bar = room - kGap - layout.description;
  }
  return layout;
}

// A bar from begin to end on a line that is `cells` long and stands for `total`.
std::string placed_bar(const PhaseSpan& span, std::int64_t total, int cells,
                       const TextStyle& style) {
  const auto at = [&](std::int64_t ns) {
    return total > 0 ? static_cast<double>(ns) / static_cast<double>(total) * cells : 0.0;
  };
  const int begin = std::min(static_cast<int>(std::lround(at(span.begin_ns))), cells - 1);
  const int length =
      std::clamp(static_cast<int>(std::lround(at(span.end_ns))) - begin, 0, cells - begin);
  std::string bar;
  for (int i = 0; i < length; ++i) bar += "█";
  if (length == 0) bar = "▏";  // too short to draw, but it is there
  return std::string(static_cast<std::size_t>(begin), ' ') + colored(bar, span.phases, style);
}

std::string row(const Layout& layout, const std::string& name, const std::string& begin,
                const std::string& length, const std::string& share) {
  const std::string gap(kGap, ' ');
  return pad_right(name, layout.name) + gap + pad_left(begin, kNumberWidth) + gap +
         pad_left(length, kNumberWidth) + gap + pad_left(share, kShareWidth);
}

std::string title_of(const Start& start, std::int64_t total, std::string_view contract) {
  const std::string which = fmt::format("(trial {}, load {}, cache {})", start.trial,
                                        load_title(start.load, start.function), start.cache);
  if (start.outcome == Outcome::kOk && latency_ns(start.timeline)) {
    return printable(fmt::format("{}: {} from due to {} {}", start.function, format_duration(total),
                                 end_of_clock(contract), which));
  }
  return printable(fmt::format(
      "{}: failed: {}{} {}; drawn as far as it was seen", start.function, name(start.outcome),
      start.message.empty() ? "" : fmt::format(" ({})", start.message), which));
}

// "not seen: runtime_ready, listening (tier runtime is off)", a line for each reason.
void add_absences(const Start& start, Absence kind, const char* words,
                  std::vector<std::string>& notes) {
  std::vector<std::pair<std::string, std::string>> by_reason;  // reason, boundaries
  for (std::size_t i = 1; i < kBoundaryCount; ++i) {
    const auto boundary = static_cast<Boundary>(i);
    const Mark& mark = start.timeline[boundary];
    if (mark.at_ns ||
        (mark.absence == Absence::kNotApplicable) != (kind == Absence::kNotApplicable)) {
      continue;
    }
    auto same = std::find_if(by_reason.begin(), by_reason.end(),
                             [&](const auto& entry) { return entry.first == mark.reason; });
    if (same == by_reason.end()) {
      by_reason.emplace_back(mark.reason, name(boundary));
    } else {
      same->second += fmt::format(", {}", name(boundary));
    }
  }
  for (const auto& [reason, boundaries] : by_reason) {
    notes.push_back(
        fmt::format("{}: {}{}", words, boundaries,
                    reason.empty() ? "" : fmt::format(" ({})", in_plain_words(reason))));
  }
}

std::vector<std::string> notes_of_start(const Start& start, std::string_view contract) {
  std::vector<std::string> notes;
  const Timeline& timeline = start.timeline;
  if (const auto forked = timeline[Boundary::kForked].at_ns) {
    notes.push_back(fmt::format("forked after {}", format_duration(*forked)));
  }
  if (const auto completed = timeline[Boundary::kCompleted].at_ns) {
    notes.push_back(fmt::format("{} after {}", contract == "exec" ? "it ended" : "whole answer",
                                format_duration(*completed)));
  }
  add_absences(start, Absence::kNotApplicable, "no such moment", notes);
  add_absences(start, Absence::kUnseen, "not seen", notes);
  if (start.readiness_poll_ns) {
    notes.push_back(
        fmt::format("readiness was polled every {}: the latency may include that much waiting",
                    format_duration(*start.readiness_poll_ns)));
  }
  if (start.lost_events > 0) {
    notes.push_back(
        fmt::format("{} probe events were lost: this start may be wrong, and is left out of "
                    "statistics",
                    start.lost_events));
  }
  return notes;
}

}  // namespace

std::string waterfall(const Start& start, const TextStyle& style, std::string_view contract) {
  const std::vector<PhaseSpan> spans = phases_of(start.timeline);
  const std::int64_t total = spans.empty() ? 0 : spans.back().end_ns;
  const Layout layout = layout_of(spans, style);
  const std::string gap(kGap, ' ');
  std::string text;
  const auto add_note = [&](const std::string& note) {
    for (const std::string& line : wrap(note, style.width, 2)) text += line + '\n';
  };

  add_note(title_of(start, total, contract));
  text += '\n';
  if (!spans.empty()) {
    const std::string header = row(layout, "phase", "begins", "takes", "share");
    text += style.color ? "\x1b[1m" + header + "\x1b[0m\n" : header + '\n';
  }
  for (const PhaseSpan& span : spans) {
    std::string line =
        row(layout, short_name(span.phases), format_duration(span.begin_ns),
            format_duration(span.length_ns()), format_share(span.length_ns(), total));
    std::string bar = placed_bar(span, total, layout.bar, style);
    if (layout.description > 0) {
      bar = pad_right(bar, layout.bar) + gap + fit(descriptions(span.phases), layout.description);
    }
    text += line + gap + bar + '\n';
  }
  if (spans.empty()) {
    text += "no phase was seen\n";
  } else {
    text += row(layout, "total", "", format_duration(total), format_share(total, total)) + '\n';
  }
  const std::vector<std::string> notes = notes_of_start(start, contract);
  if (!notes.empty()) text += '\n';
  for (const std::string& note : notes) add_note(printable(note));
  return style.unicode ? text : to_ascii(text);
}

}  // namespace coldstart::results
