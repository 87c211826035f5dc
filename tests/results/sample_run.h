// Runs to test with: deterministic, and shaped like real ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results::testing {

/// A start that answered after `latency_ns`, with every boundary seen and ten phases of equal
/// length.
Start plain_start(const std::string& function, int trial, std::int64_t latency_ns);

/// A function that starts native, by exec, and answers over http.
Function plain_function(const std::string& name);

/// A run with everything: eight functions in four runtimes (`starts` each, interleaved), container
/// sandboxes, a static program, a runtime whose milestone was not seen, a skipped function, two
/// time-outs, a crash, and a start that lost events.
Run realistic_run(int starts = 30);

/// A run whose starts have accounts as all tiers fill them, in two cache states (`starts` each):
/// functions `tool` (a container), `java` and `python`. The causes add up to their phases. One
/// start's cache state is not proven, and `python` lacks its imports, with a reason.
Run accounted_run(int starts = 20);

/// An account with every field filled, no two values alike.
Account full_account();

/// Stacks with every field filled, on CPU and off, in two phases.
StackProfile full_stacks();

/// A measurement of our own cost, on the host of plain_run.
Overhead sample_overhead(const std::string& what, const std::string& tiers, double ratio);

/// The same start, but with every optional field filled.
Start full_start(const std::string& function, int trial);

/// A run with one start of one millisecond, of which is known what its two processes (700 and 701)
/// and their three threads did.
Run tracked_run();

/// A check of `cpp` in 20 pairs; of two the first try was disturbed, the very first among them.
Run run_with_disturbed_pairs();

/// A minimal run with one function per name, `starts` plain starts each.
Run plain_run(const std::vector<std::string>& names, int starts);

}  // namespace coldstart::results::testing
