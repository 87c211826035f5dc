// Differences in words and numbers for people; the same in the terminal, Markdown and sentences.
#pragma once

#include <string>

#include "results/compare/comparison.h"

namespace coldstart::results {

/// "+1.20 ms", "-310 µs", "0 ns"
std::string signed_duration(double ns);

/// "+1.05 to +1.31 ms": the unit is written once where it is the same.
std::string signed_interval(const ShiftInterval& interval_ns);

/// "library libssl.so.3 appeared (2.10 ms)", "import json: 3.20 → 5.10 ms",
/// "classes: 440 → 512 (compiled …)".
std::string in_words(const ThingDifference& thing);

}  // namespace coldstart::results
