#include <algorithm>

#include "results/compare/gate_report.h"
#include "results/compare/gate_rows.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

const char* colour_of(Verdict verdict) {
  return verdict == Verdict::kFail   ? "\x1b[31m"
         : verdict == Verdict::kPass ? "\x1b[32m"
                                     : "\x1b[33m";
}

// Names to the left, numbers to the right; the last column is the verdict.
std::string table(const std::vector<std::string>& columns, const std::vector<GateRow>& rows,
                  std::size_t names, const TextStyle& style) {
  std::vector<int> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    int width = display_width(columns[i]);
    for (const GateRow& row : rows) width = std::max(width, display_width(row.cells[i]));
    widths.push_back(width);
  }
  const auto line = [&](const std::vector<std::string>& cells, const char* colour) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += "  ";
      if (i + 1 == cells.size()) {
        text += colour == nullptr ? cells[i] : colour + cells[i] + "\x1b[0m";
      } else {
        text += i < names ? pad_right(cells[i], widths[i]) : pad_left(cells[i], widths[i]);
      }
    }
    return text + "\n";
  };
  std::string text = line(columns, nullptr);
  for (const GateRow& row : rows) {
    text += line(row.cells, style.color ? colour_of(row.verdict) : nullptr);
  }
  return text;
}

void add_lines(const std::vector<std::string>& lines, const TextStyle& style, std::string& text) {
  for (const std::string& line : lines) {
    for (const std::string& part : wrap(line, style.width, 2)) text += part + "\n";
  }
}

}  // namespace

std::string gate_text(const GateReport& report, const TextStyle& style) {
  std::string headline = gate_headline(report);
  if (style.color) headline = colour_of(report.verdict()) + headline + "\x1b[0m";
  std::string text = headline + "\n";
  add_lines({gate_setting(report)}, style, text);
  if (!report.functions.empty()) {
    text += "\n" + table(gate_columns(report), gate_rows(report), 2, style);
  }
  if (!report.budgets.empty()) {
    text += "\n" + table(budget_columns(), budget_rows(report), 1, style);
  }
  const auto remarks = gate_remarks(report);
  if (!remarks.empty()) text += "\n";
  add_lines(remarks, style, text);
  if (!report.notes.empty() || !report.faults.empty()) text += "\n";
  for (const std::string& fault : report.faults)
    add_lines({"error: " + printable(fault)}, style, text);
  for (const std::string& note : report.notes) add_lines({"note: " + printable(note)}, style, text);
  return style.unicode ? text : to_ascii(text);
}

}  // namespace coldstart::results
