#include "results/report/html.h"

#include <fmt/format.h>
#include <map>
#include <regex>
#include <utility>

#include "results/model/duration.h"
#include "results/report/cache_ladder.h"
#include "results/report/causes_table.h"
#include "results/report/cells.h"
#include "results/report/details.h"
#include "results/report/html_parts.h"
#include "results/report/notes.h"

namespace coldstart::results {
namespace {

constexpr const char* kStyle = R"css(
:root { color-scheme: light dark; --ink: #1c1c1c; --soft: #5a5a5a; --paper: #fff; --line: #d8d8d8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --soft: #a8a8a8; --paper: #161616; --line: #3c3c3c; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: right;
         white-space: nowrap; }
th:first-child, th.left, td.left { text-align: left; }
td.left { white-space: normal; }
details { margin: .6rem 0; }
summary { cursor: pointer; }
.note { color: var(--soft); margin-top: .2rem; }
.bar { display: flex; width: 14rem; height: 1rem; }
.bar span { height: 100%; }
.fall { width: 26rem; }
.joined { background-image: repeating-linear-gradient(45deg, #0004 0 3px, transparent 3px 6px); }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
.legend span { display: inline-block; width: .9rem; height: .9rem; vertical-align: -.1rem; }
figure { margin: 2rem 0; }
figure svg { max-width: 100%; height: auto; background: #fff; }
)css";

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

void add_comparison(std::string& html, const Block& block) {
  html +=
      "<div class=\"scroll\"><table><caption>First response, from due to responded</caption>\n"
      "<thead><tr>";
  for (const char* header :
       {"function", "n", "failed", "median", "95 % interval", "p90", "p99", "ratio"}) {
    html += fmt::format("<th scope=\"col\">{}</th>", header);
  }
  html += "<th scope=\"col\" class=\"left\">phases</th></tr></thead>\n<tbody>\n";
  for (const ComparisonRow& r : block.rows) {
    html += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(r.function));
    for (const std::string* cell :
         {&r.n, &r.failed, &r.median, &r.interval, &r.p90, &r.p99, &r.ratio}) {
      html += "<td>" + escaped(*cell) + "</td>";
    }
    html += "<td>" + bar(*r.summary) + "</td></tr>\n";
  }
  html += "</tbody></table></div>\n";
}

void add_legend(std::string& html, const Block& block) {
  std::map<std::vector<Phase>, std::string> names;
  for (const Summary* summary : block.summaries) {
    for (const PhaseMedian& phase : summary->phases) names.emplace(phase.phases, phase.name);
  }
  html += "<ul class=\"legend\">";
  for (const auto& [phases, name] : names) {
    html += fmt::format("<li title=\"{}\">{} {}</li>", escaped(descriptions(phases)),
                        swatch(phases, ""), escaped(name));
  }
  html += "</ul>\n";
}

void add_phases(std::string& html, const Block& block) {
  if (block.phase_names.empty()) return;
  add_legend(html, block);
  DetailTable table;
  table.title = "Medians of the phases; their sum may differ from the median latency";
  table.columns.push_back({"function", {}, true});
  for (const PhaseRow& row : block.phase_rows) table.columns[0].cells.push_back(row.function);
  for (std::size_t i = 0; i < block.phase_names.size(); ++i) {
    Column& column = table.columns.emplace_back(Column{block.phase_names[i]});
    column.about = descriptions(block.phase_columns[i]);
    for (const PhaseRow& row : block.phase_rows) column.cells.push_back(row.cells[i]);
  }
  html += html_table(table);
}

void add_items(std::string& html, const std::vector<std::string>& items) {
  if (items.empty()) return;
  html += "<ul>\n";
  for (const std::string& item : items) html += "<li>" + escaped(item) + "</li>\n";
  html += "</ul>\n";
}

// Right below the numbers that they are missing from.
void add_left_out(std::string& html, const Run& run, const Block& block) {
  std::vector<std::string> notes;
  for (const Summary* summary : block.summaries) {
    for (std::string& note : left_out_notes(run, *summary, false)) notes.push_back(std::move(note));
  }
  add_items(html, notes);
}

// A folded part a function: waterfall, causes, and the account of the median start.
void add_details(std::string& html, const Run& run, const Block& block,
                 const std::vector<CausesSummary>& causes) {
  for (const Summary* summary : block.summaries) {
    if (!summary->median_start) continue;
    const Start& start = run.starts[*summary->median_start];
    const Details details = details_of(start);
    html += fmt::format(
        "<details><summary>{}: the median start, {} from due to {} ({})</summary>\n",
        escaped(summary->function), format_duration(latency_ns(start.timeline).value_or(0)),
        end_of_clock(contract_of(run, summary->function)), place_of_median_start(run, *summary));
    html += html_waterfall(start);
    if (const auto of_function = causes_of(causes, *summary)) {
      html += html_table(causes_table(*of_function));
    }
    add_items(html, details.sentences);
    for (const DetailTable& table : details.tables) html += html_table(table);
    html += "</details>\n";
  }
}

// The <svg> element alone, named for those who do not see it. Several pictures share a page, so
// their ids get a prefix.
std::string inline_svg(const InlinePicture& picture, std::size_t index) {
  const auto begin = picture.svg.find("<svg");
  if (begin == std::string::npos) return "";
  std::string svg = picture.svg.substr(begin);
  // What gnuplot calls its parts would show as tooltips.
  svg = std::regex_replace(svg, std::regex(R"(<(title|desc)>[^<]*</(title|desc)>)"), "");
  const std::string prefix = fmt::format("p{}-", index);
  svg = std::regex_replace(svg, std::regex(R"(\b(id|href)=(["'])(#?))"), "$1=$2$3" + prefix);
  svg = std::regex_replace(svg, std::regex(R"(url\((['"]?)#)"), "url($1#" + prefix);
  return fmt::format("<svg role=\"img\" aria-label=\"{}\"{}", escaped(picture.alt), svg.substr(4));
}

void add_list(std::string& html, const char* title, const std::vector<std::string>& notes) {
  if (notes.empty()) return;
  html += fmt::format("<h2>{}</h2>\n", title);
  add_items(html, notes);
}

}  // namespace

std::string html_report(const Run& run, const std::vector<Summary>& summaries,
                        const std::vector<InlinePicture>& pictures) {
  const Notes notes = notes_of(run, summaries);
  const std::vector<Block> blocks = blocks_of(summaries);
  const std::vector<CausesSummary> causes = summarize_causes(run);
  const std::string& suite = run.info.suite.empty() ? run.info.label : run.info.suite;
  const std::string title = "Cold starts" + (suite.empty() ? "" : ": " + escaped(suite));
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" "
      "content=\"width=device-width, "
      "initial-scale=1\">\n<title>{0}</title>\n<style>{1}</style>\n</head>\n"
      "<body>\n<h1>{0}</h1>\n",
      title, kStyle);
  if (blocks.empty()) html += "<p>No starts were recorded.</p>\n";
  for (const Block& block : blocks) {
    html += fmt::format("<h2>{}</h2>\n", escaped(block.title));
    add_comparison(html, block);
    add_left_out(html, run, block);
    add_phases(html, block);
    add_details(html, run, block, causes);
  }
  for (const DetailTable& ladder : cache_ladders(summaries)) html += html_table(ladder);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    html += fmt::format("<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>\n",
                        inline_svg(pictures[i], i), escaped(pictures[i].title));
  }
  add_list(html, "Absent values (–)", notes.absent);
  add_list(html, "Skipped", notes.skipped);
  add_list(html, "Not seen", notes.unseen);
  add_list(html, "Conditions", notes.conditions);
  return html + "</body>\n</html>\n";
}

}  // namespace coldstart::results
