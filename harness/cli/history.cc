// coldstart history: the runs of the store over time, and where a level changed.
#include "results/report/history.h"

#include <cstdio>
#include <memory>
#include <set>

#include "harness/cli/command_line.h"
#include "harness/cli/plot_options.h"
#include "results/model/error.h"
#include "results/report/plot_history.h"
#include "results/report/text.h"
#include "results/store/history_rows.h"

namespace coldstart::cli {
namespace {

struct HistoryOptions {
  std::string function;
  std::string load;
  std::string cache;
  PlotChoices plots;
  bool json = false;
};

std::string known(const std::vector<results::RunLatencies>& rows) {
  std::set<std::string> names;
  for (const results::RunLatencies& row : rows) names.insert(results::printable(row.function));
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::vector<results::RunLatencies> rows_of(const Globals& globals, const HistoryOptions& options) {
  std::optional<std::string> function;
  if (!options.function.empty()) function = options.function;
  std::vector<results::RunLatencies> rows = results::load_history(globals.db, function);
  std::erase_if(rows, [&](const results::RunLatencies& row) {
    return (!options.load.empty() && row.load != options.load) ||
           (!options.cache.empty() && row.cache != options.cache);
  });
  if (!rows.empty()) return rows;
  const std::string names = known(results::load_history(globals.db, std::nullopt));
  if (names.empty()) {
    throw Error(globals.db.string(), "no start that can be used yet", "run `coldstart run` first");
  }
  throw Error("history", "no run has such a start that can be used",
              "functions of the store: " + names);
}

int history(const Globals& globals, const HistoryOptions& options) {
  const results::PlotOptions pictures = plot_options(options.plots);
  const auto series = results::history_of(rows_of(globals, options));
  if (!options.plots.folder.empty()) {
    results::write_history_plots(series, options.plots.folder, pictures);
    if (!options.json) return 0;
  }
  const std::string text =
      options.json ? results::history_json(series) : results::history_text(series, globals.style());
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

}  // namespace

void add_history(CLI::App& app, const Globals& globals, Action& action) {
  auto options = std::make_shared<HistoryOptions>();
  CLI::App* command = app.add_subcommand("history", "Runs over time, and where a level changed");
  command->add_option("function", options->function, "Only this function");
  command->add_option("--load", options->load, "Only this load");
  command->add_option("--cache", options->cache, "Only this cache state");
  add_plot_options(*command, options->plots, "Draw them into a folder instead");
  command->add_flag("--json", options->json, "JSON (schema coldstart.history/1)");
  command->callback(
      [=, &globals, &action] { action = [=, &globals] { return history(globals, *options); }; });
}

}  // namespace coldstart::cli
