// The cells of the comparison and of the phase table as text, the same for all formats.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// What stands for a value that is absent.
inline constexpr const char* kAbsent = "–";

/// One line of the comparison; numbers are formatted for people ("2.10 ms", "1.95–2.30 ms").
struct ComparisonRow {
  const Summary* summary = nullptr;
  std::string function, n, failed, median, interval, p90, p99, ratio;
};

/// One line of the phase table: a cell for each column of its block.
struct PhaseRow {
  std::string function;
  std::vector<std::string> cells;
};

/// All functions under one load in one cache state: they may be compared with each other.
struct Block {
  std::string title;  ///< "cold, page-cache"
  std::vector<const Summary*> summaries;
  std::vector<ComparisonRow> rows;
  std::vector<std::string> phase_names;  ///< columns of the phase table: "spawn", "spawn…app"
  std::vector<PhaseRow> phase_rows;
};

/// Text is made printable, but not escaped.
std::vector<Block> blocks_of(const std::vector<Summary>& summaries);

/// "1.55–1.70 ms": the unit is written once where it is the same.
std::string format_interval(std::int64_t low_ns, std::int64_t high_ns);

/// "1.00×", "62.5×", "210×"
std::string format_ratio(double ratio);

/// "link", "runtime+app", and "spawn…app" for three or more.
std::string short_name(const std::vector<Phase>& phases);

}  // namespace coldstart::results
