// The gate without a baseline to pair with: a run against the medians of runs of other days. Second
// class: what changed on the machine since then is in the answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/compare/gate.h"
#include "results/compare/gate_attribution.h"
#include "results/model/record.h"

namespace coldstart::results {

/// Fewer past runs do not tell how much runs differ from each other.
inline constexpr std::size_t kFewestPastRuns = 3;

/// What must be equal for latencies to be comparable: CPU, number of CPUs, memory (rounded to GiB),
/// kernel, operating system. Not the name: runners of a CI have many.
std::string host_fingerprint(const Host& host);

/// How two hosts differ: "kernel 6.1.0 and 6.18.0"; empty: not at all.
std::string host_difference(const Host& past, const Host& now);

/// Whether a function is of the same runtime and contract in both runs, as far as they know it. A
/// latency to the first answer and one to the exit, or of a Python and of a native program that
/// happen to share a name, are no history of each other. Its command may differ: that is what
/// people change, and want to hear about.
bool is_same_function(const Run& past, const Run& now, const std::string& name);

/// One verdict for each function and cache state of `now`, on median and p90 (as far as they gate):
/// its logarithm against the prediction interval of those of the past runs. What never answers, or
/// fails significantly more often than in the past runs (Fisher, alpha_fail over all functions), is
/// a FAIL. `pairs` of a verdict is the number of past runs that have the function; its failures are
/// failed starts of the past runs and of `now`.
std::vector<FunctionVerdict> judge_history(const std::vector<const Run*>& past, const Run& now,
                                           const GateOptions& options);

/// For attribute(), in the order of `verdicts`: each usable cold start of `now` beside one of the
/// past runs, taken from each of them in turn and from each in its own order. They were not
/// measured together: what differs between days is in their differences.
std::vector<std::vector<StartPair>> pairs_with_history(
    const std::vector<const Run*>& past, const Run& now,
    const std::vector<FunctionVerdict>& verdicts);

}  // namespace coldstart::results
