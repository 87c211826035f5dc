#include "harness/suite/yaml_numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <system_error>

#include "harness/suite/size.h"

namespace coldstart::harness {
namespace {

bool is_quoted(const YAML::Node& node) { return node.Tag() == "!"; }

void out_of_range(const Entry& entry, const std::string& remedy, Problems& problems) {
  problems.add(entry.at, in_quotes(entry.key) + " cannot be " + entry.value.Scalar(), remedy);
}

template <typename Whole>
std::optional<Whole> read_whole(const Entry& entry, Whole lowest, Whole highest,
                                Problems& problems) {
  const std::string remedy =
      "write a number from " + std::to_string(lowest) + " to " + std::to_string(highest);
  Whole value = 0;
  if (!entry.value.IsScalar() || is_quoted(entry.value)) {
    wrong_type(entry, "a whole number", remedy + ", without quotes", problems);
    return std::nullopt;
  }
  const std::string& text = entry.value.Scalar();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) {
    wrong_type(entry, "a whole number", remedy, problems);
    return std::nullopt;
  }
  if (error != std::errc() || value < lowest || value > highest) {
    out_of_range(entry, remedy, problems);
    return std::nullopt;
  }
  return value;
}

std::string text_of(double number) {
  constexpr std::size_t kLongest = 32;
  std::array<char, kLongest> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
  return {buffer.data(), end.ptr};
}

std::string text_of(std::chrono::nanoseconds duration) {
  using namespace std::chrono_literals;
  if (duration % 1h == 0h) return std::to_string(duration / 1h) + "h";
  if (duration % 1s == 0s) return std::to_string(duration / 1s) + "s";
  return std::to_string(duration / 1ns) + "ns";
}

// What is within the range, for "write …".
std::string text_of(const DurationRange& range) {
  using std::chrono::nanoseconds;
  if (range.lowest == nanoseconds(0)) return "at most " + text_of(range.highest);
  return (range.lowest == nanoseconds(1) ? "more than 0s" : "at least " + text_of(range.lowest)) +
         " and at most " + text_of(range.highest);
}

}  // namespace

std::optional<int> read_integer(const Entry& entry, int lowest, int highest, Problems& problems) {
  return read_whole(entry, lowest, highest, problems);
}

std::optional<std::uint64_t> read_seed(const Entry& entry, Problems& problems) {
  return read_whole<std::uint64_t>(entry, 0, std::numeric_limits<std::uint64_t>::max(), problems);
}

std::optional<double> read_number(const Entry& entry, const NumberRange& range,
                                  Problems& problems) {
  const std::string remedy =
      "write a number " + std::string(range.above_lowest ? "above " : "from ") +
      text_of(range.lowest) + (range.above_lowest ? " and at most " : " to ") +
      text_of(range.highest);
  if (!entry.value.IsScalar() || is_quoted(entry.value)) {
    wrong_type(entry, "a number", remedy + ", without quotes", problems);
    return std::nullopt;
  }
  const std::string& text = entry.value.Scalar();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // from_chars takes "inf" and "nan", which nobody means.
  if (error == std::errc::invalid_argument || end != text.data() + text.size() ||
      (error == std::errc() && !std::isfinite(value))) {
    wrong_type(entry, "a number", remedy, problems);
    return std::nullopt;
  }
  if (error != std::errc() || value < range.lowest || value > range.highest ||
      (range.above_lowest && value == range.lowest)) {
    out_of_range(entry, remedy, problems);
    return std::nullopt;
  }
  return value;
}

std::optional<std::chrono::nanoseconds> read_duration(const Entry& entry,
                                                      const DurationRange& range,
                                                      Problems& problems) {
  const std::string remedy = "write a number and a unit, such as 30s or 250ms";
  const auto duration =
      entry.value.IsScalar() ? parse_duration(entry.value.Scalar()) : std::nullopt;
  if (!duration) {
    wrong_type(entry, "a duration", remedy, problems);
    return std::nullopt;
  }
  if (*duration < range.lowest || *duration > range.highest) {
    out_of_range(entry, "write " + text_of(range), problems);
    return std::nullopt;
  }
  return duration;
}

std::optional<std::int64_t> read_size(const Entry& entry, std::int64_t lowest, Problems& problems) {
  const std::string remedy = "write a number and a unit (KiB, MiB, GiB), such as 128MiB";
  const auto size = entry.value.IsScalar() ? parse_size(entry.value.Scalar()) : std::nullopt;
  if (!size) {
    wrong_type(entry, "a size", remedy, problems);
    return std::nullopt;
  }
  if (*size < lowest) {
    out_of_range(entry, "write at least " + format_size(lowest), problems);
    return std::nullopt;
  }
  return size;
}

std::optional<bool> read_switch(const Entry& entry, Problems& problems) {
  const bool plain = entry.value.IsScalar() && !is_quoted(entry.value);
  if (plain && entry.value.Scalar() == "true") return true;
  if (plain && entry.value.Scalar() == "false") return false;
  wrong_type(entry, "true or false", "write one of them, without quotes", problems);
  return std::nullopt;
}

}  // namespace coldstart::harness
