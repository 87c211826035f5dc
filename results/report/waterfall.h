// Where one start's time went, drawn to scale in the terminal.
#pragma once

#include <string>
#include <string_view>

#include "results/model/record.h"
#include "results/report/style.h"

namespace coldstart::results {

/// A line a phase: name, offset from due, length, share of the latency, a bar at its place, and
/// where the width allows what happens in that phase. Then the boundaries that were not seen, and
/// why. Lengths add up to the latency exactly. A start that failed is drawn as far as it came. Ends
/// with a newline; no line is wider than style.width (>= 60).
/// `contract`: that of the function; it decides what the end of the clock is called.
std::string waterfall(const Start& start, const TextStyle& style,
                      std::string_view contract = "http");

}  // namespace coldstart::results
