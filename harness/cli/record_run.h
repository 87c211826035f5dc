// From a plan to a run in the store: what `run` and `profile` share.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/command_line.h"
#include "harness/cli/progress.h"
#include "harness/platform/measure.h"

namespace coldstart::cli {

struct RunRequest {
  harness::MeasurePlan plan;
  std::string label;
  std::string suite;
  /// After each cold start, when nothing is measured; may be empty.
  std::function<void()> after_start;
};

struct RecordedRun {
  std::int64_t id = 0;  ///< 0: interrupted before the first start, nothing was stored
  std::optional<int> interrupted_by;
  std::size_t answered = 0;  ///< starts and requests that were
  std::size_t failed = 0;    ///< those that were not
};

/// Options that `run` and `profile` share, and that are about the record.
struct RecordOptions {
  std::string label;
  std::optional<std::uint64_t> seed;
  bool keep_going = false;
  bool fail_on_error = false;
};
void add_record_options(CLI::App& command, RecordOptions& options);
/// Parts of these, for who has no use for the rest.
void add_label_and_seed(CLI::App& command, RecordOptions& options);
void add_keep_going(CLI::App& command, RecordOptions& options);

/// Looks, before anything is started, at what would spoil the run: a store that cannot be written
/// and a label that could never be reached (Error), a machine that is busy (a warning on standard
/// error).
void check_before_run(const Globals& globals, const RecordOptions& options);

/// Measures the plan and stores every start as it is finished.
RecordedRun record_run(harness::Platform& platform, const Globals& globals, Progress& progress,
                       const RunRequest& request);

/// What is known of a run before it begins; its tiers are not.
RunInfo run_info(const Globals& globals, const std::string& suite, const std::string& label,
                 std::uint64_t seed);

/// What each tier did in this run, for the record.
std::vector<Tier> tiers_of(const probes::Session& session);

/// The seed that was asked for, or one that differs from run to run.
std::uint64_t seed_of(const RecordOptions& options);

/// Says on standard error what became of a run that was interrupted, or in which nothing answered;
/// returns the exit code: 128 + signal, 2 for a failure with --fail-on-error, else 0.
int conclude(const RecordedRun& run, const Globals& globals, const RecordOptions& options);

}  // namespace coldstart::cli
