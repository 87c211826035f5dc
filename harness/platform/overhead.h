// What our own probes and launcher cost: the same start with and without, alternating.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "harness/platform/platform.h"
#include "probes/tiers.h"

namespace coldstart::harness {

/// Latencies in nanoseconds of adjacent starts, one with and one without.
struct OverheadPairs {
  std::string what;   ///< the function
  std::string tiers;  ///< "all", "process", "process+cpu"; empty: no probes differ
  std::vector<std::pair<std::int64_t, std::int64_t>> with_without;
  int failed = 0;  ///< pairs of which one start gave no answer
  /// What one start with these tiers told, averages; absent where `tiers` is empty.
  double events_per_start = 0, bytes_per_start = 0;
};

/// Which tiers are compared with none: a name, and the set.
struct TierChoice {
  std::string name;
  probes::TierSet tiers;
};
/// "process", each other tier that works together with it, and all of these: "all", or their names
/// where one does not work here.
std::vector<TierChoice> tier_choices(const probes::Session& session);

/// Each trial starts the function once without probes and once with each choice, in random order,
/// all with readiness by polling. After hooks were put in or taken out, one start is made that does
/// not count: it pays for code that was patched. `progress` is told the trial.
boost::asio::awaitable<std::vector<OverheadPairs>> compare_tiers(
    Platform& platform, const FunctionSpec& function, const std::vector<TierChoice>& choices,
    int trials, const std::function<void(int)>& progress);

/// The floor: spawn + exec + exit of a program through the launcher ("with"), against posix_spawn
/// and waitpid ("without"), both without probes.
boost::asio::awaitable<OverheadPairs> compare_with_posix_spawn(
    Platform& platform, const FunctionSpec& program, int trials,
    const std::function<void(int)>& progress);

}  // namespace coldstart::harness
