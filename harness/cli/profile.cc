// coldstart profile: cold starts of any command, and where the time of the median one went.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "harness/cli/cache_options.h"
#include "harness/cli/command_line.h"
#include "harness/cli/quote.h"
#include "harness/cli/record_run.h"
#include "harness/process/spawn.h"
#include "harness/suite/suite.h"
#include "probes/stack_sampler.h"
#include "results/model/duration.h"
#include "results/model/error.h"
#include "results/report/causes_table.h"
#include "results/report/cells.h"
#include "results/report/details.h"
#include "results/report/stacks.h"
#include "results/report/table.h"
#include "results/report/waterfall.h"
#include "results/statistics/causes.h"
#include "results/statistics/hot_frames.h"
#include "results/statistics/summary.h"
#include "results/store/store.h"

namespace coldstart::cli {
namespace {

// So many starts are kept with what each of their threads did without being asked to: that is most
// of what there is to keep of a start.
constexpr int kMostTracked = 100;

struct ProfileOptions {
  std::vector<std::string> command;
  std::string contract = "auto";
  int port = 0;
  std::string path = "/";
  int trials = 20;
  std::string timeout = "30s";
  std::vector<std::string> env;
  std::optional<int> expected_status;
  RecordOptions record;
  std::string probes = "all";
  CacheOptions cache;
  int stack_rate = 0;  // 0: no stacks
  bool tracks = false;
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
  function.expected_status = options.expected_status;
  if (options.port != 0) function.port = options.port;
  const auto timeout = harness::parse_duration(options.timeout);
  if (!timeout || timeout->count() <= 0) {
    throw Error("--timeout", "'" + options.timeout + "' is no duration", "write 500ms, 30s or 2m");
  }
  if (*timeout > harness::kLongestTimeout) {
    throw Error("--timeout", "'" + options.timeout + "' is too long", "write at most 24h");
  }
  function.timeout = *timeout;
  for (const std::string& entry : options.env) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error("--env", "'" + entry + "' is no K=V", "write --env NAME=VALUE");
    }
    if (entry.substr(0, equals) == harness::kInstanceVariable) {
      throw Error("--env", "'" + entry + "' sets coldstart's own variable", "use another name");
    }
    function.env[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  if (!harness::is_request_path(options.path)) {
    throw Error("--path", "'" + options.path + "' is no path",
                "start it with '/', and percent-encode spaces and what is not ASCII");
  }
  return function;
}

// One rehearsal shows whether the command listens (and where) or ends by itself. Returns the signal
// that interrupted it, if one did.
std::optional<int> find_contract(harness::Platform& platform, const ProfileOptions& options,
                                 harness::FunctionSpec& function, Progress& progress) {
  const bool any_port = !harness::configured_port(function);
  const harness::RehearsalResult result = harness::rehearse(platform, function, any_port);
  if (result.interrupted_by) return result.interrupted_by;
  const Start& start = result.start;
  if (start.port) {
    // It listens, there or elsewhere: see measure(). Without events it must be known where.
    if (any_port && !platform.session().live() && start.port != start.offered_port) {
      function.port = start.port;
    }
    return std::nullopt;
  }
  switch (start.outcome) {
    case Outcome::kOk:
      return std::nullopt;
    case Outcome::kNotStarted:
      throw Error(function.command.front(), start.message);
    case Outcome::kTimeout:
      if (options.contract == "http") return std::nullopt;  // an outcome like any other
      throw Error(quote_command(function.command), start.message,
                  platform.session().live()
                      ? "give it longer with --timeout"
                      : "give it longer with --timeout; without probes the ports of another user's "
                        "processes are not seen: name the port with --port");
    default:
      if (options.contract != "auto") return std::nullopt;
      function.contract = harness::ContractKind::kExec;
      progress.say("contract: exec (it ended by itself; --contract http if it should serve)");
      if (start.outlived) {
        progress.warn(
            "warning: other processes of it ran on when the first one had ended, and are not "
            "measured; a server must stay in the foreground");
      }
      return std::nullopt;
  }
}

// "sleep 1: median 1.00 s (95 %: 1.00–1.01 s), 20 starts, contract exec"
std::string headline(const Run& run, const results::Summary& summary) {
  const Function& function = run.functions.front();
  std::string line = run.info.suite + ": ";
  if (summary.median_ns) {
    line += "median " + format_duration(*summary.median_ns);
    if (const auto& interval = summary.median_interval) {
      line += " (95 %: " + format_duration(interval->low) + " to " +
              format_duration(interval->high) + ")";
    }
    line += ", ";
  }
  line += std::to_string(summary.n) + (summary.n == 1 ? " start" : " starts");
  if (summary.failed() > 0) line += ", " + std::to_string(summary.failed()) + " failed";
  line += ", contract " + function.contract;
  if (!summary.median_start) return line;
  const Start& median = run.starts[*summary.median_start];
  if (median.port) line += ", port " + std::to_string(*median.port);
  if (median.http_status) line += ", status " + std::to_string(*median.http_status);
  return line;
}

// The result, where the time of the median start went and why, then the rest.
void print_profile(const Run& run, const results::TextStyle& style) {
  const auto summaries = results::summarize(run);
  const auto causes = results::summarize_causes(run);
  for (const results::Summary& summary : summaries) {
    std::printf("%s\n\n", headline(run, summary).c_str());
    if (!summary.median_start) continue;
    const Start& median = run.starts[*summary.median_start];
    std::printf("The median start (%s):\n", results::place_of_median_start(run, summary).c_str());
    std::string why;
    if (const auto these = results::causes_of(causes, summary)) {
      why = results::causes_text({*these}, style);
    }
    const std::string contract = results::contract_of(run, median.function);
    for (const std::string& part :
         {results::waterfall(median, style, contract), why, results::details_text(median, style)}) {
      if (!part.empty()) std::printf("%s\n", part.c_str());
    }
    constexpr std::size_t kHottest = 10;
    const auto hot = results::hot_frames(run, summary, kHottest);
    if (hot.starts > 0) std::printf("%s\n", results::stacks_text(hot, style).c_str());
  }
  std::fputs(results::comparison_table(run, summaries, style).c_str(), stdout);
}

int profile(const Globals& globals, const ProfileOptions& options, harness::Launcher& launcher) {
  harness::FunctionSpec function = function_of(options);
  if (auto lacking = harness::missing(function)) {
    if (options.command.size() == 1 && options.command.front().find(' ') != std::string::npos) {
      *lacking = "give program and arguments as separate words, or as sh -c " +
                 quote(options.command.front());
    }
    throw Error(function.command.front(), "cannot be started", *lacking);
  }
  // What is wrong whatever the command turns out to be is said before it is started.
  std::vector<harness::FunctionSpec> functions = {function};
  apply(options.cache, functions);
  check_before_run(globals, options.record);
  const auto session = probes::open_session(probes::TierSet::parse(options.probes));
  harness::Platform platform(launcher, *session);
  if (options.stack_rate > 0) platform.sample_stacks(options.stack_rate);
  Progress progress(globals.quiet);
  if (function.contract == harness::ContractKind::kHttp) {
    progress.show("rehearsing " + function.name, 0, function.trials);
    if (auto signal = find_contract(platform, options, function, progress)) {
      progress.clear();
      return conclude({.interrupted_by = signal}, globals, options.record);
    }
  }

  functions = {function};
  apply(options.cache, functions);
  RunRequest request;
  request.plan.functions = functions;
  request.plan.drop_caches = options.cache.drop_caches;
  request.plan.tracks = options.tracks || options.trials <= kMostTracked;
  request.plan.seed = seed_of(options.record);
  request.plan.keep_going = options.record.keep_going;
  request.suite = quote_command(options.command);
  request.label = options.record.label.empty() ? request.suite : options.record.label;
  const RecordedRun recorded = record_run(platform, globals, progress, request);
  if (recorded.id != 0) {
    print_profile(results::Store(globals.db, results::Store::Mode::kRead).load(recorded.id),
                  globals.style());
    if (!recorded.interrupted_by) {
      progress.say("run " + std::to_string(recorded.id) + " is in " + globals.db.string());
    }
  }
  return conclude(recorded, globals, options.record);
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
  command
      ->add_option("--expect-status", options->expected_status,
                   "The HTTP status that is an answer (default: any below 500)")
      ->check(CLI::Range(100, 599));
  add_record_options(*command, options->record);
  command
      ->add_option("--probes", options->probes,
                   "all, none, or tiers: process,loader,runtime,cpu,files")
      ->capture_default_str();
  add_cache_options(*command, options->cache);
  command
      ->add_flag(
          "--stacks{" + std::to_string(probes::kDefaultStackRate) + "}", options->stack_rate,
          "Also sample stacks, on and off CPU; --stacks=N: N times a second (997). Slows the "
          "starts")
      ->check(CLI::Range(1, probes::kHighestStackRate));
  command->add_flag("--tracks", options->tracks,
                    "Keep what each thread did, for `export --format perfetto`, also of more than "
                    "100 trials");
  command->callback([=, &globals, &launcher, &action] {
    action = [=, &globals, &launcher] { return profile(globals, *options, launcher); };
  });
}

}  // namespace coldstart::cli
