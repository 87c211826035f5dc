// Loads, requests and instances as rows of the tables `loads`, `invocations` and `instances`. Used
// by store.cc only. A store of before version 3 has none of them: it is read as empty.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <span>
#include <vector>

#include "results/model/invocation.h"

namespace coldstart::results {

/// A load of a run, or a function of it: its row, found by its index in the run.
using RowIds = std::vector<std::int64_t>;

/// Inserts a load at a position; returns the id of its row. The caller opens and commits the
/// transaction, here and below.
std::int64_t insert_load(SQLite::Database& db, std::int64_t run_id, std::size_t position,
                         const Load& load);

void update_load_duration(SQLite::Database& db, std::int64_t load_id, std::int64_t duration_ns);

/// Inserts requests with a prepared statement. Indices have been checked.
class InvocationWriter {
 public:
  explicit InvocationWriter(SQLite::Database& db);
  /// `number`: where the count of requests in the store stands; the next one gets it.
  void add(const RowIds& functions, const RowIds& loads, const Invocation& invocation,
           std::int64_t number);

 private:
  SQLite::Statement insert_;
};

/// The number for the next request of a run, of which some may be there already.
std::int64_t next_invocation_number(SQLite::Database& db, const RowIds& loads);

void insert_instances(SQLite::Database& db, const RowIds& functions, const RowIds& loads,
                      std::span<const InstanceLife> instances);

/// The rows of a run's loads and functions, in order of their index.
RowIds load_ids(SQLite::Database& db, std::int64_t run_id);
RowIds function_ids(SQLite::Database& db, std::int64_t run_id);

std::vector<Load> load_loads(SQLite::Database& db, std::int64_t run_id);
/// Load by load, each in order of due.
std::vector<Invocation> load_invocations(SQLite::Database& db, std::int64_t run_id);
/// Load by load, each in the order in which they were added.
std::vector<InstanceLife> load_instances(SQLite::Database& db, std::int64_t run_id);

}  // namespace coldstart::results
