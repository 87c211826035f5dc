// Runs over time: a line a run for each function, load and cache state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/report/style.h"
#include "results/statistics/quantile.h"
#include "results/store/history_rows.h"

namespace coldstart::results {

struct HistoryRow {
  std::int64_t run_id = 0;
  std::string label;
  std::string started_at;
  std::size_t n = 0;
  std::int64_t median_ns = 0;
  std::optional<Interval> interval;  ///< 95 % of the median; absent: fewer than 6 starts
  /// How the machine differs from that of the run before: "kernel '6.1' and '6.18'"; empty: not at
  /// all. The name of the host does not count: a CI has many runners. Levels before and after are
  /// not compared.
  std::string host_break;
  /// The same where other probes were on, which cost time: "process, cpu → none".
  std::string probes_break;
  double time_scale = 1;  ///< of the load: what shows the numbers says it
  /// The same where the load compressed its time by another factor: "time ×1 → ×60".
  std::string load_break;
  bool begins_anew() const {
    return !host_break.empty() || !probes_break.empty() || !load_break.empty();
  }
  /// Set where a new level begins: the median of its medians over that of the level before.
  std::optional<double> change;
};

struct HistorySeries {
  std::string function;
  std::string load;
  std::string cache;
  std::vector<HistoryRow> rows;  ///< in order of time, at least one

  /// Of its rows, ascending: {60}, or {1, 60} where runs differ.
  std::vector<double> time_scales() const;
};

/// " (time ×60)", " (time ×1, ×60)", or nothing where no run compressed its time: for titles.
std::string time_scales_suffix(const HistorySeries& series);

/// A series for each function, load and cache state; its change points (change_points.h, on the
/// logarithms of the medians) are looked for between the breaks of host and probes.
std::vector<HistorySeries> history_of(const std::vector<RunLatencies>& rows);

/// Tables for a terminal; ends with a newline.
std::string history_text(const std::vector<HistorySeries>& history, const TextStyle& style);

/// Schema `coldstart.history/1`: {"schema", "series": [{"function", "load", "cache", "runs":
/// [{"run", "label", "started_at", "n", "median_ns", "median_ci95_ns", "time_scale", "host_break",
/// "probes_break", "load_break", "change"}]}]}.
std::string history_json(const std::vector<HistorySeries>& history);

}  // namespace coldstart::results
