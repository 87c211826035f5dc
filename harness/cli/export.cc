// coldstart export: a run for other programs, on standard output or in a file.
#include <cstdio>
#include <memory>

#include "harness/cli/command_line.h"
#include "harness/cli/output.h"
#include "results/export/json.h"
#include "results/store/load_run.h"

namespace coldstart::cli {
namespace {

struct ExportOptions {
  std::string run = "latest";
  std::string format = "json";
  std::string output = "-";
};

int export_run(const Globals& globals, const ExportOptions& options) {
  write_text_file(options.output, results::export_json(results::load_run(options.run, globals.db)));
  return 0;
}

}  // namespace

void add_export(CLI::App& app, const Globals& globals, Action& action) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand("export", "Print a run in a format that programs read");
  command
      ->add_option("run", options->run,
                   "latest, latest~1, an id, a label, or an exported JSON file")
      ->capture_default_str();
  command->add_option("--format", options->format, "The format (schema coldstart.run/1)")
      ->check(CLI::IsMember({"json"}))
      ->capture_default_str();
  command->add_option("--output,-o", options->output, "Write to this file (-: standard output)")
      ->capture_default_str();
  command->callback(
      [=, &globals, &action] { action = [=, &globals] { return export_run(globals, *options); }; });
}

}  // namespace coldstart::cli
