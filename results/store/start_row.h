// A start as rows of the tables `starts`, `absence_sets` and `absences`, with its stacks. Used by
// store.cc only.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/causes.h"
#include "results/store/stack_rows.h"

namespace coldstart::results {

/// Equal for two timelines that lack the same boundaries for the same reasons; empty: none is
/// absent.
std::string absences_key(const Timeline& timeline);

/// Inserts starts with prepared statements; the caller opens and commits the transaction.
class StartWriter {
 public:
  explicit StartWriter(SQLite::Database& db);

  /// A new set with the timeline's absences; returns its id.
  std::int64_t add_absences(std::int64_t run_id, const Timeline& timeline);
  void add(std::int64_t function_id, std::optional<std::int64_t> absence_set_id,
           const Start& start);

 private:
  SQLite::Database& db_;
  SQLite::Statement insert_set_;
  SQLite::Statement insert_absence_;
  SQLite::Statement insert_start_;
  StackWriter stacks_;
};

/// All starts of a run in the order in which they were added, as yet without accounts, stacks and
/// `in_flight`; `ids`: of their rows.
std::vector<Start> load_start_rows(SQLite::Database& db, std::int64_t run_id,
                                   std::vector<std::int64_t>& ids);

/// Gives all starts of a run the rest.
void load_accounts(SQLite::Database& db, std::int64_t run_id, std::vector<Start>& starts);

/// The same, but of the accounts only the proof of the cache state and what is absent; returns the
/// causes summed up. Starts of a warm-up have been marked.
std::vector<CausesSummary> scan_accounts(SQLite::Database& db, std::int64_t run_id, Run& run);

/// Gives a start, whose row is `id`, its whole account.
void load_account(SQLite::Database& db, std::int64_t id, Start& start);

}  // namespace coldstart::results
