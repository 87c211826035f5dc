#include "harness/cli/gate_history_run.h"

#include <algorithm>
#include <list>
#include <set>

#include "results/compare/gate_history.h"
#include "results/export/json.h"
#include "results/model/error.h"
#include "results/report/cells.h"
#include "results/store/store.h"

namespace coldstart::cli {
namespace {

// What is older than so many runs says little about today.
constexpr std::size_t kMostPastRuns = 20;

std::list<Run> past_runs(const Globals& globals, const HistoryRequest& request) {
  std::list<Run> runs;
  std::set<std::int64_t> taken;
  for (const std::string& selector : request.against) {
    if (selector.ends_with(".json")) {
      runs.push_back(results::import_json_file(selector));
      continue;
    }
    const results::Store store(globals.db, results::Store::Mode::kRead);
    const std::int64_t newest = store.resolve(selector);
    std::size_t count = 0;
    for (const results::RunSummaryRow& row : store.list()) {
      const bool same = row.id == newest || (row.id < newest && row.suite == request.run.suite &&
                                             !row.finished_at.empty());
      if (!same || count == kMostPastRuns || !taken.insert(row.id).second) continue;
      runs.push_back(store.load(row.id));
      ++count;
    }
  }
  return runs;
}

}  // namespace

HistoryResult check_against_history(harness::Platform& platform, const Globals& globals,
                                    const HistoryRequest& request) {
  // Before anything is measured: what there is to compare with.
  const std::list<Run> past = past_runs(globals, request);
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
  if (left_out > 0) {
    const std::string reason = results::format_count(static_cast<std::int64_t>(left_out)) +
                               " past runs are of another host (" + difference +
                               "); --any-host compares nevertheless";
    report.notes.push_back(reason);
    if (comparable.empty()) {
      for (results::FunctionVerdict& verdict : report.functions) verdict.reason = reason;
    }
  }
  report.notes.emplace_back(
      "this compares with other days: pairs of both versions, measured together, tell more");
  return result;
}

}  // namespace coldstart::cli
