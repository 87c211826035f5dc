#include "results/report/html_pictures.h"

#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "results/report/html_parts.h"
#include "results/report/svg_points.h"

namespace coldstart::results {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The colours of plot_frame.h, as gnuplot writes them, and what a page has for them
// (html_page.css).
constexpr std::string_view kUsual =
    " fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.00\" stroke-linecap=\"butt\" "
    "stroke-linejoin=\"miter\"";

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTheme = {{
    {" color=\"black\"", ""},
    {"\"black\"", "\"currentColor\""},
    {"rgb(  0,   0,   0)", "currentColor"},
    {"rgb(0,0,0)", "currentColor"},
    {"rgb( 80,  80,  80)", "var(--soft)"},
    {"rgb(80,80,80)", "var(--soft)"},
    {"rgb(112, 112, 112)", "var(--border)"},
    {"rgb(112,112,112)", "var(--border)"},
    {"rgb(221, 221, 221)", "var(--grid)"},
    {"rgb(221,221,221)", "var(--grid)"},
    {" class=\"gridline\"", ""},
    {"xlink:href", "href"},
}};

// "12.34" is "12.3": a tenth of a pixel is as good as a hundredth.
std::string with_one_decimal(std::string_view text) {
  std::string shorter;
  int decimals = -1;  // since a point; -1: not behind one
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    decimals = c == '.' ? 0 : !digit ? -1 : decimals >= 0 ? decimals + 1 : -1;
    if (c == '\n' || c == '\t') {
      shorter += ' ';
    } else if (decimals < 2) {
      shorter += c;
    }
  }
  return shorter;
}

std::string in_theme(std::string text) {
  for (const auto& [from, to] : kTheme) replace_all(text, from, to);
  return text;
}

// A tag as it stands in the page.
std::string of_page(std::string_view tag, const std::string& id) {
  const bool is_drawing = tag.starts_with("<path stroke") || tag.starts_with("<polygon");
  std::string text = in_theme(is_drawing ? with_one_decimal(tag) : std::string(tag));
  for (const char* quote : {"\"", "'"}) {
    replace_all(text, fmt::format(" id={}", quote), fmt::format(" id={}{}-", quote, id));
    replace_all(text, fmt::format("href={}#", quote), fmt::format("href={}#{}-", quote, id));
  }
  replace_all(text, "url(#", fmt::format("url(#{}-", id));
  replace_all(text, "\n", " ");
  // What the root says for all.
  replace_all(text, kUsual, "");
  replace_all(text, " font-family=\"sans-serif\"", "");
  return text;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

// The value of viewBox, which is all of the root's attributes that a page needs.
std::string view_box(std::string_view tag) {
  constexpr std::string_view kName = "viewBox=\"";
  const auto begin = tag.find(kName);
  if (begin == std::string_view::npos) return "";
  const auto value = tag.substr(begin + kName.size());
  return std::string(value.substr(0, value.find('"')));
}

}  // namespace

std::string page_svg(const std::string& svg, const std::string& alt, const std::string& id) {
  const auto root = svg.find("<svg");
  if (root == std::string::npos) return "";
  const auto root_end = svg.find('>', root);
  if (root_end == std::string::npos) return "";
  std::string_view rest(svg);
  std::string page =
      fmt::format("<svg role=\"img\" aria-label=\"{}\" viewBox=\"{}\"{}>", escaped(alt),
                  escaped(view_box(rest.substr(root, root_end - root))), kUsual);
  rest.remove_prefix(root_end + 1);
  auto group = std::string::npos;  // where the last group that may be empty begins
  while (!rest.empty()) {
    const auto open = std::min(rest.find('<'), rest.size());
    const std::string_view text = rest.substr(0, open);
    if (!is_blank(text)) {
      page += text;
      group = std::string::npos;
    }
    rest.remove_prefix(open);
    if (rest.empty()) break;
    if (const std::string points = take_points(rest); !points.empty()) {
      page += in_theme(points);
      group = std::string::npos;
      continue;
    }
    const auto close = std::min(rest.find('>'), rest.size() - 1);
    const std::string_view tag = rest.substr(0, close + 1);
    rest.remove_prefix(close + 1);
    if (tag.starts_with("<rect x=\"0\" y=\"0\"")) continue;  // the canvas, which has no colour here
    if (tag.starts_with("<title") || tag.starts_with("<desc")) {
      // What gnuplot calls its parts would show as tooltips.
      const auto end = rest.find("</");
      rest.remove_prefix(std::min(rest.find('>', std::min(end, rest.size())), rest.size() - 1) + 1);
    } else if (tag == "</g>" && group != std::string::npos) {
      page.resize(group);
      group = std::string::npos;
    } else {
      group = tag.starts_with("<g ") && !tag.ends_with("/>") ? page.size() : std::string::npos;
      page += of_page(tag, id);
    }
  }
  return page;
}

std::string html_figure(const InlinePicture& picture, std::size_t index) {
  std::string html = "<figure>\n";
  html += fmt::format("<div class=\"wide\">{}</div>\n",
                      page_svg(picture.wide, picture.alt, fmt::format("p{}w", index)));
  html += fmt::format("<div class=\"narrow\">{}</div>\n",
                      page_svg(picture.narrow, picture.alt, fmt::format("p{}n", index)));
  return html + fmt::format("<figcaption>{}</figcaption>\n</figure>\n", escaped(picture.title));
}

}  // namespace coldstart::results
