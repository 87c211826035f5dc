// Durations as people write them in a suite or on the command line.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <limits>
#include <utility>

#include "harness/suite/suite.h"

namespace coldstart::harness {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> kUnits = {{
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the front off `text`.
std::string_view take_digits(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const std::string_view whole = take_digits(text);
  if (whole.empty()) return std::nullopt;
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
  }
  const auto unit = std::ranges::find(kUnits, text, &decltype(kUnits)::value_type::first);
  if (unit == kUnits.end()) return std::nullopt;

  // Whole numbers throughout, so that "0.1s" is exactly 100 ms.
  std::int64_t total = 0;
  for (const char c : whole) {
    if (__builtin_mul_overflow(total, 10, &total)) return std::nullopt;
    if (__builtin_add_overflow(total, c - '0', &total)) return std::nullopt;
  }
  if (__builtin_mul_overflow(total, unit->second, &total)) return std::nullopt;
  // What a digit is worth, in tenths of what the one before was worth; below a nanosecond: dropped.
  std::int64_t worth = unit->second;
  std::int64_t rest = 0;  // 60 s and 3600 s are not powers of ten: keep 10^-3 ns until the end
  constexpr std::int64_t kFine = 1'000;
  worth *= kFine;
  for (const char c : fraction) {
    worth /= 10;
    rest += worth * (c - '0');
  }
  if (__builtin_add_overflow(total, rest / kFine, &total)) return std::nullopt;
  return std::chrono::nanoseconds(total);
}

}  // namespace coldstart::harness
