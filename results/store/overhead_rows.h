// What our probes cost, as rows of the table `overheads` and as a column of `runs`. Used by
// store.cc only; the caller opens and commits the transaction.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <cstdint>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

void insert_overheads(SQLite::Database& db, const std::vector<Overhead>& overheads);

/// The newest of each what and tiers on that host; empty too where an older store has no such
/// table.
std::vector<Overhead> load_overheads(SQLite::Database& db, const Host& host);

/// What a run keeps of them; nothing is stored for none.
void store_run_overheads(SQLite::Database& db, std::int64_t run_id,
                         const std::vector<Overhead>& overheads);
std::vector<Overhead> load_run_overheads(SQLite::Database& db, std::int64_t run_id);

}  // namespace coldstart::results
