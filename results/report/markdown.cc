#include "results/report/markdown.h"

#include <fmt/format.h>

#include "results/report/cache_ladder.h"
#include "results/report/causes_table.h"
#include "results/report/cells.h"
#include "results/report/details.h"
#include "results/report/load_sections.h"
#include "results/report/notes.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

// What Markdown (and the HTML inside it) would take for markup.
std::string escaped(const std::string& text) {
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

void add_row(std::string& text, const std::vector<std::string>& cells) {
  text += '|';
  for (const std::string& cell : cells) text += ' ' + escaped(cell) + " |";
  text += '\n';
}

// The first column to the left, the numbers to the right.
void add_header(std::string& text, const std::vector<std::string>& cells) {
  add_row(text, cells);
  text += "| :--- |";
  for (std::size_t i = 1; i < cells.size(); ++i) text += " ---: |";
  text += '\n';
}

void add_table(std::string& text, const DetailTable& table) {
  text += fmt::format("\n{}\n\n|", escaped(table.title));
  for (const Column& column : table.columns) text += ' ' + escaped(column.header) + " |";
  text += "\n|";
  for (const Column& column : table.columns) text += column.left ? " :--- |" : " ---: |";
  text += '\n';
  for (std::size_t row = 0; row < table.columns.front().cells.size(); ++row) {
    std::vector<std::string> cells;
    for (const Column& column : table.columns) cells.push_back(column.cells[row]);
    add_row(text, cells);
  }
  if (!table.note.empty()) text += '\n' + escaped(table.note) + '\n';
}

void add_list(std::string& text, const std::vector<std::string>& notes) {
  if (notes.empty()) return;
  text += '\n';
  for (const std::string& note : notes) text += "- " + escaped(note) + '\n';
}

void add_comparison(std::string& text, const Block& block) {
  add_header(text, {"function", "n", "failed", "median", "95 % interval", "p90", "p99", "ratio"});
  for (const ComparisonRow& r : block.rows) {
    add_row(text, {r.function, r.n, r.failed, r.median, r.interval, r.p90, r.p99, r.ratio});
  }
}

void add_phases(std::string& text, const Block& block) {
  std::vector<std::string> header = {"function"};
  header.insert(header.end(), block.phase_names.begin(), block.phase_names.end());
  add_header(text, header);
  for (const PhaseRow& phases : block.phase_rows) {
    std::vector<std::string> cells = {phases.function};
    cells.insert(cells.end(), phases.cells.begin(), phases.cells.end());
    add_row(text, cells);
  }
}

// What is known of each function beyond the tables, folded.
void add_details(std::string& text, const Run& run, const Block& block,
                 const std::vector<CausesSummary>& causes) {
  for (const Summary* summary : block.summaries) {
    if (!summary->median_start) continue;
    const Details details = details_of(run.starts[*summary->median_start]);
    const auto of_function = causes_of(causes, *summary);
    if (details.empty() && !of_function) continue;
    text += fmt::format("\n<details><summary>{}</summary>\n",
                        escaped(printable(summary->function)) + ": where the time went");
    if (of_function) add_table(text, causes_table(*of_function));
    if (!details.empty()) {
      text += fmt::format("\nThe median start ({}):\n", place_of_median_start(run, *summary));
    }
    add_list(text, details.sentences);
    for (const DetailTable& table : details.tables) add_table(text, table);
    text += "\n</details>\n";
  }
}

// The first table is the answer; the others are folded.
void add_section(std::string& text, const LoadSection& section) {
  text += fmt::format("\n### {}\n", escaped(section.title));
  add_list(text, section.sentences);
  for (std::size_t i = 0; i < section.tables.size(); ++i) {
    if (i == 1) text += "\n<details><summary>More of it</summary>\n";
    add_table(text, section.tables[i]);
  }
  if (section.tables.size() > 1) text += "\n</details>\n";
}

}  // namespace

std::string markdown_report(const Run& run, const std::vector<Summary>& summaries,
                            const std::vector<PictureLink>& pictures) {
  const Notes notes = notes_of(run, summaries);
  const std::vector<Summary> shown = without_parallel(run, summaries);
  std::vector<Block> blocks = blocks_of(shown);
  const std::vector<LoadSection> loads = load_sections(run, summaries);
  const std::vector<CausesSummary> causes = summarize_causes(run);
  const std::string& title = run.info.suite.empty() ? run.info.label : run.info.suite;
  std::string text =
      "## Cold starts" + (title.empty() ? "" : ": " + escaped(printable(title))) + '\n';
  for (const PictureLink& picture : pictures) {
    text +=
        fmt::format("\n![{}](<{}>)\n", escaped(printable(picture.alt)), printable(picture.link));
  }
  if (blocks.empty() && loads.empty()) text += "\nNo starts were recorded.\n";
  for (const LoadSection& section : loads) add_section(text, section);
  for (Block& block : blocks) {
    text +=
        fmt::format("\n### {}{}\n\n", loads.empty() ? "" : "Cold starts: ", escaped(block.title));
    const std::size_t left_out = keep_most_started(block, kMostFunctions);
    add_comparison(text, block);
    if (left_out > 0) text += fmt::format("\n{} more functions have fewer starts.\n", left_out);
    if (!block.phase_names.empty()) {
      text += "\nMedians of the phases; their sum may differ from the median latency:\n\n";
      add_phases(text, block);
    }
    add_details(text, run, block, causes);
  }
  for (const DetailTable& ladder : cache_ladders(shown)) add_table(text, ladder);
  add_list(text, notes.absent);
  add_list(text, notes.skipped);
  add_list(text, notes.failures);
  add_list(text, notes.unseen);
  text += "\n<details><summary>Conditions</summary>\n";
  add_list(text, notes.conditions);
  text += "\n</details>\n";
  return text;
}

}  // namespace coldstart::results
