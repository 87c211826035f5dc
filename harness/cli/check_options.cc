#include "harness/cli/check_options.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/cli/command_line.h"
#include "harness/suite/suite.h"
#include "results/model/error.h"

namespace coldstart::cli {
namespace {

double parse_margin(const std::string& text) {
  std::size_t used = 0;
  double percent = -1;
  try {
    percent = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  const std::string rest = text.substr(used);
  if (used == 0 || (rest != "%" && rest != " %") || !(percent >= 0) || percent > 1000) {
    throw Error("--margin", "'" + text + "' is no margin", "write a percentage: --margin 2%");
  }
  return percent / 100;
}

constexpr std::array<std::string_view, 5> kModeNames = {"--baseline", "--baseline-cmd", "--git",
                                                        "--against", "--judge"};

// Which ways use an option; what is not listed, all of them use.
struct Use {
  std::string_view option;
  std::vector<Mode> modes;
};
const std::vector<Use>& uses() {
  using enum Mode;
  static const std::vector<Use> kUses = {
      {"--functions", {kCheckouts, kRevisions, kHistory}},
      {"--build", {kRevisions}},
      {"--any-host", {kHistory}},
      {"--keep-going", {kHistory}},
      {"--contract", {kCommands}},
      {"--port", {kCommands}},
      {"--path", {kCommands}},
      {"--timeout", {kCommands}},
      {"--expect-status", {kCommands}},
      {"--pairs", {kCheckouts, kCommands, kRevisions}},
      {"--budget", {kCheckouts, kCommands, kRevisions}},
      {"--label", {kCheckouts, kCommands, kRevisions, kHistory}},
      {"--probes", {kCheckouts, kCommands, kRevisions, kHistory}},
      {"--cache", {kCheckouts, kCommands, kRevisions, kHistory}},
      {"--drop-caches", {kCheckouts, kCommands, kRevisions, kHistory}},
  };
  return kUses;
}

void add_sides(CLI::App& command, CheckOptions& options) {
  command.add_option("suite", options.suite, "The suite file, as it is in both checkouts");
  command.add_option("--baseline", options.baseline, "Checkout that is known to be good");
  command.add_option("--candidate", options.candidate, "Checkout that is judged");
  command.add_option("--baseline-cmd", options.baseline_command, "One function instead of a suite");
  command.add_option("--candidate-cmd", options.candidate_command, "The same, as it would become");
  command.add_option("--git", options.git,
                     "Two revisions, BASE..HEAD, checked out and built in temporary worktrees");
  command.add_option("--build", options.build, "--git: how a checkout is built, a line for sh");
  command
      .add_option("--against", options.against,
                  "Instead of pairs: the medians of stored runs of the suite up to this one, or an "
                  "exported JSON file; once or more")
      ->allow_extra_args(false);
  command.add_flag("--any-host", options.any_host, "--against: also runs of another machine");
  command.add_option("--judge", options.judge,
                     "Judge the pairs of an earlier check again, with the budgets of a suite if "
                     "one is named; nothing is started");
  command.add_option("--functions", options.functions, "Only these functions: a,b");
  command.add_option("--contract", options.contract, "Commands: auto, http or exec")
      ->check(CLI::IsMember({"auto", "http", "exec"}))
      ->capture_default_str();
  command.add_option("--port", options.port, "Commands: the port on which they listen")
      ->check(CLI::Range(1, 65535));
  command.add_option("--path", options.path, "Commands: what is requested")->capture_default_str();
  command.add_option("--timeout", options.timeout, "Commands: how long one start may take")
      ->capture_default_str();
  command
      .add_option("--expect-status", options.expected_status,
                  "Commands: the HTTP status that is an answer")
      ->check(CLI::Range(100, 599));
}

void add_rules(CLI::App& command, CheckOptions& options) {
  command.add_option("--margin", options.margin, "A slowdown up to this is no FAIL")
      ->capture_default_str();
  command.add_option("--pairs", options.pairs, "Pairs of each function at most (default: 4000)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  command.add_option("--budget", options.budget, "Measure for so long at most")
      ->capture_default_str();
  command.add_option("--gate", options.gate, "Metrics that decide: median, p90, p99")
      ->capture_default_str();
  command.add_flag("--fail-on-improvement", options.fail_on_improvement,
                   "Exit 1 also if something got faster: the baseline is out of date");
  command.add_flag("--allow-inconclusive", options.allow_inconclusive, "Exit 0 instead of 3");
}

}  // namespace

results::GateOptions gate_options(const CheckOptions& options, std::uint64_t seed) {
  results::GateOptions gate;
  gate.margin = parse_margin(options.margin);
  gate.seed = seed;
  gate.gating.clear();
  for (const std::string& word : split_commas(options.gate)) {
    const auto metric = results::metric_from_name(word);
    if (!metric)
      throw Error("--gate", "unknown metric '" + word + "'", "known are: median, p90, p99");
    if (std::ranges::find(gate.gating, *metric) == gate.gating.end()) {
      gate.gating.push_back(*metric);
    }
  }
  if (gate.gating.empty()) throw Error("--gate", "names no metric", "known are: median, p90, p99");
  return gate;
}

std::chrono::nanoseconds parse_budget(const std::string& text) {
  const auto budget = harness::parse_duration(text);
  if (!budget || budget->count() <= 0) {
    throw Error("--budget", "'" + text + "' is no duration", "write 30s or 5m");
  }
  return *budget;
}

Mode mode_of(const CheckOptions& options) {
  const bool checkouts = !options.baseline.empty() || !options.candidate.empty();
  const bool commands = !options.baseline_command.empty() || !options.candidate_command.empty();
  const bool revisions = !options.git.empty();
  const bool history = !options.against.empty();
  const bool stored = !options.judge.empty();
  const char* ways =
      "give --baseline DIR and --candidate DIR, or --baseline-cmd and --candidate-cmd, or --git "
      "BASE..HEAD, or --against RUN";
  if (checkouts + commands + revisions + history + stored != 1) {
    throw Error("coldstart check",
                checkouts + commands + revisions + history + stored == 0
                    ? "nothing to compare with"
                    : "several things to compare with",
                ways);
  }
  const bool needs_suite = checkouts || revisions || history;
  if (needs_suite && options.suite.empty()) {
    throw Error("coldstart check", "no suite", "name one: coldstart check SUITE.yaml …");
  }
  if (commands && !options.suite.empty()) {
    throw Error("coldstart check", "'" + options.suite.string() + "' is not used here",
                "leave the suite out: commands have none");
  }
  if (checkouts && (options.baseline.empty() || options.candidate.empty())) {
    throw Error("coldstart check", "only one checkout", "give both, --baseline and --candidate");
  }
  if (commands && (options.baseline_command.empty() || options.candidate_command.empty())) {
    throw Error("coldstart check", "only one command",
                "give both, --baseline-cmd and --candidate-cmd");
  }
  if (revisions && options.build.empty()) {
    throw Error("--git", "how to build a checkout is not said", "add --build 'make', say");
  }
  return checkouts   ? Mode::kCheckouts
         : commands  ? Mode::kCommands
         : revisions ? Mode::kRevisions
         : history   ? Mode::kHistory
                     : Mode::kStoredPairs;
}

void refuse_unused(const CLI::App& command, Mode mode) {
  for (const Use& use : uses()) {
    const std::string option(use.option);
    if (command.count(option) == 0 || std::ranges::find(use.modes, mode) != use.modes.end()) {
      continue;
    }
    std::string ways;
    for (const Mode other : use.modes) {
      ways += (ways.empty() ? "" : ", ");
      ways += kModeNames.at(static_cast<std::size_t>(other));
    }
    throw Error(option,
                "is not used with " + std::string(kModeNames.at(static_cast<std::size_t>(mode))),
                "remove it: it is for " + ways);
  }
}

void add_check_options(CLI::App& command, CheckOptions& options) {
  add_sides(command, options);
  add_rules(command, options);
  add_check_outputs(command, options.outputs);
  add_label_and_seed(command, options.record);
  add_keep_going(command, options.record);
  command
      .add_option("--probes", options.probes,
                  "all, none, or tiers: process,loader,runtime,cpu,files")
      ->capture_default_str();
  add_cache_options(command, options.cache);
}

}  // namespace coldstart::cli
