#include "results/compare/gate_report.h"
#include "results/compare/gate_rows.h"
#include "results/report/markdown_table.h"

namespace coldstart::results {
namespace {

void add_table(const std::vector<std::string>& columns, const std::vector<GateRow>& rows,
               std::size_t names, std::string& text) {
  text += markdown_row(columns);
  text += '|';
  for (std::size_t i = 0; i < columns.size(); ++i) text += i < names ? " :--- |" : " ---: |";
  text += '\n';
  for (const GateRow& row : rows) text += markdown_row(row.cells);
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
                     " Cold start: " + markdown_escaped(gate_headline(report)) + "\n\n" +
                     markdown_escaped(gate_setting(report)) + "\n\n";
  for (const std::string& remark : gate_remarks(report))
    text += "- " + markdown_escaped(remark) + "\n";
  for (const std::string& fault : report.faults)
    text += "- error: " + markdown_escaped(fault) + "\n";
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
    for (const std::string& note : report.notes) text += "- " + markdown_escaped(note) + "\n";
    text += "\n</details>\n";
  }
  return text;
}

}  // namespace coldstart::results
