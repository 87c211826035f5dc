// The cells of the comparison and of the phase table as text, the same for all formats.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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
  std::vector<std::vector<Phase>> phase_columns;  ///< the same, as phases
  std::vector<PhaseRow> phase_rows;               ///< only functions that have phases
};

/// Text is made printable, but not escaped.
std::vector<Block> blocks_of(const std::vector<Summary>& summaries);

/// Leaves out those of the parallel sweep, which has tables and pictures of its own.
void drop_parallel(const Run& run, std::vector<Block>& blocks);

/// A trace may have hundreds of functions: keeps those with the most starts. Returns how many it
/// left out.
std::size_t keep_most_started(Block& block, std::size_t at_most);
inline constexpr std::size_t kMostFunctions = 40;  ///< in a table or a picture

/// The load as it is called where a number of it is read: "cold", or "disturbed (not judged)" of
/// the pairs of a check that were measured again.
std::string load_title(const std::string& load, const std::string& function);

/// " (time ×60)", or nothing where time was not compressed: for titles.
std::string time_scale_suffix(double time_scale);

/// "1.55–1.70 ms": the unit is written once where it is the same.
std::string format_interval(std::int64_t low_ns, std::int64_t high_ns);

/// "1.00×", "62.5×", "210×"
std::string format_ratio(double ratio);

/// "0.52", "13.7", "2,284": three digits or more, never a power of ten.
std::string format_rate(double per_second);

/// "1,234,567"
std::string format_count(std::int64_t count);

/// "512 B", "1.81 MiB"
std::string format_bytes(std::int64_t bytes);

/// "12.3 %", "<0.1 %"
std::string format_share(std::int64_t part, std::int64_t total);

/// Where the median start stands: "trial 4, 10th of 20".
std::string place_of_median_start(const Run& run, const Summary& summary);

/// Where the clock stops: "the first byte of the answer"; for the contract `exec` "the first byte
/// of its output, or its end".
std::string end_of_clock(std::string_view contract);

/// The contract of the function of that name; empty: not in the run.
std::string contract_of(const Run& run, const std::string& function);

/// What happens in these phases, in words.
std::string descriptions(const std::vector<Phase>& phases);

/// "link", "runtime+app", and "spawn…app" for three or more.
std::string short_name(const std::vector<Phase>& phases);

}  // namespace coldstart::results
