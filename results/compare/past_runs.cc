#include "results/compare/past_runs.h"

#include "results/compare/gate.h"

namespace coldstart::results {

PastRuns choose_past_runs(const std::vector<RunSummaryRow>& rows, std::int64_t newest,
                          bool is_named, const std::string& suite) {
  PastRuns past;
  for (const RunSummaryRow& row : rows) {
    if (row.id > newest || row.has_pairs || past.ids.size() == kMostPastRuns) continue;
    if (!(is_named && row.id == newest)) {
      if (row.suite != suite || row.finished_at.empty()) continue;
      if (row.verdict == name(Verdict::kFail)) {
        ++past.judged_fail;
        continue;
      }
    }
    past.ids.push_back(row.id);
  }
  return past;
}

}  // namespace coldstart::results
