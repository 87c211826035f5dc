#include "results/report/columns.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr int kFlexibleAtLeast = 16;

void trim_right(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

// For a terminal a no-break space has done its duty once lines are broken.
std::string with_plain_spaces(std::string text) {
  constexpr std::string_view kNoBreak = "\u00a0";
  for (auto at = text.find(kNoBreak); at != std::string::npos; at = text.find(kNoBreak, at)) {
    text.replace(at, kNoBreak.size(), " ");
  }
  return text;
}

std::string aligned(const Column& column, const std::string& text, int width) {
  return column.left ? pad_right(text, width) : pad_left(text, width);
}

// The lines of one cell in a column that is `width` wide.
std::vector<std::string> lines_of_cell(const Column& column, const std::string& cell, int width) {
  if (column.too_wide == TooWide::kWrap && display_width(cell) > width) return wrap(cell, width);
  if (column.too_wide == TooWide::kCut) return {fit(cell, width)};
  return {cell};
}

std::vector<int> widths_of(const std::vector<Column>& columns, int room) {
  std::vector<int> widths;
  for (const Column& column : columns) widths.push_back(column.width());
  int excess = total_width(columns) - room;
  for (std::size_t i = 0; i < columns.size() && excess > 0; ++i) {
    if (columns[i].too_wide == TooWide::kKeep) continue;
    const int narrow = std::max(widths[i] - excess, std::min(widths[i], kFlexibleAtLeast));
    excess -= widths[i] - narrow;
    widths[i] = narrow;
  }
  return widths;
}

// The others in `count` parts of about the same number; empty where one would be too wide.
std::vector<std::vector<Column>> spread(const std::vector<Column>& columns, std::size_t count,
                                        int width) {
  std::vector<std::vector<Column>> parts;
  const std::size_t others = columns.size() - 1;
  std::size_t next = 1;
  for (std::size_t part = 0; part < count; ++part) {
    std::vector<Column>& of_part = parts.emplace_back(1, columns.front());
    const std::size_t size = others / count + (part < others % count ? 1 : 0);
    for (std::size_t i = 0; i < size; ++i) of_part.push_back(columns[next++]);
    if (size > 1 && total_width(of_part) > width) return {};
  }
  return parts;
}

}  // namespace

int Column::width() const {
  int width = display_width(header);
  for (const std::string& cell : cells) width = std::max(width, display_width(cell));
  return width;
}

int total_width(const std::vector<Column>& columns) {
  int width = 0;
  for (const Column& column : columns) width += column.width() + kColumnGap;
  return width - kColumnGap;
}

std::string bold(const std::string& text, const TextStyle& style) {
  return style.color ? "\x1b[1m" + text + "\x1b[0m" : text;
}

std::string render(std::vector<Column> columns, const TextStyle& style) {
  const std::vector<int> widths = widths_of(columns, style.width);
  std::string header;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    header += (i == 0 ? "" : std::string(kColumnGap, ' ')) +
              aligned(columns[i], fit(columns[i].header, widths[i]), widths[i]);
  }
  trim_right(header);
  std::string text = bold(header, style) + '\n';
  for (std::size_t row = 0; row < columns.front().cells.size(); ++row) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      cells.push_back(lines_of_cell(columns[i], columns[i].cells[row], widths[i]));
      height = std::max(height, cells.back().size());
    }
    for (std::size_t l = 0; l < height; ++l) {
      std::string line;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        line += (i == 0 ? "" : std::string(kColumnGap, ' ')) +
                aligned(columns[i], l < cells[i].size() ? cells[i][l] : "", widths[i]);
      }
      trim_right(line);
      text += line + '\n';
    }
  }
  return with_plain_spaces(std::move(text));
}

std::string render_split(std::vector<Column> columns, const TextStyle& style) {
  for (std::string& cell : columns.front().cells) cell = fit(cell, style.width / 3);
  const std::size_t others = columns.size() - 1;
  std::vector<std::vector<Column>> parts;
  for (std::size_t count = 1; parts.empty() && count <= others; ++count) {
    parts = spread(columns, count, style.width);
  }
  if (parts.empty()) parts = {columns};
  std::string text;
  for (std::vector<Column>& part : parts) {
    text += (text.empty() ? "" : "\n") + render(std::move(part), style);
  }
  return text;
}

std::string render(const DetailTable& table, const TextStyle& style) {
  std::string text;
  for (const std::string& line : wrap(table.title, style.width, 2)) text += line + '\n';
  const bool flexible = std::any_of(table.columns.begin(), table.columns.end(),
                                    [](const Column& c) { return c.too_wide != TooWide::kKeep; });
  text += flexible ? render(table.columns, style) : render_split(table.columns, style);
  if (table.note.empty()) return text;
  for (const std::string& line : wrap(table.note, style.width, 2)) text += line + '\n';
  return text;
}

}  // namespace coldstart::results
