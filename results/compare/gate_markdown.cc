#include "results/compare/gate_report.h"
#include "results/compare/gate_rows.h"

namespace coldstart::results {
namespace {

// What Markdown (and the HTML inside it) would take for markup.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '<') {
      safe += "&lt;";
    } else if (c == '>') {
      safe += "&gt;";
    } else if (c == '&') {
      safe += "&amp;";
    } else {
      if (std::string("|*_`[]\\#~@").find(c) != std::string::npos) safe += '\\';
      safe += c;
    }
  }
  return safe;
}

void add_row(const std::vector<std::string>& cells, std::string& text) {
  text += '|';
  for (const std::string& cell : cells) text += ' ' + escaped(cell) + " |";
  text += '\n';
}

void add_table(const std::vector<std::string>& columns, const std::vector<GateRow>& rows,
               std::size_t names, std::string& text) {
  add_row(columns, text);
  text += '|';
  for (std::size_t i = 0; i < columns.size(); ++i) text += i < names ? " :--- |" : " ---: |";
  text += '\n';
  for (const GateRow& row : rows) add_row(row.cells, text);
  text += '\n';
}

const char* sign_of(Verdict verdict) {
  return verdict == Verdict::kPass ? "✅" : verdict == Verdict::kFail ? "❌" : "❔";
}

void add_phases(const GateReport& report, std::string& text) {
  std::vector<GateRow> rows;
  for (std::size_t i = 0; i < report.attributions.size(); ++i) {
    std::string title = title_of(report.functions[i], report);
    for (const PhaseShift& shift : report.attributions[i].moved) {
      rows.push_back({{title, shift.phase, format_shift(shift.shift_ns), shift.cause}, {}});
      title.clear();
    }
  }
  if (rows.empty()) return;
  text += "<details><summary>Phases that moved</summary>\n\n";
  add_table({"function", "phase", "shift", "cause"}, rows, 2, text);
  text += "</details>\n\n";
}

}  // namespace

std::string gate_markdown(const GateReport& report) {
  std::string text = "### " + std::string(sign_of(report.verdict())) +
                     " Cold start: " + escaped(gate_headline(report)) + "\n\n" +
                     escaped(gate_setting(report)) + "\n\n";
  for (const std::string& remark : gate_remarks(report)) text += "- " + escaped(remark) + "\n";
  for (const std::string& fault : report.faults) text += "- error: " + escaped(fault) + "\n";
  if (text.ends_with("\n") && !text.ends_with("\n\n")) text += '\n';
  if (!report.functions.empty()) {
    text += "<details><summary>All functions</summary>\n\n";
    add_table(gate_columns(report), gate_rows(report), 2, text);
    text += "</details>\n\n";
  }
  if (!report.budgets.empty()) {
    text += "<details><summary>Budgets</summary>\n\n";
    add_table(budget_columns(), budget_rows(report), 1, text);
    text += "</details>\n\n";
  }
  add_phases(report, text);
  if (!report.notes.empty()) {
    text += "<details><summary>Notes</summary>\n\n";
    for (const std::string& note : report.notes) text += "- " + escaped(note) + "\n";
    text += "\n</details>\n";
  }
  return text;
}

}  // namespace coldstart::results
