#include "results/report/markdown.h"

#include <algorithm>
#include <fmt/format.h>

#include "results/report/answer.h"
#include "results/report/cache_ladder.h"
#include "results/report/causes_table.h"
#include "results/report/cells.h"
#include "results/report/details.h"
#include "results/report/load_sections.h"
#include "results/report/markdown_table.h"
#include "results/report/notes.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

std::string escaped(const std::string& text) { return markdown_escaped(text); }

void add_row(std::string& text, const std::vector<std::string>& cells) {
  text += markdown_row(cells);
}

// The first column to the left, the numbers to the right.
void add_header(std::string& text, const std::vector<std::string>& cells) {
  add_row(text, cells);
  text += "| :--- |";
  for (std::size_t i = 1; i < cells.size(); ++i) text += " ---: |";
  text += '\n';
}

void add_table(std::string& text, const DetailTable& table) { text += markdown_table(table); }

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

void begin_fold(std::string& text, const std::string& title) {
  text += fmt::format("\n<details><summary>{}</summary>\n", title);
}

void end_fold(std::string& text) { text += "\n</details>\n"; }

void add_phase_tables(std::string& text, const std::vector<Block>& blocks) {
  const bool any = std::any_of(blocks.begin(), blocks.end(),
                               [](const Block& block) { return !block.phase_names.empty(); });
  if (!any) return;
  begin_fold(text, "Medians of the phases; their sum may differ from the median latency");
  for (const Block& block : blocks) {
    if (block.phase_names.empty()) continue;
    text += blocks.size() > 1 ? fmt::format("\n{}:\n\n", escaped(block.title)) : "\n";
    add_phases(text, block);
  }
  end_fold(text);
}

// What is known of each function beyond the tables, folded.
void add_details(std::string& text, const Run& run, const Block& block,
                 const std::vector<CausesSummary>& causes, bool with_setting) {
  for (const Summary* summary : block.summaries) {
    if (!summary->median_start) continue;
    const Details details = details_of(run.starts[*summary->median_start]);
    const auto of_function = causes_of(causes, *summary);
    if (details.empty() && !of_function) continue;
    begin_fold(text, escaped(printable(summary->function)) +
                         (with_setting ? " (" + escaped(block.title) + ")" : "") +
                         ": where the time went");
    if (of_function) add_table(text, causes_table(*of_function));
    if (!details.empty()) {
      text += fmt::format("\nThe median start ({}){}:\n", place_of_median_start(run, *summary),
                          time_scale_suffix(summary->time_scale));
    }
    add_list(text, details.sentences);
    for (const DetailTable& table : details.tables) add_table(text, table);
    end_fold(text);
  }
}

// The first table is the answer; the others are folded.
void add_section(std::string& text, const LoadSection& section) {
  text += fmt::format("\n### {}\n", escaped(section.title));
  add_list(text, section.sentences);
  for (std::size_t i = 0; i < section.tables.size(); ++i) {
    if (i == 1) begin_fold(text, "More of it");
    add_table(text, section.tables[i]);
  }
  if (section.tables.size() > 1) end_fold(text);
}

}  // namespace

std::string markdown_report(const Digest& digest, const std::vector<PictureLink>& pictures) {
  const Run& run = digest.run;
  const std::vector<Summary>& summaries = digest.summaries;
  const Notes notes = notes_of(run, summaries);
  const std::vector<Summary> shown = without_parallel(run, summaries);
  std::vector<Block> blocks = blocks_of(shown);
  const std::vector<LoadSection> loads = load_sections(run, summaries);
  const std::string& title = run.info.suite.empty() ? run.info.label : run.info.suite;
  std::string text =
      "## Cold starts" + (title.empty() ? "" : ": " + escaped(printable(title))) + '\n';
  for (const Answer& answer : answers_of(run, blocks)) {
    text += fmt::format("\n{}{}\n",
                        answer.about.empty() ? "" : fmt::format("**{}:** ", escaped(answer.about)),
                        escaped(answer.sentence));
  }
  if (blocks.empty() && loads.empty()) text += "\nNo starts were recorded.\n";
  for (const LoadSection& section : loads) add_section(text, section);
  for (Block& block : blocks) {
    text +=
        fmt::format("\n### {}{}\n\n", loads.empty() ? "" : "Cold starts: ", escaped(block.title));
    const std::size_t left_out = keep_most_started(block, kMostFunctions);
    add_comparison(text, block);
    if (left_out > 0) text += fmt::format("\n{} more functions have fewer starts.\n", left_out);
  }
  add_list(text, notes.failures);
  add_list(text, notes.skipped);
  if (!pictures.empty()) {
    begin_fold(text, "Pictures");
    for (const PictureLink& picture : pictures) {
      text +=
          fmt::format("\n![{}](<{}>)\n", escaped(printable(picture.alt)), printable(picture.link));
    }
    end_fold(text);
  }
  add_phase_tables(text, blocks);
  const std::vector<DetailTable> ladders = cache_ladders(shown);
  if (!ladders.empty()) {
    begin_fold(text, "Cache states");
    for (const DetailTable& ladder : ladders) add_table(text, ladder);
    end_fold(text);
  }
  for (const Block& block : blocks) add_details(text, run, block, digest.causes, blocks.size() > 1);
  begin_fold(text, "Conditions");
  add_list(text, notes.conditions);
  add_list(text, notes.absent);
  add_list(text, notes.unseen);
  end_fold(text);
  return text;
}

}  // namespace coldstart::results
