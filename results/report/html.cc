#include "results/report/html.h"

#include <fmt/format.h>
#include <regex>

#include "results/report/cells.h"
#include "results/report/notes.h"
#include "results/report/palette.h"
#include "results/report/text.h"

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
th:first-child { text-align: left; }
.bar { display: flex; width: 14rem; height: 1rem; }
.bar span { height: 100%; }
.joined { background-image: repeating-linear-gradient(45deg, #0004 0 3px, transparent 3px 6px); }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
.legend span { display: inline-block; width: .9rem; height: .9rem; vertical-align: -.1rem; }
figure { margin: 2rem 0; }
figure svg { max-width: 100%; height: auto; background: #fff; }
)css";

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : printable(text)) {
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
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

void add_header(std::string& html, const char* caption, const std::vector<std::string>& cells) {
  html += fmt::format("<div class=\"scroll\"><table><caption>{}</caption>\n<thead><tr>", caption);
  for (const std::string& cell : cells)
    html += fmt::format("<th scope=\"col\">{}</th>", escaped(cell));
  html += "</tr></thead>\n<tbody>\n";
}

void begin_row(std::string& html, const std::string& function) {
  html += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(function));
}

constexpr const char* kEndTable = "</tbody></table></div>\n";

std::string swatch(const std::vector<Phase>& phases, const std::string& width) {
  return fmt::format("<span{} style=\"{}background-color:{}\"></span>",
                     phases.size() > 1 ? " class=\"joined\"" : "", width, hex(color_of(phases)));
}

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
  add_header(
      html, "First response, from due to responded",
      {"function", "n", "failed", "median", "95 % interval", "p90", "p99", "ratio", "phases"});
  for (const ComparisonRow& r : block.rows) {
    begin_row(html, r.function);
    for (const std::string* cell :
         {&r.n, &r.failed, &r.median, &r.interval, &r.p90, &r.p99, &r.ratio}) {
      html += "<td>" + escaped(*cell) + "</td>";
    }
    html += "<td>" + bar(*r.summary) + "</td></tr>\n";
  }
  html += kEndTable;
}

void add_legend(std::string& html, const Block& block) {
  std::map<std::vector<Phase>, std::string> names;
  for (const Summary* summary : block.summaries) {
    for (const PhaseMedian& phase : summary->phases) names.emplace(phase.phases, phase.name);
  }
  html += "<ul class=\"legend\">";
  for (const auto& [phases, name] : names) {
    html += fmt::format("<li>{} {}</li>", swatch(phases, ""), escaped(name));
  }
  html += "</ul>\n";
}

void add_phases(std::string& html, const Block& block) {
  if (block.phase_names.empty()) return;
  add_legend(html, block);
  std::vector<std::string> header = {"function"};
  header.insert(header.end(), block.phase_names.begin(), block.phase_names.end());
  add_header(html, "Medians of the phases; their sum may differ from the median latency", header);
  for (const PhaseRow& phases : block.phase_rows) {
    begin_row(html, phases.function);
    for (const std::string& cell : phases.cells) html += "<td>" + escaped(cell) + "</td>";
    html += "</tr>\n";
  }
  html += kEndTable;
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
  html += fmt::format("<h2>{}</h2>\n<ul>\n", title);
  for (const std::string& note : notes) html += "<li>" + escaped(note) + "</li>\n";
  html += "</ul>\n";
}

}  // namespace

std::string html_report(const Run& run, const std::vector<Summary>& summaries,
                        const std::vector<InlinePicture>& pictures) {
  const Notes notes = notes_of(run, summaries);
  const std::vector<Block> blocks = blocks_of(summaries);
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
    add_phases(html, block);
  }
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    html += fmt::format("<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>\n",
                        inline_svg(pictures[i], i), escaped(pictures[i].title));
  }
  add_list(html, "Absent values (–)", notes.absent);
  add_list(html, "Skipped", notes.skipped);
  add_list(html, "Failed", notes.failures);
  add_list(html, "Not seen", notes.unseen);
  add_list(html, "Conditions", notes.conditions);
  return html + "</body>\n</html>\n";
}

}  // namespace coldstart::results
