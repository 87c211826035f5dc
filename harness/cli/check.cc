// coldstart check: the gate for continuous integration.
#include "harness/cli/check.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <variant>

#include "harness/cli/cache_options.h"
#include "harness/cli/check_options.h"
#include "harness/cli/check_output.h"
#include "harness/cli/command_line.h"
#include "harness/cli/gate_commands.h"
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
#include "results/statistics/disturbed_starts.h"
#include "results/store/store.h"

namespace coldstart::cli {
namespace {

// Budgets are about what would be shipped.
void judge_budgets(const Run& run, const std::vector<results::Budget>& budgets,
                   std::string_view suffix, results::GateReport& report) {
  std::vector<results::Budget> of_run = budgets;
  for (results::Budget& budget : of_run) budget.function += suffix;
  std::vector<const Start*> starts;
  for (const Start& start : run.starts) {
    if (!results::is_disturbed(start.load, start.function)) starts.push_back(&start);
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

// What there is to tell, or the exit code of a check that was interrupted.
using Checked = std::variant<results::GateReport, int>;

int exit_code(const results::GateReport& report, const CheckOptions& options) {
  if (report.fails_for_improvement()) return 1;
  switch (report.verdict()) {
    case results::Verdict::kFail:
      return 1;
    case results::Verdict::kPass:
      return 0;
    case results::Verdict::kInconclusive:
      break;
  }
  return options.allow_inconclusive ? 0 : 3;
}

Checked check_pairs(const Globals& globals, const CheckOptions& options, Sides sides,
                    harness::Launcher& launcher) {
  PairsRequest request;
  request.plan.seed = seed_of(options.record);
  request.gate = gate_options(options, request.plan.seed);
  request.budget = parse_budget(options.budget);
  request.most_pairs = options.pairs.value_or(kDefaultPairs);
  check_before_run(globals, options.record);
  const auto session = probes::open_session(probes::TierSet::parse(options.probes));
  harness::Platform platform(launcher, *session);
  Progress progress(globals.quiet, "pairs");

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
  return report;
}

Checked check_revisions(const Globals& globals, const CheckOptions& options,
                        harness::Launcher& launcher) {
  Worktrees worktrees(parse_range(options.git), launcher);
  {
    Progress progress(globals.quiet, "pairs");
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
Checked judge_stored(const Globals& globals, const CheckOptions& options) {
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
  const auto names = side_names(run.info.command_line);
  report.baseline = names ? names->baseline : "baseline";
  report.candidate = names ? names->candidate : "candidate";
  report.options = gate_options(options, options.record.seed.value_or(run.info.seed));
  report.functions = results::judge(pairs.series, report.options);
  report.functions.insert(report.functions.end(), skipped.begin(), skipped.end());
  report.attributions = results::attribute(pairs.starts);
  if (!options.suite.empty()) {
    const harness::Suite suite = harness::read_suite(options.suite, {});
    judge_budgets(run, budgets_of(read_text(options.suite), suite), kCandidateSuffix, report);
  }
  return report;
}

Checked check_history(const Globals& globals, const CheckOptions& options,
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
  const HistoryResult result = check_against_history(platform, globals, launcher, request);
  if (result.recorded.interrupted_by) return conclude(result.recorded, globals, options.record);
  results::GateReport report = result.report;
  judge_budgets(result.run, budgets, "", report);
  keep_verdict(globals, result.recorded.id, report);
  return report;
}

Checked check_as(Mode mode, const Globals& globals, const CheckOptions& options,
                 harness::Launcher& launcher) {
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
      break;
  }
  return judge_stored(globals, options);
}

int check(const Globals& globals, const CheckOptions& options, const CLI::App& command,
          harness::Launcher& launcher) {
  const Mode mode = mode_of(options);
  // What is wrong with the options is said before anything is built or started.
  refuse_unused(command, mode);
  gate_options(options, 0);
  parse_budget(options.budget);
  check_outputs(options.outputs);
  Checked checked;
  try {
    checked = check_as(mode, globals, options, launcher);
  } catch (const Error& error) {
    tell_fault(error.what(), options.suite.string(), options.outputs);
    throw;
  }
  if (const int* code = std::get_if<int>(&checked)) return *code;
  auto& report = std::get<results::GateReport>(checked);
  report.fail_on_improvement = options.fail_on_improvement;
  tell(report, globals, options.outputs);
  return exit_code(report, options);
}

}  // namespace

void add_check(CLI::App& app, const Globals& globals, harness::Launcher& launcher, Action& action) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand(
      "check", "Did it get slower? Exit 0: no, 1: yes, 3: cannot tell (2: could not be checked)");
  add_check_options(*command, *options);
  command->callback([=, &globals, &launcher, &action] {
    action = [=, &globals, &launcher] { return check(globals, *options, *command, launcher); };
  });
}

}  // namespace coldstart::cli
