// A check without a baseline to start: measures the suite and compares with stored runs of it.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/record_run.h"
#include "results/compare/gate_report.h"

namespace coldstart::cli {

struct HistoryRequest {
  /// Runs of the store as elsewhere (each stands for itself and the runs of the same suite before
  /// it, see choose_past_runs), or exported JSON files (each stands for itself).
  std::vector<std::string> against;
  bool any_host = false;
  results::GateOptions gate;
  RunRequest run;
  RecordOptions record;
};

struct HistoryResult {
  RecordedRun recorded;
  results::GateReport report;  ///< without meaning where it was interrupted
  Run run;                     ///< what was measured
};

/// Watches meanwhile what else the machine does, and says so in the report. Throws Error.
HistoryResult check_against_history(harness::Platform& platform, const Globals& globals,
                                    const harness::Launcher& launcher, HistoryRequest request);

}  // namespace coldstart::cli
