#include <algorithm>

#include "results/compare/gate_report.h"
#include "results/compare/gate_rows.h"
#include "results/report/columns.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

const char* colour_of(Verdict verdict) {
  return verdict == Verdict::kFail   ? "\x1b[31m"
         : verdict == Verdict::kPass ? "\x1b[32m"
                                     : "\x1b[33m";
}

// The columns that name a row as one: where the table is split, each part needs them. A name that
// is repeated in the rows below it stands in each of them.
std::vector<Column> named_in_one(std::vector<Column> columns, std::size_t names, int width) {
  if (names < 2) return columns;
  Column& first = columns[0];
  const Column& second = columns[1];
  const int room = width - second.width() - 1;
  first.header += " " + second.header;
  std::string title;
  for (std::size_t row = 0; row < first.cells.size(); ++row) {
    if (!first.cells[row].empty()) title = fit(first.cells[row], room);
    first.cells[row] = title + " " + second.cells[row];
  }
  columns.erase(columns.begin() + 1);
  return columns;
}

// The verdict is the last word of its row.
std::string coloured(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    for (const Verdict verdict : {Verdict::kFail, Verdict::kPass, Verdict::kInconclusive}) {
      const std::size_t word = line.rfind("  " + std::string(name(verdict)));
      if (word == std::string::npos) continue;
      line = line.substr(0, word + 2) + colour_of(verdict) + line.substr(word + 2) + "\x1b[0m";
      break;
    }
    result += line + '\n';
    at = end + 1;
  }
  return result;
}

// The first column names the row, also where the others do not fit beside each other.
std::string table(const std::vector<std::string>& headers, const std::vector<GateRow>& rows,
                  std::size_t names, const TextStyle& style) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    columns.push_back({headers[i], {}, i < names || i + 1 == headers.size()});
    for (const GateRow& row : rows) columns.back().cells.push_back(row.cells[i]);
  }
  std::string text;
  if (total_width(columns) <= style.width) {
    text = render(std::move(columns), style);
  } else {
    text = render_split(named_in_one(std::move(columns), names, style.width / 3), style);
  }
  return style.color ? coloured(text) : text;
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
