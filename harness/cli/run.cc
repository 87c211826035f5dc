// coldstart run: a suite, measured, stored, compared.
#include <algorithm>
#include <cstdio>
#include <memory>

#include "harness/cli/command_line.h"
#include "harness/cli/record_run.h"
#include "harness/cli/write_report.h"
#include "harness/suite/suite.h"
#include "results/model/error.h"
#include "results/report/table.h"
#include "results/statistics/summary.h"
#include "results/store/store.h"

namespace coldstart::cli {
namespace {

struct RunOptions {
  std::filesystem::path suite = "coldstart.yaml";
  int trials = 0;
  std::string functions;
  std::string label;
  std::string seed;
  std::string probes = "all";
  std::filesystem::path output = "coldstart-report";
};

void choose_functions(harness::Suite& suite, const std::string& names) {
  std::vector<harness::FunctionSpec> chosen;
  std::string known;
  for (const auto& function : suite.functions) {
    known += (known.empty() ? "" : ", ") + function.name;
  }
  for (const std::string& wanted : split_commas(names)) {
    const auto found = std::find_if(suite.functions.begin(), suite.functions.end(),
                                    [&](const auto& f) { return f.name == wanted; });
    if (found == suite.functions.end()) {
      throw Error("--functions", "the suite has no function '" + wanted + "'", "it has: " + known);
    }
    chosen.push_back(*found);
  }
  if (chosen.empty()) throw Error("--functions", "names no function", "the suite has: " + known);
  suite.functions = std::move(chosen);
}

bool uses_crun(const harness::Suite& suite) {
  return std::any_of(suite.functions.begin(), suite.functions.end(), [](const auto& function) {
    return function.runtime == harness::RuntimeKind::kContainer && function.engine == "crun";
  });
}

int run_suite(const Globals& globals, const RunOptions& options, harness::Launcher& launcher) {
  harness::Suite suite = harness::read_suite(options.suite);
  if (suite.loads.size() > 1) {
    throw Error(options.suite.string(), "has more than one load",
                "keep one: this version knows the pattern `cold` only");
  }
  if (!options.functions.empty()) choose_functions(suite, options.functions);
  if (options.trials > 0) {
    for (auto& function : suite.functions) function.trials = options.trials;
  }
  const auto session = probes::open_session(probes::TierSet::parse(options.probes));
  check_output_folder(options.output);
  if (uses_crun(suite) && harness::has_hybrid_cgroup_controllers()) launcher.hide_hybrid_cgroup();
  harness::Platform platform(launcher, *session);

  Progress progress(globals.quiet);
  RunRequest request;
  request.plan.functions = suite.functions;
  request.plan.load = suite.loads.front().name;
  request.plan.cache = suite.cache;
  request.plan.seed = options.seed.empty() ? fresh_seed() : std::stoull(options.seed);
  request.label = options.label;
  request.suite = suite.name;
  const RecordedRun recorded = record_run(platform, globals, progress, request);
  if (recorded.interrupted_by) return report_interruption(recorded, globals);

  const Run run = results::Store(globals.db, results::Store::Mode::kRead).load(recorded.id);
  const auto summaries = results::summarize(run);
  std::fputs(results::comparison_table(run, summaries, globals.style()).c_str(), stdout);
  std::fflush(stdout);
  write_report(run, summaries, options.output);
  progress.say("run " + std::to_string(recorded.id) + " is in " + globals.db.string() +
               "; report and plots are in " + options.output.string() + "/");
  return 0;
}

}  // namespace

void add_run(CLI::App& app, const Globals& globals, harness::Launcher& launcher, Action& action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command =
      app.add_subcommand("run", "Start the functions of a suite, store, compare, write the report");
  command->add_option("suite", options->suite, "The suite file")->capture_default_str();
  command->add_option("--trials", options->trials, "Cold starts of each function")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--functions", options->functions, "Only these functions: a,b");
  command->add_option("--label", options->label, "A name for this run");
  command->add_option("--seed", options->seed, "Repeat the order of an earlier run")
      ->check(CLI::TypeValidator<std::uint64_t>());
  command->add_option("--probes", options->probes, "all, none, or tiers: process,loader,runtime,cpu,files")
      ->capture_default_str();
  command->add_option("--output", options->output, "Folder for report and plots")
      ->capture_default_str();
  command->callback([=, &globals, &launcher, &action] {
    action = [=, &globals, &launcher] { return run_suite(globals, *options, launcher); };
  });
}

}  // namespace coldstart::cli
