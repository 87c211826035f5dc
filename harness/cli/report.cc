// coldstart report: a stored run, as text, Markdown, HTML or pictures.
#include <cstdio>
#include <memory>
#include <vector>

#include "harness/cli/command_line.h"
#include "harness/cli/plot_options.h"
#include "harness/cli/write_report.h"
#include "results/model/error.h"
#include "results/report/causes_table.h"
#include "results/report/cells.h"
#include "results/report/details.h"
#include "results/report/markdown.h"
#include "results/report/plots.h"
#include "results/report/table.h"
#include "results/report/text.h"
#include "results/report/waterfall.h"
#include "results/statistics/digest.h"
#include "results/store/load_run.h"

namespace coldstart::cli {
namespace {

struct ReportOptions {
  std::string run = "latest";
  bool markdown = false;
  std::string html;
  PlotChoices plots;
  std::string waterfall;
};

void print_waterfall(const results::Digest& digest, const std::string& function,
                     const results::TextStyle& style) {
  const Run& run = digest.run;
  for (const results::Summary& summary : digest.summaries) {
    if (summary.function != function || !summary.median_start) continue;
    const Start& median = run.starts[*summary.median_start];
    const std::string scaled = results::time_scale_suffix(summary.time_scale);
    std::printf("The median start of %s (%s)%s:\n", function.c_str(),
                results::place_of_median_start(run, summary).c_str(),
                (style.unicode ? scaled : results::to_ascii(scaled)).c_str());
    const std::string contract = results::contract_of(run, function);
    std::fputs(results::waterfall(median, style, contract).c_str(), stdout);
    std::vector<results::CausesSummary> causes;
    if (auto of_function = results::causes_of(digest.causes, summary)) {
      causes.push_back(*std::move(of_function));
    }
    for (const std::string& part :
         {results::causes_text(causes, style), results::details_text(median, style)}) {
      if (!part.empty()) std::printf("\n%s", part.c_str());
    }
    return;
  }
  throw Error("--waterfall", "no successful start of '" + function + "' in this run",
              "coldstart report shows the functions it has");
}

int report(const Globals& globals, const ReportOptions& options) {
  results::PlotOptions pictures = plot_options(options.plots);
  pictures.drawn_by_page = true;
  const results::Digest digest = results::load_digest(options.run, globals.db);
  if (!options.html.empty()) write_html(digest, options.html);
  if (!options.plots.folder.empty()) {
    results::write_plots(digest, options.plots.folder, pictures);
  }
  if (options.markdown) {
    std::fputs(results::markdown_report(digest).c_str(), stdout);
  } else if (!options.waterfall.empty()) {
    print_waterfall(digest, options.waterfall, globals.style());
  } else if (options.html.empty() && options.plots.folder.empty()) {
    std::fputs(results::comparison_table(digest.run, digest.summaries, globals.style()).c_str(),
               stdout);
    std::fputs("\n", stdout);
    std::fputs(results::phase_table(digest.summaries, globals.style()).c_str(), stdout);
    const auto causes = results::causes_text(digest.causes, globals.style());
    if (!causes.empty()) std::printf("\n%s", causes.c_str());
  }
  return 0;
}

}  // namespace

void add_report(CLI::App& app, const Globals& globals, Action& action) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand("report", "Show a stored run");
  command
      ->add_option("run", options->run,
                   "latest, latest~1, an id, a label, or an exported JSON file")
      ->capture_default_str();
  command->add_flag("--markdown", options->markdown, "Markdown on standard output");
  command->add_option("--html", options->html,
                      "Write one self-contained page to this file (-: standard output)");
  add_plot_options(*command, options->plots, "Write every picture into this folder");
  command->add_option("--waterfall", options->waterfall, "Draw the median start of this function");
  command->callback(
      [=, &globals, &action] { action = [=, &globals] { return report(globals, *options); }; });
}

}  // namespace coldstart::cli
