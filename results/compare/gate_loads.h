// What a candidate loads that its baseline does not, and the other way round.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/compare/gate_attribution.h"

namespace coldstart::results {

/// The upper median; 0 of nothing.
std::int64_t middle_of(std::vector<std::int64_t> values);

/// Lines about libraries, imports, classes, script files and page faults whose names or counts
/// differ between most starts of the two sides: "40 more libraries: libx.so.1, …".
std::vector<std::string> what_it_loads(const std::vector<StartPair>& pairs);

}  // namespace coldstart::results
