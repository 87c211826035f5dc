// The store: every run that was ever measured, in one SQLite file (`coldstart.db`).
//
// One transaction a start, write-ahead log: a run that is killed keeps every start that was
// finished. The tables are documented in schema.sql, for people who want to query them with SQL.
// Nothing here deletes anything, and a file that is not ours is not touched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/digest.h"

namespace coldstart::results {

/// What `coldstart list` shows of a run.
struct RunSummaryRow {
  std::int64_t id = 0;
  std::string label;
  std::string suite;
  std::string started_at;
  std::string finished_at;  ///< empty: the run was interrupted (or still runs)
  std::size_t functions = 0;
  std::size_t skipped = 0;  ///< functions that could not be measured on that machine
  std::size_t starts = 0;
  std::size_t failed = 0;  ///< starts whose outcome is not ok
  bool has_pairs = false;  ///< of a check: its functions are the two sides of others
  std::string verdict;     ///< RunInfo::verdict
};

class Store {
 public:
  enum class Mode {
    kRead,   ///< works on read-only files and folders; the file must exist
    kWrite,  ///< creates the file where it is missing (not its folder)
  };

  /// Throws Error for whatever stands in the way: no such file (reading), a folder, no permission,
  /// not a store of ours, damaged, written by a newer coldstart, disk full. The file is then
  /// unchanged.
  Store(const std::filesystem::path& file, Mode mode);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  /// Stores what holds for the whole run and its functions (names are unique); returns the run's
  /// id. `info.id` is ignored; `info.finished_at` is normally still empty. Where `info.overheads`
  /// is empty, what latest_overheads knows of its host is copied into the run.
  std::int64_t begin_run(const RunInfo& info, const std::vector<Function>& functions);

  /// Stores one start, in a transaction of its own: when this returns, the start survives our
  /// death. Throws Error for a function that the run does not have.
  void add_start(std::int64_t run_id, const Start& start);

  /// Stores many starts in one transaction: all of them, or, where it throws, none.
  void add_starts(std::int64_t run_id, std::span<const Start> starts);

  /// Stores a load as it begins; returns its index, which its requests and instances name. Names
  /// are unique in a run.
  std::uint32_t add_load(std::int64_t run_id, const Load& load);

  /// Its last request has ended. A load without this was interrupted.
  void finish_load(std::int64_t run_id, std::uint32_t load, std::int64_t duration_ns);

  /// Stores a batch of requests, in any order, in one transaction: all of them, or, where it
  /// throws, none. Throws Error for a load or a function that the run does not have.
  void add_invocations(std::int64_t run_id, std::span<const Invocation> invocations);

  /// The same for the lives of instances.
  void add_instances(std::int64_t run_id, std::span<const InstanceLife> instances);

  /// Adds what is known only now; replaces the tiers of begin_run. Marks the run as finished,
  /// unless `finished_at` is empty: then it was interrupted.
  void finish_run(std::int64_t run_id, const std::string& finished_at, std::uint64_t lost_events,
                  const std::vector<Tier>& tiers);

  /// What a check made of the run that it measured.
  void set_verdict(std::int64_t run_id, const std::string& verdict);

  /// Adds measurements of our own cost.
  void add_overheads(const std::vector<Overhead>& overheads);

  /// The newest measurement of each `what` and `tiers` on this host (same name, kernel and CPU), in
  /// the order in which they were added. Empty: never measured there.
  std::vector<Overhead> latest_overheads(const Host& host) const;

  /// All runs, the newest first.
  std::vector<RunSummaryRow> list() const;

  /// The id of the run that `selector` names: `latest`, `latest~N` (N runs before it), an id, or a
  /// label (the newest run that has it). Throws Error, naming the runs there are.
  std::int64_t resolve(const std::string& selector) const;

  /// A whole run; its starts and instances in the order in which they were added, its requests
  /// load by load in order of due. Throws Error for an unknown id.
  Run load(std::int64_t run_id) const;

  /// The same for a report, in a fraction of the time and memory: accounts are summed up while they
  /// are read, and kept whole only in the starts of statistics/shown_starts.h. The others have the
  /// proof of their cache state and what is absent.
  Digest load_digest(std::int64_t run_id) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace coldstart::results
