// Durations for people: three significant digits and a unit that keeps the number readable.
#pragma once

#include <cstdint>
#include <string>

namespace coldstart {

/// 850 -> "850 ns", 1'234 -> "1.23 µs", 12'345'678 -> "12.3 ms", 2'000'000'000 -> "2.00 s".
/// Rounds half away from zero; carries into the next unit ("1.00 ms", never "1000 µs").
std::string format_duration(std::int64_t ns);

}  // namespace coldstart
