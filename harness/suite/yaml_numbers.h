// Numbers of a suite: whole ones, decimals, durations, sizes. As in yaml_reader.h, each read_…
// returns the value, or adds a problem and returns nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "harness/suite/suite.h"
#include "harness/suite/yaml_reader.h"

namespace coldstart::harness {

/// A whole number, written without quotes, between `lowest` and `highest`.
std::optional<int> read_integer(const Entry& entry, int lowest, int highest, Problems& problems);

/// The start of a random sequence: a whole number from 0 to 2^64 - 1.
std::optional<std::uint64_t> read_seed(const Entry& entry, Problems& problems);

/// What a number may be.
struct NumberRange {
  double lowest = 0;
  double highest = 0;
  bool above_lowest = false;  ///< `lowest` itself is not in it
};
/// A decimal number, written without quotes.
std::optional<double> read_number(const Entry& entry, const NumberRange& range, Problems& problems);

/// What a duration may be, both ends included.
struct DurationRange {
  std::chrono::nanoseconds lowest{0};
  std::chrono::nanoseconds highest = kLongestTimeout;
};
inline constexpr DurationRange kFromZero{};
inline constexpr DurationRange kAboveZero{std::chrono::nanoseconds(1)};
/// A duration with its unit.
std::optional<std::chrono::nanoseconds> read_duration(const Entry& entry,
                                                      const DurationRange& range,
                                                      Problems& problems);

/// A size with its unit (size.h), in bytes: `lowest` and more.
std::optional<std::int64_t> read_size(const Entry& entry, std::int64_t lowest, Problems& problems);

/// `true` or `false`.
std::optional<bool> read_switch(const Entry& entry, Problems& problems);

}  // namespace coldstart::harness
