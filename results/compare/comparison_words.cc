#include "results/compare/comparison_words.h"

#include <cmath>
#include <fmt/format.h>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/text.h"

namespace coldstart::results {

std::string signed_duration(double ns) {
  const std::int64_t whole = std::llround(ns);
  if (whole == 0) return "0 ns";
  return (whole > 0 ? "+" : "-") + format_duration(std::abs(whole));
}

std::string signed_interval(const ShiftInterval& interval_ns) {
  const std::string low = signed_duration(interval_ns.low);
  const std::string high = signed_duration(interval_ns.high);
  const auto unit = [](const std::string& text) { return text.substr(text.rfind(' ')); };
  return (unit(low) == unit(high) ? low.substr(0, low.rfind(' ')) : low) + " to " + high;
}

std::string what_it_is(const ThingDifference& thing) {
  return thing.name.empty() ? thing.kind : fmt::format("{} {}", thing.kind, printable(thing.name));
}

std::string its_time(const std::optional<std::int64_t>& ns) {
  return ns && *ns > 0 ? fmt::format(" ({})", format_duration(*ns)) : std::string();
}

std::string in_words(const ThingDifference& thing, const std::string& a, const std::string& b) {
  const std::string what = what_it_is(thing);
  switch (thing.change) {
    case Change::kAppeared:
      return fmt::format("{}{}, only in {}", what, its_time(thing.b_ns), b);
    case Change::kVanished:
      return fmt::format("{}{}, only in {}", what, its_time(thing.a_ns), a);
    case Change::kSlower:
    case Change::kFaster:
      return fmt::format("{}: {} in {}, {} in {}", what, format_duration(thing.a_ns.value_or(0)), a,
                         format_duration(thing.b_ns.value_or(0)), b);
    case Change::kMore:
    case Change::kFewer:
      break;
  }
  return fmt::format("{}: {} in {}, {} in {}", what, format_count(thing.a_count.value_or(0)), a,
                     format_count(thing.b_count.value_or(0)), b);
}

std::string in_words(const ThingDifference& thing) {
  const std::string what = what_it_is(thing);
  switch (thing.change) {
    case Change::kAppeared:
      return what + " appeared" + its_time(thing.b_ns);
    case Change::kVanished:
      return what + " vanished" + its_time(thing.a_ns);
    case Change::kSlower:
    case Change::kFaster:
      return fmt::format(
          "{} {}: {} → {}", what, thing.change == Change::kSlower ? "slowed" : "became faster",
          format_duration(thing.a_ns.value_or(0)), format_duration(thing.b_ns.value_or(0)));
    case Change::kMore:
    case Change::kFewer:
      break;
  }
  std::string text = fmt::format("{}: {} → {}", what, format_count(thing.a_count.value_or(0)),
                                 format_count(thing.b_count.value_or(0)));
  if (thing.a_ns && thing.b_ns) {
    text += fmt::format(" (taking {} → {})", format_duration(*thing.a_ns),
                        format_duration(*thing.b_ns));
  }
  return text;
}

}  // namespace coldstart::results
