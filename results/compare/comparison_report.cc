#include "results/compare/comparison_report.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vector>

#include "results/compare/comparison_words.h"
#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/columns.h"
#include "results/report/markdown_table.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr std::size_t kCauses = 6;  // shown; all are in the JSON
constexpr std::size_t kThings = 12;

std::string side_name(const ComparedSide& side) {
  return fmt::format("{}: {}, {}, {}; {} {}", side.run, printable(side.function),
                     printable(load_title(side.load, side.function)), printable(side.cache), side.n,
                     side.n == 1 ? "start" : "starts");
}

std::string ratio_cell(const Shift& ratio) {
  std::string text = format_ratio(ratio.estimate);
  if (ratio.interval) {
    text += fmt::format(" ({}–{})", format_ratio(ratio.interval->low),
                        format_ratio(ratio.interval->high));
  }
  return text;
}

std::string time_cell(const std::optional<std::int64_t>& ns) {
  return ns ? format_duration(*ns) : std::string();
}

// Of the medians; where one side has no such phase, or none that took time, there is none.
std::string ratio_of(const PhaseDifference& phase) {
  if (!phase.a_ns || !phase.b_ns || *phase.a_ns <= 0) return {};
  return format_ratio(static_cast<double>(*phase.b_ns) / static_cast<double>(*phase.a_ns));
}

std::string negligible_rule(const SeriesComparison& c) {
  return c.differs() ? "less than 1 % of the latency and less than 10 % of the difference"
                     : "less than 1 % of the latency";
}

std::string left_out_note(std::size_t count, const SeriesComparison& c) {
  return fmt::format("{} negligible {} left out ({}), see --json", count,
                     count == 1 ? "change is" : "changes are", negligible_rule(c));
}

DetailTable phase_table_of(const SeriesComparison& c) {
  DetailTable table;
  Column phase{"phase", {"latency"}, true};
  Column a{"A", {format_duration(c.a.median_ns)}};
  Column b{"B", {format_duration(c.b.median_ns)}};
  Column shift{"shift", {signed_duration(c.shift.estimate)}};
  Column interval{"95 % interval",
                  {c.shift.interval ? signed_interval(*c.shift.interval) : kAbsent}};
  Column ratio{"B / A", {format_ratio(c.ratio.estimate)}};
  for (const PhaseDifference& of : c.phases) {
    phase.cells.push_back(short_name(of.phases));
    a.cells.push_back(time_cell(of.a_ns));
    b.cells.push_back(time_cell(of.b_ns));
    ratio.cells.push_back(ratio_of(of));
    if (of.shift) {
      shift.cells.push_back(signed_duration(of.shift->estimate) + (of.negligible ? " ~" : ""));
      interval.cells.push_back(of.shift->interval ? signed_interval(*of.shift->interval) : kAbsent);
    } else {
      const bool two = c.a.function != c.b.function;
      shift.cells.emplace_back(of.a_ns ? (two ? "only A" : "gone") : (two ? "only B" : "new"));
      interval.cells.emplace_back();
    }
  }
  table.columns = {phase, a, b, shift, interval, ratio};
  table.note = fmt::format("B / A: {}", ratio_cell(c.ratio));
  if (std::any_of(c.phases.begin(), c.phases.end(), [](const auto& of) { return of.negligible; })) {
    table.note += fmt::format("; ~: negligible ({})", negligible_rule(c));
  }
  return table;
}

DetailTable cause_table_of(const SeriesComparison& c) {
  DetailTable table;
  table.title = "Causes that differ most (medians):";
  Column phase{"phase", {}, true};
  Column cause{"cause", {}, true};
  Column a{"A"};
  Column b{"B"};
  Column change{"change"};
  std::size_t left_out = 0;
  for (const CauseDifference& of : c.causes) {
    if (of.negligible) {
      ++left_out;
      continue;
    }
    if (phase.cells.size() == kCauses) continue;
    phase.cells.push_back(of.phase);
    cause.cells.push_back(printable(of.cause));
    a.cells.push_back(format_duration(of.a_ns));
    b.cells.push_back(format_duration(of.b_ns));
    change.cells.push_back(signed_duration(static_cast<double>(of.b_ns - of.a_ns)) +
                           (of.certain ? "" : " ?"));
  }
  if (std::any_of(change.cells.begin(), change.cells.end(),
                  [](const std::string& cell) { return cell.ends_with('?'); })) {
    table.note = "?: the interval of this change holds 0";
  }
  if (left_out > 0) {
    table.note += (table.note.empty() ? "" : "; ") + left_out_note(left_out, c);
  }
  table.columns = {phase, cause, a, b, change};
  return table;
}

bool has_rows(const DetailTable& table) { return !table.columns.front().cells.empty(); }

std::vector<std::string> things_of(const SeriesComparison& c) {
  std::vector<std::string> lines;
  std::size_t more = 0;
  std::size_t left_out = 0;
  for (const ThingDifference& thing : c.things) {
    if (thing.negligible) {
      ++left_out;
    } else if (lines.size() == kThings) {
      ++more;
    } else {
      lines.push_back(c.a.function == c.b.function
                          ? in_words(thing)
                          : in_words(thing, printable(c.a.function), printable(c.b.function)));
    }
  }
  if (more > 0) lines.push_back(fmt::format("and {} more, see --json", more));
  if (left_out > 0) lines.push_back(left_out_note(left_out, c));
  return lines;
}

void add_wrapped(std::string& text, const std::string& line, int width, int indent) {
  for (const std::string& part : wrap(line, width, indent)) text += part + '\n';
}

void add_causes(std::string& text, const SeriesComparison& c, const TextStyle& style) {
  const DetailTable causes = cause_table_of(c);
  if (has_rows(causes)) {
    text += '\n' + render(causes, style);
  } else if (!causes.note.empty()) {
    text += '\n';
    add_wrapped(text, "Causes: " + causes.note, style.width, 2);
  }
}

}  // namespace

std::string comparison_text(const Comparison& comparison, const TextStyle& style) {
  std::string text;
  for (const SeriesComparison& c : comparison.series) {
    if (!text.empty()) text += '\n';
    for (const std::string& line : wrap(c.sentence, style.width)) text += bold(line, style) + '\n';
    text += '\n';
    add_wrapped(text, "A: " + side_name(c.a), style.width, 3);
    add_wrapped(text, "B: " + side_name(c.b), style.width, 3);
    text += render(phase_table_of(c), style).substr(1);
    add_causes(text, c, style);
    const std::vector<std::string> things = things_of(c);
    if (!things.empty()) text += "\nWhat else differs:\n";
    for (const std::string& thing : things) add_wrapped(text, "- " + thing, style.width, 2);
  }
  if (!comparison.notes.empty()) text += '\n';
  for (const std::string& note : comparison.notes) add_wrapped(text, note, style.width, 2);
  return style.unicode ? text : to_ascii(text);
}

std::string comparison_markdown(const Comparison& comparison) {
  std::string text = "## Cold starts compared\n\n";
  for (const SeriesComparison& c : comparison.series) {
    text += "- " + markdown_escaped(c.sentence) + '\n';
  }
  for (const SeriesComparison& c : comparison.series) {
    const std::string load = printable(load_title(c.a.load, c.a.function));
    const std::string title =
        c.a.function == c.b.function
            ? printable(c.a.function) + ", " + load
            : fmt::format("{} and {}, {}", printable(c.a.function), printable(c.b.function), load);
    text +=
        fmt::format("\n<details><summary>{}</summary>\n\nA: {}  \nB: {}\n", markdown_escaped(title),
                    markdown_escaped(side_name(c.a)), markdown_escaped(side_name(c.b)));
    text += markdown_table(phase_table_of(c));
    if (const DetailTable causes = cause_table_of(c); has_rows(causes)) {
      text += markdown_table(causes);
    } else if (!causes.note.empty()) {
      text += fmt::format("\nCauses: {}\n", markdown_escaped(causes.note));
    }
    const std::vector<std::string> things = things_of(c);
    if (!things.empty()) text += '\n';
    for (const std::string& thing : things) text += "- " + markdown_escaped(thing) + '\n';
    text += "\n</details>\n";
  }
  if (!comparison.notes.empty()) text += '\n';
  for (const std::string& note : comparison.notes) text += "> " + markdown_escaped(note) + "\n>\n";
  if (!comparison.notes.empty()) text.resize(text.size() - 2);
  return text;
}

}  // namespace coldstart::results
