// Starts two versions of functions in adjacent pairs: what comes and goes on a machine hits both.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/platform/platform.h"
#include "results/model/record.h"

namespace coldstart::harness {

/// Two versions of one function: equal but for what is executed.
struct PairedFunction {
  FunctionSpec baseline;
  FunctionSpec candidate;
};

/// What gets pairs: a function in one of the cache states of its candidate. In the order of
/// functions, then of cache states.
struct PairedSeries {
  std::size_t function = 0;
  CacheState cache = CacheState::kPageCache;
};

struct PairedPlan {
  std::vector<PairedFunction> functions;
  std::uint64_t seed = 0;
  bool drop_caches = false;  ///< see StartOptions
};

/// Two adjacent starts. Their function, load, trial and order are the caller's to set.
struct MeasuredPair {
  std::size_t series = 0;
  bool baseline_first = false;
  Start baseline;
  Start candidate;
  std::int64_t took_ns = 0;  ///< with preparation and end of both
  /// What disturbed while it was measured: "other tasks used 0.9 CPUs". Absent: nothing.
  std::optional<std::string> disturbance;
};

/// What measuring tells and asks while it goes on; always between pairs.
struct PairedSink {
  /// Once, when all were rehearsed: baseline and candidate of each function, in turn.
  std::function<void(const std::vector<Function>&)> begin;
  /// How many pairs a series should get in the round that begins now, asked before it, and again,
  /// for 0 or not, before each of them; so many were measured and not told yet. When no series
  /// wants one, the measurement ends.
  std::function<std::size_t(std::size_t series, std::size_t untold)> wants;
  /// Each pair, when it is known what went on meanwhile: up to a quarter of a second later.
  std::function<void(MeasuredPair)> measured;
  /// When all pairs of such a window were told.
  std::function<void()> told;
  std::function<void(const std::string& what)> progress;
  std::function<void(const std::string& line)> warn;
};

std::vector<PairedSeries> paired_series(const PairedPlan& plan);

/// Rounds of as many pairs of each series as it wants; the order of series in a round and of the
/// two sides in a pair is random and follows from the seed. Every side is prepared in the same way.
/// Functions that are skipped on this machine get no pairs. Returns the number of the signal that
/// interrupted it, if one did: a pair that was under way then is not told.
struct PairedResult {
  std::optional<int> interrupted_by;
  std::string noise;  ///< what went on beside us, for people
};
PairedResult measure_pairs(Platform& platform, const PairedPlan& plan, pid_t launcher,
                           const PairedSink& sink);

}  // namespace coldstart::harness
