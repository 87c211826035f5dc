#include "harness/load/trace.h"

#include <algorithm>
#include <cmath>

namespace coldstart::harness {

std::chrono::nanoseconds duration_at(const TraceDurations& durations, double part) {
  if (!durations.percentiles) return durations.average;
  constexpr auto& kParts = TraceDurations::kPercentiles;
  const auto& times = *durations.percentiles;
  const auto above = std::upper_bound(kParts.begin() + 1, kParts.end() - 1, part);
  const auto i = static_cast<std::size_t>(above - kParts.begin());
  const double share = (part - kParts[i - 1]) / (kParts[i] - kParts[i - 1]);
  const auto more = static_cast<double>((times[i] - times[i - 1]).count());
  return times[i - 1] + std::chrono::nanoseconds(std::llround(share * more));
}

Trace read_trace(const TracePattern& pattern) {
  return pattern.format == TraceFormat::kAzure2019 ? read_azure_2019(pattern)
                                                   : read_azure_2021(pattern);
}

}  // namespace coldstart::harness
