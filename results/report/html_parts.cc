#include "results/report/html_parts.h"

#include <fmt/format.h>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/palette.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

std::string title_attribute(const std::string& about) {
  return about.empty() ? "" : fmt::format(" title=\"{}\"", escaped(about));
}

std::string header_cell(const Column& column) {
  return fmt::format("<th scope=\"col\"{}{}>{}</th>", column.left ? " class=\"left\"" : "",
                     title_attribute(column.about), escaped(column.header));
}

constexpr const char* kBeginTable = "<div class=\"scroll\"><table>";
constexpr const char* kBeginSortable = "<div class=\"scroll\"><table class=\"sortable\">";
constexpr const char* kBeginSortablePaths =
    "<div class=\"scroll\"><table class=\"sortable paths\">";
constexpr const char* kEndTable = "</tbody></table></div>\n";

}  // namespace

std::string escaped(std::string_view text) {
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

std::string swatch(const std::vector<Phase>& phases, const std::string& style) {
  return fmt::format("<span{} style=\"{}background-color:{}\"></span>",
                     phases.size() > 1 ? " class=\"joined\"" : "", style, hex(color_of(phases)));
}

std::string html_table(const DetailTable& table) {
  // A first column of paths is long, and may be broken in a narrow window.
  const bool paths = !table.columns.empty() && table.columns.front().too_wide == TooWide::kCut;
  std::string html =
      fmt::format("{}<caption>{}</caption>\n<thead><tr>",
                  paths ? kBeginSortablePaths : kBeginSortable, escaped(table.title));
  for (const Column& column : table.columns) html += header_cell(column);
  html += "</tr></thead>\n<tbody>\n";
  const std::size_t rows = table.columns.empty() ? 0 : table.columns.front().cells.size();
  for (std::size_t row = 0; row < rows; ++row) {
    html += "<tr>";
    for (const Column& column : table.columns) {
      const std::string cell = escaped(column.cells[row]);
      if (&column == &table.columns.front()) {
        html += fmt::format("<th scope=\"row\">{}</th>", cell);
      } else {
        html += fmt::format("<td{}>{}</td>", column.left ? " class=\"left\"" : "", cell);
      }
    }
    html += "</tr>\n";
  }
  html += kEndTable;
  if (!table.note.empty()) html += fmt::format("<p class=\"note\">{}</p>\n", escaped(table.note));
  return html;
}

std::string html_waterfall(const Start& start) {
  const std::vector<PhaseSpan> spans = phases_of(start.timeline);
  const std::int64_t total = spans.empty() ? 0 : spans.back().end_ns;
  const auto percent = [&](std::int64_t ns) {
    return total > 0 ? 100.0 * static_cast<double>(ns) / static_cast<double>(total) : 0.0;
  };
  std::string html = fmt::format(
      "{}<caption>Where the time of the median start went</caption>\n<thead><tr>"
      "<th scope=\"col\">phase</th><th scope=\"col\">begins</th><th scope=\"col\">takes</th>"
      "<th scope=\"col\">share</th><th scope=\"col\" class=\"left\">timeline</th></tr></thead>\n"
      "<tbody>\n",
      kBeginTable);
  for (const PhaseSpan& span : spans) {
    html += fmt::format(
        "<tr><th scope=\"row\" title=\"{}\">{}</th><td>{}</td><td>{}</td><td>{}</td>"
        "<td class=\"left\"><div class=\"bar fall\" aria-hidden=\"true\">{}</div></td></tr>\n",
        escaped(descriptions(span.phases)), escaped(short_name(span.phases)),
        format_duration(span.begin_ns), format_duration(span.length_ns()),
        escaped(format_share(span.length_ns(), total)),
        swatch(span.phases, fmt::format("margin-left:{:.2f}%;width:{:.2f}%;min-width:1px;",
                                        percent(span.begin_ns), percent(span.length_ns()))));
  }
  return html + kEndTable;
}

}  // namespace coldstart::results
