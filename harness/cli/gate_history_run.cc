#include "harness/cli/gate_history_run.h"

#include <algorithm>
#include <iterator>
#include <list>
#include <map>
#include <set>

#include "harness/platform/noise_watch.h"
#include "results/compare/gate_attribution.h"
#include "results/compare/gate_history.h"
#include "results/compare/gate_pairs.h"
#include "results/compare/past_runs.h"
#include "results/export/json.h"
#include "results/model/error.h"
#include "results/report/cells.h"
#include "results/store/store.h"

namespace coldstart::cli {
namespace {

struct History {
  std::list<Run> runs;
  std::size_t judged_fail = 0;  // left out
};

History past_runs(const Globals& globals, const HistoryRequest& request) {
  History history;
  std::set<std::int64_t> taken;
  for (const std::string& selector : request.against) {
    if (selector.ends_with(".json")) {
      history.runs.push_back(results::import_json_file(selector));
      continue;
    }
    const results::Store store(globals.db, results::Store::Mode::kRead);
    const bool is_named = selector != "latest" && !selector.starts_with("latest~");
    const results::PastRuns past = results::choose_past_runs(store.list(), store.resolve(selector),
                                                             is_named, request.run.suite);
    for (const std::int64_t id : past.ids) {
      if (taken.insert(id).second) history.runs.push_back(store.load(id));
    }
    history.judged_fail = std::max(history.judged_fail, past.judged_fail);
  }
  return history;
}

std::string count_text(std::size_t count, const std::string& what) {
  return results::format_count(static_cast<std::int64_t>(count)) + " past run" +
         (count == 1 ? " " : "s ") + what;
}

// Tiers that some of the past runs had and this one has not, or the other way round.
std::set<std::string> tiers_that_differ(const std::vector<const Run*>& past, const Run& now) {
  std::set<std::string> names;
  for (const Run* run : past) {
    for (const Tier& before : run->info.tiers) {
      for (const Tier& tier : now.info.tiers) {
        if (tier.name == before.name && tier.on != before.on) names.insert(tier.name);
      }
    }
  }
  return names;
}

// The words of a command without their folders, which differ from checkout to checkout.
std::vector<std::string> names_in(const std::vector<std::string>& command) {
  std::vector<std::string> names;
  for (const std::string& word : command) names.push_back(word.substr(word.rfind('/') + 1));
  return names;
}

// Functions that some of the past runs define differently, and in what. Those of another runtime or
// contract do not count.
std::vector<std::string> definitions_that_differ(const std::vector<const Run*>& past,
                                                 const Run& now) {
  std::vector<std::string> notes;
  for (const Function& function : now.functions) {
    std::size_t others = 0;
    std::size_t changed = 0;
    std::set<std::string> what;
    for (const Run* run : past) {
      const auto before = std::ranges::find(run->functions, function.name, &Function::name);
      if (before == run->functions.end()) continue;
      if (!results::is_same_function(*run, now, function.name)) {
        ++others;
        continue;
      }
      const bool same_limits = before->limits == function.limits;
      const bool same_command = names_in(before->command) == names_in(function.command);
      if (!same_limits) what.insert("limits");
      if (!same_command) what.insert("command");
      changed += same_limits && same_command ? 0 : 1;
    }
    if (others > 0) {
      notes.push_back(function.name + " is another function in " +
                      count_text(others, "(runtime or contract): they do not count"));
    }
    if (changed == 0) continue;
    std::string fields;
    for (const std::string& field : what) fields += (fields.empty() ? "" : ", ") + field;
    notes.push_back(function.name + " is not what it was in " +
                    count_text(changed, "(" + fields + "): that is in the answer"));
  }
  return notes;
}

// Watches the machine while a run is measured. Nothing is measured again here: the medians of a run
// are compared with those of runs of which nobody knows how they were disturbed.
class RunWatch {
 public:
  explicit RunWatch(pid_t launcher) : watch_(launcher) {}

  void after_start() {
    if (!watch_.is_due()) return;
    ++windows_;
    if (const auto what = watch_.close_window()) ++disturbances_[*what];
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> notes;
    std::size_t disturbed = 0;
    const auto count = [](const auto& entry) { return entry.second; };
    for (const auto& entry : disturbances_) disturbed += entry.second;
    if (disturbed > 0) {
      notes.push_back(
          "disturbed in " + results::format_count(static_cast<std::int64_t>(disturbed)) + " of " +
          results::format_count(static_cast<std::int64_t>(windows_)) +
          " windows of a quarter of a second (" +
          std::ranges::max_element(disturbances_, {}, count)->first + "): nothing was repeated");
    }
    if (const std::string whole = watch_.summary(); !whole.empty()) {
      notes.push_back("meanwhile " + whole);
    }
    return notes;
  }

 private:
  harness::NoiseWatch watch_;
  std::size_t windows_ = 0;
  std::map<std::string, std::size_t> disturbances_;
};

}  // namespace

HistoryResult check_against_history(harness::Platform& platform, const Globals& globals,
                                    const harness::Launcher& launcher, HistoryRequest request) {
  // Before anything is measured: what there is to compare with.
  const History history = past_runs(globals, request);
  const std::list<Run>& past = history.runs;
  check_before_run(globals, request.record);
  HistoryResult result;
  Progress progress(globals.quiet);
  RunWatch watch(launcher.pid());
  request.run.after_start = [&watch] { watch.after_start(); };
  result.recorded = record_run(platform, globals, progress, request.run);
  if (result.recorded.interrupted_by || result.recorded.id == 0) return result;
  result.run = results::Store(globals.db, results::Store::Mode::kRead).load(result.recorded.id);

  results::GateReport& report = result.report;
  report.title = request.run.suite;
  report.candidate = "run " + std::to_string(result.recorded.id);
  report.paired = false;
  report.options = request.gate;
  std::vector<const Run*> comparable;
  std::string difference;
  for (const Run& run : past) {
    const std::string differs = results::host_difference(run.info.host, result.run.info.host);
    if (differs.empty() || request.any_host) {
      comparable.push_back(&run);
    } else {
      difference = differs;
    }
  }
  const std::size_t left_out = past.size() - comparable.size();
  report.baseline = results::format_count(static_cast<std::int64_t>(comparable.size())) +
                    (comparable.size() == 1 ? " past run" : " past runs");
  report.functions = results::judge_history(comparable, result.run, request.gate);
  report.attributions =
      results::attribute(results::pairs_with_history(comparable, result.run, report.functions));
  const auto skipped = results::skipped_of(result.run);
  report.functions.insert(report.functions.end(), skipped.begin(), skipped.end());
  if (left_out > 0) {
    const std::string reason = count_text(
        left_out, "of another host (" + difference + "); --any-host compares nevertheless");
    report.notes.push_back(reason);
    if (comparable.empty()) {
      for (results::FunctionVerdict& verdict : report.functions) {
        if (verdict.reason.empty()) verdict.reason = reason;
      }
    }
  }
  if (history.judged_fail > 0) {
    report.notes.push_back(count_text(history.judged_fail,
                                      "do not count: a check judged FAIL. What is meant to be so "
                                      "slow is measured with coldstart run"));
  }
  for (const std::string& tier : tiers_that_differ(comparable, result.run)) {
    report.notes.push_back("probe tier " + tier +
                           " was not on in all of these runs: what moved may be what was seen");
  }
  std::ranges::copy(definitions_that_differ(comparable, result.run),
                    std::back_inserter(report.notes));
  std::ranges::copy(watch.notes(), std::back_inserter(report.notes));
  report.notes.emplace_back(
      "this compares with other days, and what moved is how the starts of both differ: pairs of "
      "both "
      "versions, measured together, tell more");
  return result;
}

}  // namespace coldstart::cli
