#include "results/report/markdown_table.h"

#include <fmt/format.h>

namespace coldstart::results {

std::string markdown_escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '|':
      case '*':
      case '_':
      case '`':
      case '[':
      case ']':
      case '\\':
      case '#':
      case '~':
      case '@':
        safe += '\\';
        [[fallthrough]];
      default:
        safe += c;
    }
  }
  return safe;
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text += ' ' + markdown_escaped(cell) + " |";
  return text + '\n';
}

std::string markdown_table(const DetailTable& table) {
  std::string text;
  if (!table.title.empty()) text += fmt::format("\n{}\n", markdown_escaped(table.title));
  std::vector<std::string> headers;
  for (const Column& column : table.columns) headers.push_back(column.header);
  text += '\n' + markdown_row(headers) + '|';
  for (const Column& column : table.columns) text += column.left ? " :--- |" : " ---: |";
  text += '\n';
  for (std::size_t row = 0; row < table.columns.front().cells.size(); ++row) {
    std::vector<std::string> cells;
    for (const Column& column : table.columns) cells.push_back(column.cells[row]);
    text += markdown_row(cells);
  }
  if (!table.note.empty()) text += '\n' + markdown_escaped(table.note) + '\n';
  return text;
}

}  // namespace coldstart::results
