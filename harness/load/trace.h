// A recorded trace: how often, or when, functions were called on somebody's platform.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/suite/load_spec.h"

namespace coldstart::harness {

/// How long a function ran, of azure-2019's second file.
struct TraceDurations {
  std::chrono::nanoseconds average{0};
  /// At the parts kPercentiles of its runs, in ascending order; absent: the file leaves them empty.
  static constexpr std::array<double, 7> kPercentiles = {0, 0.01, 0.25, 0.5, 0.75, 0.99, 1};
  std::optional<std::array<std::chrono::nanoseconds, kPercentiles.size()>> percentiles;
};

/// The duration that this part of the runs, from 0 to 1, does not exceed: on a straight line
/// between the percentiles; the average where there are none.
std::chrono::nanoseconds duration_at(const TraceDurations& durations, double part);

struct TraceFunction {
  std::string owner;  ///< hashes; azure-2021 has no owner
  std::string app;
  std::string function;
  std::uint64_t invocations = 0;
  std::optional<TraceDurations> durations;  ///< azure-2019, where the second file has a row of it

  /// azure-2019: the minutes in which it was called, in ascending order, and how often.
  struct Minute {
    std::uint32_t minute = 0;  ///< from 0
    std::uint32_t count = 0;
  };
  std::vector<Minute> minutes;

  /// azure-2021: its requests in ascending order.
  struct Request {
    std::chrono::nanoseconds start{0};  ///< since the first start in the file, of any function
    std::chrono::nanoseconds duration{0};
  };
  std::vector<Request> requests;
};

/// The busiest first; those that were called equally often in the order of the file. None that was
/// never called.
struct Trace {
  std::vector<TraceFunction> functions;
};

/// Reads the pattern's file (and its `durations`), line by line: what is in memory are the
/// functions that are kept, 8 bytes a minute in which one was called, or 16 bytes a request.
/// Throws Error `file:line: what; what to do` at the first row that is malformed, and where there
/// is no invocation in it at all. The last row must have its end of line: a download that broke off
/// is not half a trace.
Trace read_trace(const TracePattern& pattern);

// One format each. azure-2019 also takes files with fewer than 1,440 minutes.
Trace read_azure_2019(const TracePattern& pattern);
Trace read_azure_2021(const TracePattern& pattern);

}  // namespace coldstart::harness
