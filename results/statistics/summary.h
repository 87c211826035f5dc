// What a run says of each function: counts, median and its interval, tails, phases.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/quantile.h"

namespace coldstart::results {

inline constexpr double kConfidence = 0.95;
inline constexpr std::size_t kMinimumForP90 = 10;   ///< below, p90 would be the maximum in disguise
inline constexpr std::size_t kMinimumForP99 = 100;  ///< below, so would p99

/// The median length of one phase (or of several in one, where a boundary was not seen).
struct PhaseMedian {
  std::vector<Phase> phases;
  std::string name;  ///< "link", "runtime+app"
  std::int64_t median_ns = 0;
  std::size_t n = 0;  ///< starts it was measured in
};

/// One function under one load in one cache state. Times are nanoseconds from due to responded.
struct Summary {
  std::string function;
  std::string load;
  std::string cache;
  double time_scale = 1;   ///< of the load: what shows the numbers says it
  bool disturbed = false;  ///< pairs of a check that were not judged (disturbed_starts.h): the same

  std::size_t n = 0;         ///< starts used: answered, lost no probe event, cache state as wanted
  std::size_t lost = 0;      ///< answered, but left out because probe events were lost
  std::size_t unproven = 0;  ///< answered, but left out: the cache state was not proven
  std::size_t warmup = 0;    ///< left out, whatever became of them: due in the warm-up of the load
  std::map<Outcome, std::size_t> failed_by;  ///< never contains kOk
  std::size_t failed() const;

  // Absent, never zero, where there are too few starts to say.
  std::optional<std::int64_t> median_ns;    ///< n >= 1
  std::optional<Interval> median_interval;  ///< kConfidence; n >= 6
  std::optional<std::int64_t> p90_ns;       ///< n >= kMinimumForP90
  std::optional<std::int64_t> p99_ns;       ///< n >= kMinimumForP99
  std::optional<std::int64_t> min_ns;
  std::optional<std::int64_t> max_ns;
  std::optional<double>
      ratio;  ///< median over the smallest median of the same load, cache state and contract

  /// Medians of the phases, in order. Medians do not add up: their sum may differ from the median
  /// latency. Starts may disagree on which phases there are (a boundary was seen in some only):
  /// these are the starts with the commonest list of phases, so that no nanosecond is counted
  /// twice.
  std::vector<PhaseMedian> phases;

  /// Index into Run::starts of the used start whose latency is nearest to the median: a real start,
  /// its phases add up exactly. Absent where n is 0.
  std::optional<std::size_t> median_start;
  /// Its 1-based place among the used starts, the fastest first (of equals: the earlier start).
  std::optional<std::size_t> median_rank;
};

/// A summary for each function × load × cache state that has starts: loads and cache states in the
/// order of their first start, disturbed ones last; functions in the order of the run. Functions
/// that were skipped have none.
std::vector<Summary> summarize(const Run& run);

/// The usable latencies of one function × load × cache state in ascending order.
std::vector<std::int64_t> sorted_latencies(const Run& run, const Summary& of);

}  // namespace coldstart::results
