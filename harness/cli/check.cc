// coldstart check: the gate for continuous integration.
#include "harness/cli/check.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "harness/cli/cache_options.h"
#include "harness/cli/check_output.h"
#include "harness/cli/command_line.h"
#include "harness/cli/gate_history_run.h"
#include "harness/cli/gate_measure.h"
#include "harness/cli/gate_sides.h"
#include "harness/cli/gate_worktrees.h"
#include "harness/cli/record_run.h"
#include "harness/suite/suite.h"
#include "results/compare/gate_pairs.h"
#include "results/compare/gate_report.h"
#include "results/export/json.h"
#include "results/model/error.h"
#include "results/store/store.h"

namespace coldstart::cli {
namespace {

struct CheckOptions {
  std::filesystem::path suite;
  std::filesystem::path baseline, candidate;
  std::string baseline_command, candidate_command;
  std::string git, build;
  std::vector<std::string> against;
  std::string judge;
  bool any_host = false;

  // of commands
  std::string contract = "auto";
  int port = 0;
  std::string path = "/";
  std::string timeout = "30s";
  std::optional<int> expected_status;

  std::string functions;
  std::string margin = "2%";
  std::optional<std::size_t> pairs;
  std::string budget = "5m";
  std::string gate = "median,p90";
  bool fail_on_improvement = false;
  bool allow_inconclusive = false;
  RecordOptions record;
  std::string probes = "all";
  CacheOptions cache;
  CheckOutputs outputs;
};

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

// What the two sides are, from the options that say so: exactly one of the ways must be used.
enum class Mode { kCheckouts, kCommands, kRevisions, kHistory, kStoredPairs };

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
  if (!needs_suite && !options.suite.empty()) {
    throw Error("coldstart check", "'" + options.suite.string() + "' is not used here",
                "leave the suite out: commands and stored pairs have none");
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
  if (!options.build.empty() && !revisions) throw Error("--build", "is for --git", "remove it");
  if (options.any_host && !history) throw Error("--any-host", "is for --against", "remove it");
  return checkouts   ? Mode::kCheckouts
         : commands  ? Mode::kCommands
         : revisions ? Mode::kRevisions
         : history   ? Mode::kHistory
                     : Mode::kStoredPairs;
}

harness::FunctionSpec function_of(const CheckOptions& options, const std::string& option,
                                  const std::string& command) {
  harness::FunctionSpec function;
  function.command = split_command(option, command);
  function.runtime = harness::RuntimeKind::kCommand;
  function.contract =
      options.contract == "exec" ? harness::ContractKind::kExec : harness::ContractKind::kHttp;
  function.directory = std::filesystem::current_path();
  function.path = options.path;
  function.expected_status = options.expected_status;
  if (options.port != 0) function.port = options.port;
  const auto timeout = harness::parse_duration(options.timeout);
  if (!timeout || timeout->count() <= 0 || *timeout > harness::kLongestTimeout) {
    throw Error("--timeout", "'" + options.timeout + "' is no duration up to 24h",
                "write 30s or 2m");
  }
  function.timeout = *timeout;
  if (!harness::is_request_path(options.path)) {
    throw Error("--path", "'" + options.path + "' is no path",
                "start it with '/', and percent-encode spaces and what is not ASCII");
  }
  if (const auto lacking = harness::missing(function)) {
    throw Error(function.command.front(), "cannot be started", *lacking);
  }
  return function;
}

Sides sides_of_commands(const CheckOptions& options) {
  Sides sides;
  harness::PairedFunction function{
      function_of(options, "--baseline-cmd", options.baseline_command),
      function_of(options, "--candidate-cmd", options.candidate_command)};
  const std::string name = std::filesystem::path(function.candidate.command.front()).filename();
  function.baseline.name = function.candidate.name = name;
  sides.title = name;
  sides.baseline = options.baseline_command;
  sides.candidate = options.candidate_command;
  sides.functions.push_back(std::move(function));
  return sides;
}

// What the baseline does in a rehearsal decides for both. Returns the signal that interrupted it.
std::optional<int> find_contract(harness::Platform& platform, const CheckOptions& options,
                                 harness::PairedFunction& function) {
  if (options.contract != "auto") return std::nullopt;
  const bool any_port = !harness::configured_port(function.baseline);
  const auto rehearsal = harness::rehearse(platform, function.baseline, any_port);
  if (rehearsal.interrupted_by) return rehearsal.interrupted_by;
  const Start& start = rehearsal.start;
  if (start.port || start.outcome == Outcome::kOk) return std::nullopt;
  if (start.outcome == Outcome::kNotStarted || start.outcome == Outcome::kTimeout) {
    throw Error("--baseline-cmd", start.message, "see what it does with coldstart profile");
  }
  function.baseline.contract = function.candidate.contract = harness::ContractKind::kExec;
  return std::nullopt;
}

// Budgets are about what would be shipped.
void judge_budgets(const Run& run, const std::vector<results::Budget>& budgets,
                   std::string_view suffix, results::GateReport& report) {
  std::vector<results::Budget> of_run = budgets;
  for (results::Budget& budget : of_run) budget.function += suffix;
  std::vector<const Start*> starts;
  for (const Start& start : run.starts) {
    if (start.load != results::kDisturbedLoad) starts.push_back(&start);
  }
  report.budgets = results::judge_budgets(starts, of_run, report.options);
  for (results::BudgetVerdict& verdict : report.budgets) {
    verdict.budget.function.resize(verdict.budget.function.size() - suffix.size());
  }
}

void explain(const Run& run, results::GateReport& report) {
  const results::RunPairs pairs = results::pairs_of(run);
  std::vector<std::vector<results::StartPair>> starts;
  for (const results::FunctionVerdict& verdict : report.functions) {
    starts.emplace_back();
    for (std::size_t i = 0; i < pairs.series.size(); ++i) {
      if (pairs.series[i].function == verdict.function && pairs.series[i].cache == verdict.cache) {
        starts.back() = pairs.starts[i];
      }
    }
  }
  report.attributions = results::attribute(starts);
}

// A run that failed is no measure for those after it.
void keep_verdict(const Globals& globals, std::int64_t run, const results::GateReport& report) {
  results::Store(globals.db, results::Store::Mode::kWrite)
      .set_verdict(run, std::string(name(report.verdict())));
}

int conclude_check(const results::GateReport& report, const Globals& globals,
                   const CheckOptions& options) {
  tell(report, globals, options.outputs);
  switch (report.verdict()) {
    case results::Verdict::kFail:
      return 1;
    case results::Verdict::kPass:
      return options.fail_on_improvement && report.improved() ? 1 : 0;
    case results::Verdict::kInconclusive:
      break;
  }
  return options.allow_inconclusive ? 0 : 3;
}

int check_pairs(const Globals& globals, const CheckOptions& options, Sides sides,
                harness::Launcher& launcher) {
  PairsRequest request;
  request.plan.seed = seed_of(options.record);
  request.gate = gate_options(options, request.plan.seed);
  request.budget = parse_budget(options.budget);
  request.most_pairs = options.pairs.value_or(kDefaultPairs);
  check_before_run(globals, options.record);
  const auto session = probes::open_session(probes::TierSet::parse(options.probes));
  harness::Platform platform(launcher, *session);
  Progress progress(globals.quiet);

  if (!options.baseline_command.empty()) {
    if (const auto signal = find_contract(platform, options, sides.functions.front())) {
      return conclude({.interrupted_by = signal}, globals, options.record);
    }
  }
  // Both sides in the same states: those of the candidate.
  std::vector<harness::FunctionSpec> candidates;
  for (const auto& function : sides.functions) candidates.push_back(function.candidate);
  apply(options.cache, candidates);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    sides.functions[i].candidate = candidates[i];
    sides.functions[i].baseline.caches = candidates[i].caches;
  }

  request.plan.functions = sides.functions;
  request.plan.drop_caches = options.cache.drop_caches;
  request.title = sides.title;
  request.label = options.record.label;
  const JudgedPairs judged = measure_and_judge(platform, launcher, globals, progress, request);
  if (judged.interrupted_by) {
    return conclude({.id = judged.run, .interrupted_by = judged.interrupted_by}, globals,
                    options.record);
  }
  progress.say("run " + std::to_string(judged.run) + " is in " + globals.db.string());

  results::GateReport report;
  report.title = sides.title;
  report.baseline = sides.baseline;
  report.candidate = sides.candidate;
  report.options = request.gate;
  report.looks = judged.looks;
  report.functions = judged.verdicts;
  report.notes = sides.notes;
  report.notes.insert(report.notes.end(), judged.notes.begin(), judged.notes.end());
  const Run run = results::Store(globals.db, results::Store::Mode::kRead).load(judged.run);
  const auto skipped = results::skipped_of(run);
  report.functions.insert(report.functions.end(), skipped.begin(), skipped.end());
  explain(run, report);
  judge_budgets(run, sides.budgets, kCandidateSuffix, report);
  keep_verdict(globals, judged.run, report);
  return conclude_check(report, globals, options);
}

int check_revisions(const Globals& globals, const CheckOptions& options,
                    harness::Launcher& launcher) {
  Worktrees worktrees(parse_range(options.git), launcher);
  {
    Progress progress(globals.quiet);
    if (const int signal = worktrees.build(options.build, progress)) {
      return conclude({.interrupted_by = signal}, globals, options.record);
    }
  }
  Sides sides = sides_of_checkouts(options.suite, worktrees.baseline(), worktrees.candidate(),
                                   split_commas(options.functions));
  sides.baseline = worktrees.baseline_title();
  sides.candidate = worktrees.candidate_title();
  return check_pairs(globals, options, std::move(sides), launcher);
}

// A run that was measured before, judged again as if just these pairs had been planned.
int judge_stored(const Globals& globals, const CheckOptions& options) {
  Run run;
  if (options.judge.ends_with(".json")) {
    run = results::import_json_file(options.judge);
  } else {
    const results::Store store(globals.db, results::Store::Mode::kRead);
    run = store.load(store.resolve(options.judge));
  }
  const results::RunPairs pairs = results::pairs_of(run);
  const auto skipped = results::skipped_of(run);
  if (pairs.series.empty() && skipped.empty()) {
    throw Error(options.judge, "has no pairs", "only runs of coldstart check have");
  }
  results::GateReport report;
  report.title = run.info.suite;
  report.baseline = "baseline";
  report.candidate = "candidate";
  report.options = gate_options(options, options.record.seed.value_or(run.info.seed));
  report.functions = results::judge(pairs.series, report.options);
  report.functions.insert(report.functions.end(), skipped.begin(), skipped.end());
  report.attributions = results::attribute(pairs.starts);
  return conclude_check(report, globals, options);
}

int check_history(const Globals& globals, const CheckOptions& options,
                  harness::Launcher& launcher) {
  harness::Suite suite = harness::read_suite(options.suite, split_commas(options.functions));
  keep_functions(suite.functions, split_commas(options.functions));
  apply(options.cache, suite.functions);
  const std::vector<results::Budget> budgets = budgets_of(read_text(options.suite), suite);
  HistoryRequest request;
  request.against = options.against;
  request.any_host = options.any_host;
  request.gate = gate_options(options, seed_of(options.record));
  request.record = options.record;
  request.run.plan.functions = suite.functions;
  request.run.plan.drop_caches = options.cache.drop_caches;
  request.run.plan.seed = request.gate.seed;
  request.run.plan.keep_going = options.record.keep_going;
  request.run.suite = suite.name;
  request.run.label = options.record.label;
  const auto session = probes::open_session(probes::TierSet::parse(options.probes));
  harness::Platform platform(launcher, *session);
  const HistoryResult result = check_against_history(platform, globals, request);
  if (result.recorded.interrupted_by) return conclude(result.recorded, globals, options.record);
  results::GateReport report = result.report;
  judge_budgets(result.run, budgets, "", report);
  keep_verdict(globals, result.recorded.id, report);
  return conclude_check(report, globals, options);
}

int check(const Globals& globals, const CheckOptions& options, harness::Launcher& launcher) {
  const Mode mode = mode_of(options);
  // What is wrong with the options is said before anything is built or started.
  gate_options(options, 0);
  parse_budget(options.budget);
  check_outputs(options.outputs);
  switch (mode) {
    case Mode::kCheckouts:
      return check_pairs(globals, options,
                         sides_of_checkouts(options.suite, options.baseline, options.candidate,
                                            split_commas(options.functions)),
                         launcher);
    case Mode::kCommands:
      return check_pairs(globals, options, sides_of_commands(options), launcher);
    case Mode::kRevisions:
      return check_revisions(globals, options, launcher);
    case Mode::kHistory:
      return check_history(globals, options, launcher);
    case Mode::kStoredPairs:
      return judge_stored(globals, options);
  }
  return 2;
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
  command.add_option("--against", options.against,
                     "Instead of pairs: the medians of stored runs of the suite up to this one, or "
                     "exported JSON files");
  command.add_flag("--any-host", options.any_host, "--against: also runs of another machine");
  command.add_option("--judge", options.judge,
                     "Judge the pairs of an earlier check again; nothing is started");
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
  command.add_option("--pairs", options.pairs, "Pairs of each function at most (default: 2000)")
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

void add_check(CLI::App& app, const Globals& globals, harness::Launcher& launcher, Action& action) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand(
      "check", "Did it get slower? Exit 0: no, 1: yes, 3: cannot tell (2: could not be checked)");
  add_sides(*command, *options);
  add_rules(*command, *options);
  add_check_outputs(*command, options->outputs);
  add_record_options(*command, options->record);
  command
      ->add_option("--probes", options->probes,
                   "all, none, or tiers: process,loader,runtime,cpu,files")
      ->capture_default_str();
  add_cache_options(*command, options->cache);
  command->callback([=, &globals, &launcher, &action] {
    action = [=, &globals, &launcher] { return check(globals, *options, launcher); };
  });
}

}  // namespace coldstart::cli
