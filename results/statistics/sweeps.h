// Sweeps: the same function with more starts at once, or with more memory or CPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/load_summary.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// So many starts of a function at once.
struct ParallelPoint {
  int k = 0;
  const Summary* summary = nullptr;  ///< of these starts: median, interval, phases, failures
  /// Answered starts a second of the time in which at least one was under way. Absent: none
  /// answered.
  std::optional<double> starts_per_s;
};

/// How a phase changed from the first point of a sweep to the last.
struct Growth {
  std::string phase;
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
};

struct ParallelSweep {
  std::string function;
  std::string cache;
  std::vector<ParallelPoint> points;  ///< by k, ascending
  /// The phase whose median grew most from the first point to the last, of those that both have.
  /// Absent: none grew, or there are no two points.
  std::optional<Growth> grew_most;
};

/// In the order of the run's functions. `summaries` are those of the run and must outlive it.
std::vector<ParallelSweep> parallel_sweeps(const Run& run, const std::vector<Summary>& summaries);

/// The summaries without those of the parallel sweep: it has a table and pictures of its own.
std::vector<Summary> without_parallel(const Run& run, const std::vector<Summary>& summaries);

/// A function at one size.
struct SizePoint {
  std::string function;               ///< its name: "java@256MiB"
  double size = 0;                    ///< bytes, or CPUs
  const Summary* summary = nullptr;   ///< of its cold starts; absent: it has none under this load
  const LoadSummary* load = nullptr;  ///< of its requests; absent: the load has none
  /// Starts and requests that the kernel ended at the memory limit. A request that was lost with a
  /// start that is counted is counted too: it is another thing that a user sees.
  std::size_t starts_out_of_memory = 0;
  std::size_t requests_out_of_memory = 0;
};

struct SizeSweep {
  std::string function;  ///< "java"
  std::string key;       ///< "memory", "cpus"
  std::string load;
  std::string cache;
  double time_scale = 1;          ///< of the load
  std::vector<SizePoint> points;  ///< by size, ascending
};

/// A sweep for each function × key × load × cache state. Both lists of summaries are those of the
/// run and must outlive it.
std::vector<SizeSweep> size_sweeps(const Run& run, const std::vector<Summary>& summaries,
                                   const std::vector<LoadSummary>& loads);

}  // namespace coldstart::results
