// coldstart export: a run for other programs, on standard output or in a file.
#include <map>
#include <memory>

#include "harness/cli/command_line.h"
#include "harness/cli/output.h"
#include "results/export/formats.h"
#include "results/store/load_run.h"

namespace coldstart::cli {
namespace {

struct ExportOptions {
  std::string run = "latest";
  std::string format = "json";
  std::string output = "-";
  std::string rows;
  results::ExportChoices choices;
};

const std::map<std::string, results::CsvRows> kRows = {
    {"starts", results::CsvRows::kStarts},
    {"phases", results::CsvRows::kPhases},
    {"invocations", results::CsvRows::kInvocations},
    {"instances", results::CsvRows::kInstances}};

int export_run(const Globals& globals, const ExportOptions& options) {
  results::ExportChoices choices = options.choices;
  if (!options.rows.empty()) choices.rows = kRows.at(options.rows);
  const Run run = results::load_run(options.run, globals.db);
  write_text_file(options.output, [&](const TextSink& sink) {
    results::export_run(run, options.format, choices, sink);
  });
  return 0;
}

std::string list_of_formats() {
  constexpr std::size_t kNameWidth = 18;
  std::string text = "Formats:\n";
  for (const results::ExportFormat& format : results::export_formats()) {
    std::string name(format.name);
    name.resize(kNameWidth, ' ');
    text += "  " + name + std::string(format.about) + '\n';
  }
  return text;
}

}  // namespace

void add_export(CLI::App& app, const Globals& globals, Action& action) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand("export", "Print a run in a format that programs read");
  command->footer(list_of_formats());
  std::vector<std::string> names;
  for (const results::ExportFormat& format : results::export_formats()) {
    names.emplace_back(format.name);
  }
  command
      ->add_option("run", options->run,
                   "latest, latest~1, an id, a label, or an exported JSON file")
      ->capture_default_str();
  command->add_option("--format", options->format, "The format, see below")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command->add_option("--output,-o", options->output, "Write to this file (-: standard output)")
      ->capture_default_str();
  command->add_option("--rows", options->rows, "csv: what a row is (starts where not said)")
      ->check(CLI::IsMember(kRows));
  command->add_flag("--aggregate", options->choices.aggregate,
                    "google-benchmark: one row a function, its median");
  command
      ->add_option(
          "--start", options->choices.starts,
          "perfetto, folded: FUNCTION[@CACHE][:TRIAL|:median|:pNN], once or more (else the "
          "median start of each function; folded: all starts)")
      ->allow_extra_args(false);
  command->add_flag("--on-cpu", options->choices.folded.on_cpu,
                    "folded: where threads ran (where nothing is said)");
  command->add_flag("--off-cpu", options->choices.folded.off_cpu,
                    "folded: where threads had left the CPU and could not run on");
  command->add_flag("--samples", options->choices.folded.count,
                    "folded: how often, instead of microseconds");
  command->add_flag("--timestamps", options->choices.timestamps,
                    "openmetrics: give each sample the time of the run");
  command->callback(
      [=, &globals, &action] { action = [=, &globals] { return export_run(globals, *options); }; });
}

}  // namespace coldstart::cli
