// Differences in words and numbers for people; the same in the terminal, Markdown and sentences.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "results/compare/comparison.h"

namespace coldstart::results {

/// "+1.20 ms", "-310 µs", "0 ns"
std::string signed_duration(double ns);

/// "+1.05 to +1.31 ms": the unit is written once where it is the same.
std::string signed_interval(const ShiftInterval& interval_ns);

/// "library libssl.so.3"; of a count its kind alone.
std::string what_it_is(const ThingDifference& thing);

/// " (2.10 ms)"; empty where there is no time.
std::string its_time(const std::optional<std::int64_t>& ns);

/// Of one thing that changed: "library libssl.so.3 appeared (2.10 ms)", "import json slowed: 3.20
/// ms → 5.10 ms", "classes: 440 → 512".
std::string in_words(const ThingDifference& thing);

/// Of two functions, neither of which was the other before, by their names: "library libjvm.so
/// (9.10 ms), only in java", "classes: 0 in cpp, 440 in java".
std::string in_words(const ThingDifference& thing, const std::string& a, const std::string& b);

}  // namespace coldstart::results
