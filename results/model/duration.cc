#include "results/model/duration.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace coldstart {

std::string format_duration(std::int64_t ns) {
  constexpr std::array<std::string_view, 4> kUnits = {"ns", "µs", "ms", "s"};
  const bool negative = ns < 0;
  double value = std::abs(static_cast<double>(ns));
  std::size_t unit = 0;
  // 999.5 would print as "1000": carry it into the next unit instead.
  while (unit + 1 < kUnits.size() && value >= 999.5) {
    value /= 1000.0;
    ++unit;
  }
  const int decimals = unit == 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s%.*f ", negative ? "-" : "", decimals, value);
  return std::string(text.data()) + std::string(kUnits[unit]);
}

}  // namespace coldstart
