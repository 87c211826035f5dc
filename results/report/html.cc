#include "results/report/html.h"

#include <fmt/format.h>
#include <map>
#include <utility>

#include "results/model/duration.h"
#include "results/report/answer.h"
#include "results/report/cache_ladder.h"
#include "results/report/causes_table.h"
#include "results/report/cells.h"
#include "results/report/details.h"
#include "results/report/html_assets.h"
#include "results/report/html_parts.h"
#include "results/report/html_pictures.h"
#include "results/report/html_stacks.h"
#include "results/report/html_starts.h"
#include "results/report/load_sections.h"
#include "results/report/notes.h"

namespace coldstart::results {
namespace {

/// What the parts of the page are made of.
struct Content {
  const Run& run;
  const std::vector<Summary>& summaries;
  const std::vector<InlinePicture>& pictures;
  Notes notes;
  std::vector<Block> blocks;
  const std::vector<CausesSummary>& causes;
  std::vector<LoadSection> loads;
};

/// A part of the page after the first screen; left out where it is empty.
struct Section {
  const char* id;
  const char* title;
  std::string html;
};

// Decoration: the phase table says the same in numbers.
std::string bar(const Summary& summary) {
  std::int64_t total = 0;
  for (const PhaseMedian& phase : summary.phases) total += phase.median_ns;
  if (total == 0) return "";
  std::string html = "<div class=\"bar\" aria-hidden=\"true\">";
  for (const PhaseMedian& phase : summary.phases) {
    html += swatch(phase.phases,
                   fmt::format("width:{:.2f}%;", 100.0 * static_cast<double>(phase.median_ns) /
                                                     static_cast<double>(total)));
  }
  return html + "</div>";
}

std::string comparison(const Block& block) {
  std::string html =
      "<div class=\"scroll\"><table class=\"sortable\"><caption>First response, from due to "
      "responded</caption>\n<thead><tr>";
  for (const char* header :
       {"function", "n", "failed", "median", "95 % interval", "p90", "p99", "ratio"}) {
    html += fmt::format("<th scope=\"col\">{}</th>", header);
  }
  html += "<th scope=\"col\" class=\"left unsorted\">phases</th></tr></thead>\n<tbody>\n";
  for (const ComparisonRow& r : block.rows) {
    html += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(r.function));
    for (const std::string* cell :
         {&r.n, &r.failed, &r.median, &r.interval, &r.p90, &r.p99, &r.ratio}) {
      html += "<td>" + escaped(*cell) + "</td>";
    }
    html += "<td class=\"bars\">" + bar(*r.summary) + "</td></tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string legend(const Block& block) {
  std::map<std::vector<Phase>, std::string> names;
  for (const Summary* summary : block.summaries) {
    for (const PhaseMedian& phase : summary->phases) names.emplace(phase.phases, phase.name);
  }
  std::string html = "<ul class=\"legend\">";
  for (const auto& [phases, name] : names) {
    html += fmt::format("<li title=\"{}\">{} {}</li>", escaped(descriptions(phases)),
                        swatch(phases, ""), escaped(name));
  }
  return html + "</ul>\n";
}

std::string phases_in_numbers(const Block& block) {
  if (block.phase_names.empty()) return "";
  DetailTable table;
  table.title = "Medians of the phases; their sum may differ from the median latency";
  table.columns.push_back({"function", {}, true});
  for (const PhaseRow& row : block.phase_rows) table.columns[0].cells.push_back(row.function);
  for (std::size_t i = 0; i < block.phase_names.size(); ++i) {
    Column& column = table.columns.emplace_back(Column{block.phase_names[i]});
    column.about = descriptions(block.phase_columns[i]);
    for (const PhaseRow& row : block.phase_rows) column.cells.push_back(row.cells[i]);
  }
  return "<details><summary>The phases in numbers</summary>\n" + html_table(table) + "</details>\n";
}

std::string list_of(const std::vector<std::string>& items) {
  if (items.empty()) return "";
  std::string html = "<ul>\n";
  for (const std::string& item : items) html += "<li>" + escaped(item) + "</li>\n";
  return html + "</ul>\n";
}

// Right below the numbers that they are missing from, or that they are about.
std::string left_out(const Run& run, const Block& block) {
  std::vector<std::string> notes;
  for (const Summary* summary : block.summaries) {
    for (std::string& note : left_out_notes(run, *summary, false)) notes.push_back(std::move(note));
  }
  if (block.summaries.front()->disturbed) notes.insert(notes.begin(), kDisturbedNote);
  return list_of(notes);
}

std::string figures(const Content& content, PictureSection section, const std::string& block) {
  std::string html;
  for (std::size_t i = 0; i < content.pictures.size(); ++i) {
    const InlinePicture& picture = content.pictures[i];
    if (picture.section == section && (block.empty() || picture.block == block)) {
      html += html_figure(picture, i);
    }
  }
  return html;
}

std::string answers(const Content& content) {
  std::string html;
  for (const Answer& answer : answers_of(content.run, content.blocks)) {
    html += "<p class=\"answer\">";
    if (!answer.about.empty()) html += fmt::format("<b>{}:</b> ", escaped(answer.about));
    html += escaped(answer.sentence) + "</p>\n";
  }
  // Of a load its first sentence: what the requests saw.
  for (const LoadSection& section : content.loads) {
    if (section.sentences.empty()) continue;
    const std::string others = section.others == 0
                                   ? std::string()
                                   : fmt::format(" ({} more function{} below)", section.others,
                                                 section.others == 1 ? "" : "s");
    html += fmt::format("<p class=\"answer\"><b>{}:</b> {}{}</p>\n", escaped(section.title),
                        escaped(section.sentences.front()), others);
  }
  return html;
}

std::string block_part(const Content& content, const Block& block) {
  std::string html = content.blocks.size() > 1
                         ? fmt::format("<h2>{}</h2>\n", escaped(block.title))
                         : fmt::format("<p class=\"note\">{}</p>\n", escaped(block.title));
  html += comparison(block) + left_out(content.run, block);
  const std::string pictures = figures(content, PictureSection::kPhases, block.title);
  // The picture has a legend of its own.
  html += pictures.empty() && !block.phase_names.empty() ? legend(block) : pictures;
  return html + phases_in_numbers(block);
}

std::string cache_states(const Content& content) {
  std::string html;
  for (const DetailTable& ladder : cache_ladders(content.summaries)) html += html_table(ladder);
  return html + figures(content, PictureSection::kLadder, "");
}

// The first table is the answer; the others are folded.
std::string load_part(const Content& content) {
  std::string html;
  for (const LoadSection& section : content.loads) {
    html += fmt::format("<h3>{}</h3>\n", escaped(section.title)) + list_of(section.sentences);
    for (std::size_t i = 0; i < section.tables.size(); ++i) {
      if (i == 1) html += "<details><summary>More of it</summary>\n";
      html += html_table(section.tables[i]);
    }
    if (section.tables.size() > 1) html += "</details>\n";
  }
  return html + figures(content, PictureSection::kLoad, "");
}

std::string causes_part(const Content& content) {
  std::string html = figures(content, PictureSection::kCauses, "");
  for (const CausesSummary& of_function : content.causes) {
    html += fmt::format("<details><summary>{}, phase by phase ({}, {}){}</summary>\n",
                        escaped(of_function.function),
                        escaped(load_title(of_function.load, of_function.function)),
                        escaped(of_function.cache), time_scale_suffix(of_function.time_scale));
    html += html_table(causes_table(of_function)) + "</details>\n";
  }
  return html;
}

std::string waterfall_part(const Content& content) {
  const PageStarts starts = page_starts(content.run, content.summaries);
  if (starts.json.empty()) return "";
  return fmt::format(
      "<p class=\"without-script\">To pick a start takes JavaScript. The median start of each "
      "function is below.</p>\n"
      "<div class=\"needs-script\">\n<div class=\"pick\">\n"
      "<label>function <select id=\"pick-function\"></select></label>\n"
      "<label>start <select id=\"pick-start\"></select></label>\n"
      "<label><input type=\"checkbox\" id=\"pick-details\" checked> what happened inside the "
      "phases</label>\n</div>\n"
      "<div id=\"waterfall\"></div>\n"
      "<output id=\"told\" for=\"pick-function pick-start pick-details\"></output>\n"
      "<p class=\"note\">{} of the {} starts of this run are in this page: the fastest, the "
      "slowest, {}the median of each function{}.</p>\n</div>\n"
      "<script type=\"application/json\" id=\"starts-data\">{}</script>\n",
      format_count(static_cast<std::int64_t>(starts.starts)),
      format_count(static_cast<std::int64_t>(content.run.starts.size())),
      starts.reduced ? "" : "those at the percentiles that the number of starts allows, and ",
      starts.reduced ? "; more would make it large" : "", starts.json);
}

// A folded part a function: waterfall and account of the median start.
std::string median_starts(const Content& content) {
  std::string html;
  for (const Summary& summary : content.summaries) {
    if (!summary.median_start) continue;
    const Start& start = content.run.starts[*summary.median_start];
    const Details details = details_of(start);
    html += fmt::format(
        "<details><summary>{} ({}, {}): the median start, {} from due to {} ({})</summary>\n",
        escaped(summary.function), escaped(load_title(summary.load, summary.function)),
        escaped(summary.cache), format_duration(latency_ns(start.timeline).value_or(0)),
        end_of_clock(contract_of(content.run, summary.function)),
        place_of_median_start(content.run, summary));
    html += html_waterfall(start) + list_of(details.sentences);
    for (const DetailTable& table : details.tables) html += html_table(table);
    html += "</details>\n";
  }
  return html;
}

// "host: box, …" is a term and what it is.
std::string conditions(const std::vector<std::string>& notes) {
  std::string html = "<dl class=\"conditions\">\n";
  for (const std::string& note : notes) {
    const auto colon = note.find(": ");
    const bool is_term = colon < 60;
    const std::string term = is_term ? note.substr(0, colon) : "";
    const std::string what = escaped(is_term ? note.substr(colon + 2) : note);
    html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(term),
                        term == "repeat" ? "<code>" + what + "</code>" : what);
  }
  return html + "</dl>\n";
}

std::string navigation(const std::vector<Section>& sections) {
  std::string html = "<nav aria-label=\"Parts of the report\"><ul>";
  for (const Section& section : sections) {
    if (section.html.empty()) continue;
    html += fmt::format("<li><a href=\"#{}\">{}</a></li>", section.id, section.title);
  }
  return html + "</ul></nav>\n";
}

std::string head(const std::string& title) {
  // Nothing from anywhere: what slips through as markup loads nothing.
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action "
      "'none'\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>{}</style>\n</head>\n",
      title, kPageCss);
}

}  // namespace

std::string html_report(const Digest& digest, const std::vector<InlinePicture>& pictures) {
  const Run& run = digest.run;
  const std::vector<Summary>& summaries = digest.summaries;
  Content content{run,
                  summaries,
                  pictures,
                  notes_of(run, summaries),
                  blocks_of(summaries),
                  digest.causes,
                  load_sections(run, summaries)};
  drop_parallel(run, content.blocks);
  for (Block& block : content.blocks) keep_most_started(block, kMostFunctions);
  const Notes& notes = content.notes;
  const std::string& suite = run.info.suite.empty() ? run.info.label : run.info.suite;
  const std::string title = "Cold starts" + (suite.empty() ? "" : ": " + escaped(suite));
  const std::vector<Section> sections = {
      {"distributions", "Distributions", figures(content, PictureSection::kDistribution, "")},
      {"cache-states", "Cache states", cache_states(content)},
      {"load", "Under load", load_part(content)},
      {"causes", "Why the time passed", causes_part(content)},
      {"stacks", "Stacks", html_stacks(run, summaries)},
      {"starts", "Any start, step by step", waterfall_part(content)},
      {"loaded", "Libraries, files and imports", median_starts(content)},
      {"skipped", "Skipped", list_of(notes.skipped)},
      {"absent", "Absent values (–)", list_of(notes.absent)},
      {"unseen", "Not seen", list_of(notes.unseen)},
      {"conditions", "Conditions", conditions(notes.conditions)}};

  std::string html = head(title) + fmt::format("<body>\n<header>\n<h1>{}</h1>\n", title);
  html += answers(content) + navigation(sections) + "</header>\n<main>\n";
  if (content.blocks.empty() && content.loads.empty()) html += "<p>No starts were recorded.</p>\n";
  for (const Block& block : content.blocks) html += block_part(content, block);
  for (const Section& section : sections) {
    if (section.html.empty()) continue;
    html +=
        fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n{2}</section>\n",
                    section.id, section.title, section.html);
  }
  return html + fmt::format("</main>\n<script>{}</script>\n</body>\n</html>\n", kPageJs);
}

}  // namespace coldstart::results
