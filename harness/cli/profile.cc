// coldstart profile: cold starts of any command, and where the time of the median one went.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "harness/cli/command_line.h"
#include "harness/cli/quote.h"
#include "harness/cli/record_run.h"
#include "harness/suite/suite.h"
#include "results/model/error.h"
#include "results/report/table.h"
#include "results/report/waterfall.h"
#include "results/statistics/summary.h"
#include "results/store/store.h"

namespace coldstart::cli {
namespace {

struct ProfileOptions {
  std::vector<std::string> command;
  std::string contract = "auto";
  int port = 0;
  std::string path = "/";
  int trials = 20;
  std::string timeout = "30s";
  std::vector<std::string> env;
  std::string label;
  std::string seed;
  std::string probes = "all";
};

harness::FunctionSpec function_of(const ProfileOptions& options) {
  harness::FunctionSpec function;
  function.name = std::filesystem::path(options.command.front()).filename();
  function.runtime = harness::RuntimeKind::kCommand;
  function.contract =
      options.contract == "exec" ? harness::ContractKind::kExec : harness::ContractKind::kHttp;
  function.command = options.command;
  function.directory = std::filesystem::current_path();
  function.trials = options.trials;
  function.path = options.path;
  if (options.port != 0) function.port = options.port;
  const auto timeout = harness::parse_duration(options.timeout);
  if (!timeout || timeout->count() <= 0) {
    throw Error("--timeout", "'" + options.timeout + "' is no duration", "write 500ms, 30s or 2m");
  }
  function.timeout = *timeout;
  for (const std::string& entry : options.env) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error("--env", "'" + entry + "' is no K=V", "write --env NAME=VALUE");
    }
    function.env[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  if (options.path.empty() || options.path.front() != '/') {
    throw Error("--path", "'" + options.path + "' does not begin with /", "write --path /index");
  }
  return function;
}

// One rehearsal shows whether the command listens (and where) or ends by itself.
std::optional<int> find_contract(harness::Platform& platform, const ProfileOptions& options,
                                 harness::FunctionSpec& function) {
  const bool any_port = options.port == 0;
  const harness::RehearsalResult result = harness::rehearse(platform, function, any_port);
  if (result.interrupted_by) return result.interrupted_by;
  const Start& start = result.start;
  if (start.port) {
    // It listens; if not where $PORT said, it has a port of its own, every time.
    if (options.port == 0 && start.port != start.offered_port) function.port = start.port;
    return std::nullopt;
  }
  switch (start.outcome) {
    case Outcome::kOk:
      return std::nullopt;
    case Outcome::kNotStarted:
      throw Error(function.command.front(), start.message, "is it a program that can be executed?");
    case Outcome::kTimeout:
      if (options.contract == "http") return std::nullopt;  // an outcome like any other
      throw Error(quote_command(function.command),
                  "neither listened on a TCP port nor ended within " + options.timeout,
                  platform.session().live()
                      ? "give it longer with --timeout"
                      : "without probes only $PORT is tried: name its port with --port");
    default:
      if (options.contract == "auto") function.contract = harness::ContractKind::kExec;
      return std::nullopt;
  }
}

int profile(const Globals& globals, const ProfileOptions& options, harness::Launcher& launcher) {
  harness::FunctionSpec function = function_of(options);
  if (auto lacking = harness::missing(function)) {
    throw Error(function.command.front(), "cannot be started", *lacking);
  }
  const auto session = probes::open_session(probes::TierSet::parse(options.probes));
  if (function.name == "crun" && harness::has_hybrid_cgroup_controllers()) {
    launcher.hide_hybrid_cgroup();
  }
  harness::Platform platform(launcher, *session);
  Progress progress(globals.quiet);
  if (function.contract == harness::ContractKind::kHttp) {
    progress.show("rehearsing " + function.name, 0, function.trials);
    if (auto signal = find_contract(platform, options, function)) {
      progress.clear();
      return report_interruption({0, signal}, globals);
    }
  }

  RunRequest request;
  request.plan.functions = {function};
  request.plan.seed = options.seed.empty() ? fresh_seed() : std::stoull(options.seed);
  request.suite = quote_command(options.command);
  request.label = options.label.empty() ? request.suite : options.label;
  const RecordedRun recorded = record_run(platform, globals, progress, request);
  if (recorded.interrupted_by) return report_interruption(recorded, globals);

  const Run run = results::Store(globals.db, results::Store::Mode::kRead).load(recorded.id);
  const auto summaries = results::summarize(run);
  const results::TextStyle style = globals.style();
  if (!summaries.empty() && summaries.front().median_start) {
    const Start& median = run.starts[*summaries.front().median_start];
    std::fputs(results::phase_table(summaries, style).c_str(), stdout);
    std::printf("\nThe median start (trial %d):\n", median.trial);
    std::fputs(results::waterfall(median, style).c_str(), stdout);
    std::fputs("\n", stdout);
  }
  std::fputs(results::comparison_table(run, summaries, style).c_str(), stdout);
  progress.say("run " + std::to_string(recorded.id) + " is in " + globals.db.string());
  return 0;
}

}  // namespace

void add_profile(CLI::App& app, const Globals& globals, harness::Launcher& launcher,
                 Action& action) {
  auto options = std::make_shared<ProfileOptions>();
  CLI::App* command = app.add_subcommand(
      "profile", "Cold starts of any command; where the time of the median start went");
  command->add_option("command", options->command, "The command, after --")->required();
  command
      ->add_option("--contract", options->contract,
                   "http: it listens and answers; exec: it runs to its end; auto: find out")
      ->check(CLI::IsMember({"auto", "http", "exec"}))
      ->capture_default_str();
  command->add_option("--port", options->port, "The port it listens on (default: whichever)")
      ->check(CLI::Range(1, 65535));
  command->add_option("--path", options->path, "What is requested")->capture_default_str();
  command->add_option("--trials", options->trials, "Cold starts")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--timeout", options->timeout, "Time for one start")->capture_default_str();
  command->add_option("--env", options->env, "K=V for its environment; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--label", options->label, "A name for this run (default: the command)");
  command->add_option("--seed", options->seed, "For the record")
      ->check(CLI::TypeValidator<std::uint64_t>());
  command->add_option("--probes", options->probes, "all, none, or tiers: process,loader,runtime,cpu,files")
      ->capture_default_str();
  command->callback([=, &globals, &launcher, &action] {
    action = [=, &globals, &launcher] { return profile(globals, *options, launcher); };
  });
}

}  // namespace coldstart::cli
