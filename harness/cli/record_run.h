// From a plan to a run in the store: what `run` and `profile` share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/progress.h"
#include "harness/platform/measure.h"

namespace coldstart::cli {

struct RunRequest {
  harness::MeasurePlan plan;
  std::string label;
  std::string suite;
};

struct RecordedRun {
  std::int64_t id = 0;  ///< 0: interrupted before the first start, nothing was stored
  std::optional<int> interrupted_by;
};

/// Measures the plan and stores every start as it is finished.
RecordedRun record_run(harness::Platform& platform, const Globals& globals, Progress& progress,
                       const RunRequest& request);

/// A seed that differs from run to run.
std::uint64_t fresh_seed();

/// Says what became of an interrupted run; returns the exit code (128 + signal).
int report_interruption(const RecordedRun& run, const Globals& globals);

}  // namespace coldstart::cli
