// The starts of a run as the exports group them: a series for each function × load × cache state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// Points into the run that it was made of.
struct Series {
  /// "cpp/cold/page-cache": always all three, so that a name does not change when another load or
  /// cache state joins the suite.
  std::string name;
  Summary summary;
  const Function* function = nullptr;
  std::vector<const Start*> starts;  ///< those that count in statistics, in order of trial
  std::size_t left_out = 0;          ///< failed, lost events, or an unproven cache state

  /// Latencies of `starts`, in the same order.
  std::vector<std::int64_t> latencies_ns() const;
};

/// In the order of summarize(); series without a usable start are among them.
std::vector<Series> series_of(const Run& run);

/// CPU time of a start over all its phases and threads; absent where tier `cpu` was off.
std::optional<std::int64_t> cpu_time_ns(const Start& start);

/// "coldstart 0.1.0", or "coldstart" where the run does not say.
std::string tool_name(const Run& run);

}  // namespace coldstart::results
