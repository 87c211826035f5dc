// What a run says of each function under each load: how many requests were cold, what those paid,
// what the others paid, who waited, who was turned away.
//
// Everything is counted from due, also what the dispatcher itself was late: a slow dispatcher
// cannot hide. Nothing is scaled back where a load compressed time (Load::time_scale).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/quantile.h"
#include "results/statistics/share.h"

namespace coldstart::results {

/// Quantiles of raw samples. Absent, never zero, where there are too few to say (the limits are
/// those of Summary).
struct LatencySummary {
  std::size_t n = 0;
  std::optional<std::int64_t> median_ns;
  std::optional<Interval> median_interval;
  std::optional<std::int64_t> p90_ns;
  std::optional<std::int64_t> p99_ns;
  std::optional<std::int64_t> min_ns;
  std::optional<std::int64_t> max_ns;
};

LatencySummary summarize_latencies(std::vector<std::int64_t> samples);

/// One function under one load, without its warm-up: requests that were due in it are counted in
/// `warmup` and nowhere else.
struct LoadSummary {
  std::uint32_t load = 0;      ///< index into Run::loads
  std::uint32_t function = 0;  ///< index into Run::functions

  std::size_t invocations = 0;
  std::size_t warmup = 0;
  std::size_t answered = 0;
  std::map<Outcome, std::size_t> failed_by;  ///< never contains kOk; kDropped and kTimeout do
  std::size_t failed(Outcome outcome) const;
  /// All but the dropped ones and those that timed out.
  std::size_t failed_otherwise() const;

  /// Of the requests that got an instance, those that waited for its start. Absent: none got one.
  std::optional<Share> cold_share;

  // From due to the first byte of the answer (its end, where there was no byte), of the answered.
  LatencySummary all;
  LatencySummary cold;
  LatencySummary warm;

  /// From due until it was sent, of all that were: waiting for an instance, and our own lateness.
  LatencySummary queue;
  /// The latter alone: the same of the warm ones whose instance was idle when they were due, so
  /// that there was nothing to wait for.
  LatencySummary arrival_error;

  /// Requests due a second: over the duration of the load, or, where it has none, from the first
  /// to the last. Absent: one alone.
  std::optional<double> offered_per_s;
  /// Answers a second: over the duration and until the last of them, or from the first to the last.
  std::optional<double> answered_per_s;

  // Of the time after the warm-up: an instance that was gone by then does not count.
  std::size_t instances = 0;
  std::size_t max_instances = 0;                  ///< at once, those that still start included
  std::size_t max_starting = 0;                   ///< starts in flight at once
  std::map<std::string, std::size_t> ended_by;    ///< InstanceLife::end
  std::optional<std::int64_t> peak_memory_bytes;  ///< the largest of its instances
};

/// A summary for each load × function that has requests; loads and functions in the order of the
/// run. Empty for a run of cold starts alone. Linear in the number of requests, but for sorting.
std::vector<LoadSummary> summarize_loads(const Run& run);

/// How many there were from `at_ns` (since the load's begin) until the next step.
struct Step {
  std::int64_t at_ns = 0;
  int count = 0;
  bool operator==(const Step&) const = default;
};

/// Instances that lived (requested to ended), and those of them that were starting (requested to
/// ready, or to their end), over time. The first step is at 0. An instance whose end is not known
/// lives on.
std::vector<Step> instances_over_time(const Run& run, std::uint32_t load, std::uint32_t function);
std::vector<Step> starting_over_time(const Run& run, std::uint32_t load, std::uint32_t function);

/// Nanoseconds at the begin of the load that were its warm-up (`warmup_s` of its parameters, which
/// is in the time of the pattern, by time_scale); 0: it had none.
std::int64_t warmup_ns(const Load& load);

/// How many starts a load of the parallel sweep made at once (`parallel` of its parameters);
/// absent: it is no such load.
std::optional<int> parallel_of(const Load& load);

}  // namespace coldstart::results
