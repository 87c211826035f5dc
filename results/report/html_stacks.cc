#include "results/report/html_stacks.h"

#include <fmt/format.h>

#include "results/report/cells.h"
#include "results/report/flame_graph.h"
#include "results/report/html_parts.h"
#include "results/report/stacks.h"
#include "results/statistics/hot_frames.h"

namespace coldstart::results {
namespace {

std::string picture(const std::vector<const StackProfile*>& profiles, bool on_cpu,
                    const std::string& function) {
  const FlameGraph graph =
      flame_graph(profiles, on_cpu,
                  fmt::format("Flame graph of {}, {}; the table below says the same", function,
                              on_cpu ? "on CPU" : "off CPU"));
  if (graph.svg.empty()) return "";
  return fmt::format(
      "<figure><div class=\"scroll\">{}</div><figcaption>{}: phase, thread, then its functions "
      "from "
      "the outermost one down; as wide as the time. Brown: the program and its libraries, blue: "
      "the "
      "kernel, green: generated code, grey: without a name.{}</figcaption></figure>\n",
      graph.svg, on_cpu ? "Where threads ran" : "Where threads waited, idle ones too",
      graph.left_out == 0 ? ""
                          : fmt::format(" {} too narrow to be seen are left out.",
                                        format_count(static_cast<std::int64_t>(graph.left_out))));
}

}  // namespace

std::string html_stacks(const Run& run, const std::vector<Summary>& summaries) {
  constexpr std::size_t kHottest = 10;
  std::string html;
  for (const Summary& summary : summaries) {
    const HotFrames hot = hot_frames(run, summary, kHottest);
    if (hot.starts == 0) continue;
    const auto profiles = stack_profiles(run, summary);
    html +=
        fmt::format("<h3>{} ({}, {})</h3>\n<ul>\n", escaped(summary.function),
                    escaped(load_title(summary.load, summary.function)), escaped(summary.cache));
    for (const std::string& sentence : stack_sentences(hot)) {
      html += fmt::format("<li>{}</li>\n", escaped(sentence));
    }
    html += "</ul>\n" + picture(profiles, true, summary.function) +
            picture(profiles, false, summary.function);
    for (const DetailTable& table : stack_tables(hot)) html += html_table(table);
  }
  return html;
}

}  // namespace coldstart::results
