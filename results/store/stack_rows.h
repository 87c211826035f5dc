// Sampled stacks as rows of the tables `stack_profiles` and `stacks`. Used by start_row.cc only. A
// store of before version 4 has neither: its starts have no stacks.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

/// Inserts with prepared statements; the caller opens and commits the transaction.
class StackWriter {
 public:
  explicit StackWriter(SQLite::Database& db);
  void add(std::int64_t start_id, const StackProfile& profile);

 private:
  SQLite::Statement insert_profile_;
  SQLite::Statement insert_stack_;
};

/// Gives the starts of a run, in the order of their ids, the stacks that they have.
void load_stacks(SQLite::Database& db, std::int64_t run_id, std::vector<Start>& starts);

}  // namespace coldstart::results
