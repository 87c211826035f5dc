#include "results/report/table.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/notes.h"
#include "results/report/phase_bar.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr int kGap = 2;
constexpr int kNameAtLeast = 12;
constexpr int kBarAtLeast = 10;
constexpr int kBarAtMost = 40;
constexpr const char* kBarHeader = "phases of the median";

struct Column {
  std::string header;
  std::vector<std::string> cells;
  bool left = false;  ///< aligned to the left

  int width() const {
    int width = display_width(header);
    for (const std::string& cell : cells) width = std::max(width, display_width(cell));
    return width;
  }
};

int total_width(const std::vector<Column>& columns) {
  int width = 0;
  for (const Column& column : columns) width += column.width() + kGap;
  return width - kGap;
}

std::string bold(const std::string& text, const TextStyle& style) {
  return style.color ? "\x1b[1m" + text + "\x1b[0m" : text;
}

void trim_right(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

std::string render(const std::vector<Column>& columns, const TextStyle& style) {
  const auto line_of = [&](auto&& cell_of) {
    std::string line;
    for (const Column& column : columns) {
      if (&column != &columns.front()) line += std::string(kGap, ' ');
      const std::string& cell = cell_of(column);
      line += column.left ? pad_right(cell, column.width()) : pad_left(cell, column.width());
    }
    trim_right(line);
    return line;
  };
  std::string text =
      bold(line_of([](const Column& c) -> const std::string& { return c.header; }), style) + '\n';
  for (std::size_t row = 0; row < columns.front().cells.size(); ++row) {
    text += line_of([&](const Column& c) -> const std::string& { return c.cells[row]; }) + '\n';
  }
  return text;
}

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
  if (has_phases && make_fit(with_bar, style.width - kGap - kBarAtLeast)) {
    const int room = style.width - kGap - total_width(with_bar);
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
    const int room = style.width - kGap - bars.front().width();
    bars.push_back(bars_of(block, std::min(room, 2 * kBarAtMost), style));
    text += '\n' + render(bars, style);
  }
  return text;
}

std::string phases_of_block(const Block& block, const TextStyle& style) {
  std::string text;
  std::size_t next = 0;
  while (next < block.phase_names.size()) {
    std::vector<Column> columns = {{"function", {}, true}};
    for (const PhaseRow& row : block.phase_rows) columns.front().cells.push_back(row.function);
    limit_names(columns.front(), style.width / 3);
    // As many phases as fit, at least one; the others follow below.
    const std::size_t first = next;
    for (; next < block.phase_names.size(); ++next) {
      Column column{block.phase_names[next], {}};
      for (const PhaseRow& row : block.phase_rows) column.cells.push_back(row.cells[next]);
      columns.push_back(std::move(column));
      if (next > first && total_width(columns) > style.width) {
        columns.pop_back();
        break;
      }
    }
    text += (first == 0 ? "" : "\n") + render(columns, style);
  }
  return text;
}

void add_wrapped(std::string& text, const std::string& paragraph, const TextStyle& style) {
  for (const std::string& line : wrap(paragraph, style.width, 2)) text += line + '\n';
}

void add_notes(std::string& text, const std::vector<std::string>& notes, const TextStyle& style) {
  if (notes.empty()) return;
  text += '\n';
  for (const std::string& note : notes) add_wrapped(text, note, style);
}

void add_legend(std::string& text, const std::vector<Summary>& summaries, const TextStyle& style) {
  std::vector<std::string> lines;
  for (const std::string& entry : phase_legend(summaries, style)) {
    const bool fits =
        !lines.empty() && display_width(lines.back()) + kGap + display_width(entry) <= style.width;
    if (fits) {
      lines.back() += std::string(kGap, ' ') + entry;
    } else {
      lines.push_back(entry);
    }
  }
  if (!lines.empty()) text += '\n';
  for (const std::string& line : lines) text += line + '\n';
}

std::string finished(std::string text, const TextStyle& style) {
  return style.unicode ? text : to_ascii(text);
}

}  // namespace

std::string comparison_table(const Run& run, const std::vector<Summary>& summaries,
                             const TextStyle& style) {
  const Notes notes = notes_of(run, summaries);
  const std::vector<Block> blocks = blocks_of(summaries);
  std::string text;
  if (blocks.empty()) text += "no starts were recorded\n";
  for (const Block& block : blocks) {
    if (!text.empty()) text += '\n';
    if (blocks.size() > 1) text += bold(fit(block.title, style.width), style) + '\n';
    text += comparison_of(block, style);
  }
  add_legend(text, summaries, style);
  if (!notes.absent.empty()) {
    std::string absent;
    for (const std::string& note : notes.absent) absent += (absent.empty() ? "– : " : "; ") + note;
    add_wrapped(text, absent, style);
  }
  add_notes(text, notes.skipped, style);
  add_notes(text, notes.failures, style);
  add_notes(text, notes.unseen, style);
  add_notes(text, notes.conditions, style);
  return finished(std::move(text), style);
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
  return finished(std::move(text), style);
}

}  // namespace coldstart::results
