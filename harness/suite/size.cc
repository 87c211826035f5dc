#include "harness/suite/size.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace coldstart::harness {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits = {{
    {"TiB", std::int64_t{1} << 40},
    {"GiB", std::int64_t{1} << 30},
    {"MiB", std::int64_t{1} << 20},
    {"KiB", std::int64_t{1} << 10},
    {"B", 1},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
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

  std::int64_t total = 0;
  const auto parsed = std::from_chars(whole.data(), whole.data() + whole.size(), total);
  if (parsed.ec != std::errc()) return std::nullopt;
  if (__builtin_mul_overflow(total, unit->second, &total)) return std::nullopt;

  // The fraction, as digits over a power of ten: exact, or no size.
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  constexpr std::size_t kMostDigits = 17;
  if (fraction.size() > kMostDigits) return std::nullopt;
  __extension__ using Wide = __int128;
  Wide part = 0;
  Wide scale = 1;
  for (const char c : fraction) {
    part = part * 10 + (c - '0');
    scale *= 10;
  }
  part *= unit->second;
  if (part % scale != 0) return std::nullopt;
  if (__builtin_add_overflow(total, static_cast<std::int64_t>(part / scale), &total)) {
    return std::nullopt;
  }
  return total;
}

std::string format_size(std::int64_t bytes) {
  const auto unit = std::ranges::find_if(
      kUnits, [&](const auto& candidate) { return bytes % candidate.second == 0; });
  if (bytes == 0 || unit == kUnits.end()) return std::to_string(bytes) + "B";
  return std::to_string(bytes / unit->second).append(unit->first);
}

}  // namespace coldstart::harness
