#include "results/report/table.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "results/model/duration.h"
#include "results/report/cache_ladder.h"
#include "results/report/cells.h"
#include "results/report/columns.h"
#include "results/report/load_sections.h"
#include "results/report/notes.h"
#include "results/report/phase_bar.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr int kNameAtLeast = 12;
constexpr int kBarAtLeast = 10;
constexpr int kBarAtMost = 40;
constexpr const char* kBarHeader = "phases of the median";

void limit_names(Column& names, int width) {
  for (std::string& cell : names.cells) cell = fit(cell, width);
}

// Cuts the names so that the columns have `room`; false where that takes more than names may lose.
bool make_fit(std::vector<Column>& columns, int room) {
  const int excess = total_width(columns) - room;
  if (excess <= 0) return true;
  const int names = columns.front().width();
  if (names - excess < std::min(names, kNameAtLeast)) return false;
  limit_names(columns.front(), names - excess);
  return true;
}

std::vector<Column> comparison_columns(const Block& block) {
  std::vector<Column> columns = {
      {"function", {}, true}, {"n", {}},   {"failed", {}}, {"median", {}},
      {"95 % interval", {}},  {"p90", {}}, {"p99", {}},    {"ratio", {}}};
  for (const ComparisonRow& r : block.rows) {
    const std::string* cells[] = {&r.function, &r.n,   &r.failed, &r.median,
                                  &r.interval, &r.p90, &r.p99,    &r.ratio};
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].cells.push_back(*cells[i]);
  }
  return columns;
}

Column bars_of(const Block& block, int cells, const TextStyle& style) {
  Column bars{kBarHeader, {}, true};
  if (cells < display_width(bars.header)) bars.header = "phases";
  for (const Summary* summary : block.summaries) {
    bars.cells.push_back(phase_bar(summary->phases, cells, style));
  }
  return bars;
}

// The bars beside the numbers where there is room, else below them.
std::string comparison_of(const Block& block, const TextStyle& style) {
  std::vector<Column> columns = comparison_columns(block);
  const bool has_phases = std::any_of(block.summaries.begin(), block.summaries.end(),
                                      [](const Summary* s) { return !s->phases.empty(); });
  std::vector<Column> with_bar = columns;
  if (has_phases && make_fit(with_bar, style.width - kColumnGap - kBarAtLeast)) {
    const int room = style.width - kColumnGap - total_width(with_bar);
    with_bar.push_back(bars_of(block, std::min(room, kBarAtMost), style));
    return render(with_bar, style);
  }
  // A narrow terminal: give up the tails first, then the interval.
  while (!make_fit(columns, style.width) && columns.size() > 5) {
    columns.erase(columns.end() - 2);
  }
  std::string text = render(columns, style);
  if (has_phases) {
    std::vector<Column> bars = {columns.front()};
    const int room = style.width - kColumnGap - bars.front().width();
    bars.push_back(bars_of(block, std::min(room, 2 * kBarAtMost), style));
    text += '\n' + render(bars, style);
  }
  return text;
}

std::string phases_of_block(const Block& block, const TextStyle& style) {
  std::vector<Column> columns = {{"function", {}, true}};
  for (const PhaseRow& row : block.phase_rows) columns.front().cells.push_back(row.function);
  for (std::size_t i = 0; i < block.phase_names.size(); ++i) {
    Column& column = columns.emplace_back(Column{block.phase_names[i]});
    for (const PhaseRow& row : block.phase_rows) column.cells.push_back(row.cells[i]);
  }
  return render_split(std::move(columns), style);
}

void add_wrapped(std::string& text, const std::string& paragraph, const TextStyle& style) {
  for (const std::string& line : wrap(paragraph, style.width, 2)) text += line + '\n';
}

void add_notes(std::string& text, const std::vector<std::string>& notes, const TextStyle& style) {
  if (notes.empty()) return;
  text += '\n';
  for (const std::string& note : notes) {
    // A command is there to be copied: it stays on its line, however long.
    if (note.starts_with("repeat: ")) {
      text += note + '\n';
    } else {
      add_wrapped(text, note, style);
    }
  }
}

void add_legend(std::string& text, const std::vector<Summary>& summaries, const TextStyle& style) {
  std::vector<std::string> lines;
  for (const std::string& entry : phase_legend(summaries, style)) {
    const bool fits =
        !lines.empty() &&
        display_width(lines.back()) + kColumnGap + display_width(entry) <= style.width;
    if (fits) {
      lines.back() += std::string(kColumnGap, ' ') + entry;
    } else {
      lines.push_back(entry);
    }
  }
  if (!lines.empty()) text += '\n';
  for (const std::string& line : lines) text += line + '\n';
}

std::string finished(const std::string& text, const TextStyle& style) {
  return style.unicode ? text : to_ascii(text);
}

}  // namespace

std::string comparison_table(const Run& run, const std::vector<Summary>& summaries,
                             const TextStyle& style) {
  const Notes notes = notes_of(run, summaries);
  const std::vector<Summary> shown = without_parallel(run, summaries);
  std::vector<Block> blocks = blocks_of(shown);
  const std::vector<LoadSection> loads = load_sections(run, summaries);
  std::string text;
  if (blocks.empty() && loads.empty()) text += "no starts were recorded\n";
  for (Block& block : blocks) {
    if (!text.empty()) text += '\n';
    if (blocks.size() > 1 || !loads.empty() || block.summaries.front()->disturbed) {
      const std::string what = loads.empty() ? "" : "Cold starts: ";
      text += bold(fit(what + block.title, style.width), style) + '\n';
    }
    const std::size_t left_out = keep_most_started(block, kMostFunctions);
    text += comparison_of(block, style);
    if (left_out > 0) {
      add_wrapped(text, fmt::format("{} more functions have fewer starts", left_out), style);
    }
  }
  add_legend(text, shown, style);
  for (const DetailTable& ladder : cache_ladders(shown)) text += '\n' + render(ladder, style);
  if (!loads.empty()) text += (text.empty() ? "" : "\n") + load_text(loads, style);
  if (!notes.absent.empty()) {
    std::string absent;
    for (const std::string& note : notes.absent) absent += (absent.empty() ? "– : " : "; ") + note;
    add_wrapped(text, absent, style);
  }
  add_notes(text, notes.skipped, style);
  add_notes(text, notes.failures, style);
  add_notes(text, notes.unseen, style);
  add_notes(text, notes.conditions, style);
  return finished(text, style);
}

std::string phase_table(const std::vector<Summary>& summaries, const TextStyle& style) {
  const std::vector<Block> blocks = blocks_of(summaries);
  std::string text;
  bool joined = false;
  for (const Block& block : blocks) {
    if (block.phase_names.empty()) continue;
    if (!text.empty()) text += '\n';
    if (blocks.size() > 1) text += bold(fit(block.title, style.width), style) + '\n';
    text += phases_of_block(block, style);
    for (const Summary* summary : block.summaries) {
      for (const PhaseMedian& phase : summary->phases) joined = joined || phase.phases.size() > 1;
    }
  }
  if (text.empty()) return "no phases: no start that can be used\n";
  text += '\n';
  add_wrapped(text, "medians of each phase; their sum may differ from the median latency", style);
  if (joined) {
    add_wrapped(text, "a+b, a…b: measured as one, because a boundary between them was not seen",
                style);
  }
  return finished(text, style);
}

}  // namespace coldstart::results
