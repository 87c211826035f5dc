#include "harness/cli/gate_history_run.h"

#include <algorithm>
#include <list>
#include <set>

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

}  // namespace

HistoryResult check_against_history(harness::Platform& platform, const Globals& globals,
                                    const HistoryRequest& request) {
  // Before anything is measured: what there is to compare with.
  const History history = past_runs(globals, request);
  const std::list<Run>& past = history.runs;
  check_before_run(globals, request.record);
  HistoryResult result;
  Progress progress(globals.quiet);
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
  report.notes.emplace_back(
      "this compares with other days: pairs of both versions, measured together, tell more");
  return result;
}

}  // namespace coldstart::cli
