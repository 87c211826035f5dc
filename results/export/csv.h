// A run as tidy CSV (RFC 4180: CRLF, quotes only where they are needed): one observation a row, one
// variable a column. What is absent is an empty field, never 0. Times are nanoseconds; of starts
// and phases since `due`, `due_ns` itself is CLOCK_MONOTONIC; of invocations and instances as in
// invocation.h; nothing is scaled back where a load compressed time (column time_scale).
//
// Columns are only ever added, at the end: a script that reads them by name keeps working.
#pragma once

#include <string>

#include "results/model/record.h"

namespace coldstart::results {

enum class CsvRows {
  kStarts,       ///< a row for each start, the failed ones too
  kPhases,       ///< a row for each phase of each start, with its causes
  kInvocations,  ///< a row for each request of the loads, those of the warm-up too
  kInstances,    ///< a row for each instance of the loads: its life
};

/// The header alone where the run has no such rows.
std::string export_csv(const Run& run, CsvRows rows);

}  // namespace coldstart::results
