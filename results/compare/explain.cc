#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "results/compare/comparison_words.h"
#include "results/compare/differences.h"
#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

// "java", or where the function is the same what else tells the sides apart.
std::string who(const ComparedSide& side, const ComparedSide& other) {
  std::string name = printable(side.function);
  if (side.function == other.function && side.cache != other.cache) {
    name += fmt::format(" ({})", printable(side.cache));
  }
  return side.disturbed ? name + " (disturbed, not judged)" : name;
}

std::string headline(const SeriesComparison& c) {
  const bool same = c.a.function == c.b.function && c.a.cache == c.b.cache;
  const auto amount = static_cast<std::int64_t>(std::llround(std::abs(c.shift.estimate)));
  if (!c.shift.interval) {
    return fmt::format("{}{}: too few starts to say whether they differ ({}; {})", who(c.b, c.a),
                       same ? "" : " and " + who(c.a, c.b), signed_duration(c.shift.estimate),
                       format_ratio(c.ratio.estimate));
  }
  const std::string interval = fmt::format("95 %: {}", signed_interval(*c.shift.interval));
  if (!c.differs()) {
    return fmt::format("{}: no difference seen ({}, {}; {})",
                       who(c.b, c.a) + (same ? "" : " and " + who(c.a, c.b)),
                       signed_duration(c.shift.estimate), interval, format_ratio(c.ratio.estimate));
  }
  return fmt::format("{} answers {} {} than {} ({}; {}){}", who(c.b, c.a), format_duration(amount),
                     c.shift.estimate > 0 ? "later" : "earlier", same ? "before" : who(c.a, c.b),
                     interval, format_ratio(c.ratio.estimate),
                     c.differs_little() ? ": less than 1 % of its latency" : "");
}

std::int64_t change_of(const PhaseDifference& phase) {
  return phase.b_ns.value_or(0) - phase.a_ns.value_or(0);
}

bool of_two_functions(const SeriesComparison& c) { return c.a.function != c.b.function; }

// "app (47.9 → 59.1 ms)"; of two functions, neither of which was the other before:
// "app (47.9 ms in cpp, 59.1 ms in java)".
std::string from_to(const SeriesComparison& c, const PhaseDifference& phase) {
  if (of_two_functions(c)) {
    const std::string a = printable(c.a.function);
    const std::string b = printable(c.b.function);
    if (!phase.a_ns) {
      return fmt::format("{} ({}; {} has none)", phase.name, format_duration(*phase.b_ns), a);
    }
    if (!phase.b_ns) {
      return fmt::format("{} ({} in {}; {} has none)", phase.name, format_duration(*phase.a_ns), a,
                         b);
    }
    return fmt::format("{} ({} in {}, {} in {})", phase.name, format_duration(*phase.a_ns), a,
                       format_duration(*phase.b_ns), b);
  }
  if (!phase.a_ns) return fmt::format("{} (new, {})", phase.name, format_duration(*phase.b_ns));
  if (!phase.b_ns)
    return fmt::format("{} (gone, was {})", phase.name, format_duration(*phase.a_ns));
  return fmt::format("{} ({} → {})", phase.name, format_duration(*phase.a_ns),
                     format_duration(*phase.b_ns));
}

// The phases that go the way of the whole, the largest first, until they explain most of it.
std::vector<const PhaseDifference*> telling_phases(const SeriesComparison& c) {
  std::vector<const PhaseDifference*> phases;
  const double sign = c.shift.estimate > 0 ? 1 : -1;
  for (const PhaseDifference& phase : c.phases) {
    if (static_cast<double>(change_of(phase)) * sign > 0) phases.push_back(&phase);
  }
  std::stable_sort(phases.begin(), phases.end(), [](const auto* x, const auto* y) {
    return std::abs(change_of(*x)) > std::abs(change_of(*y));
  });
  constexpr double kMost = 0.8;
  constexpr std::size_t kAtMost = 3;
  double explained = 0;
  std::size_t count = 0;
  while (count < std::min(phases.size(), kAtMost) &&
         explained < kMost * std::abs(c.shift.estimate)) {
    explained += static_cast<double>(std::abs(change_of(*phases[count++])));
  }
  phases.resize(count);
  return phases;
}

// The cause that moved most in the phase, in its direction: ", there on CPU (+10.1 ms)".
std::string cause_in(const SeriesComparison& c, const PhaseDifference& phase) {
  for (const CauseDifference& cause : c.causes) {
    const std::int64_t change = cause.b_ns - cause.a_ns;
    if (cause.phase != phase.name || !cause.certain || cause.negligible) continue;
    if ((change > 0) != (change_of(phase) > 0)) continue;
    return fmt::format(", there {} ({})", cause.cause,
                       signed_duration(static_cast<double>(change)));
  }
  return "";
}

std::string phases_in_words(const SeriesComparison& c) {
  const auto phases = telling_phases(c);
  if (phases.empty()) return "";
  const double share = static_cast<double>(change_of(*phases.front())) / c.shift.estimate;
  constexpr double kAll = 0.995;
  std::string text = fmt::format(
      "{} of it in {}{}", share > kAll ? std::string("All") : fmt::format("{:.0f} %", share * 100),
      from_to(c, *phases.front()), cause_in(c, *phases.front()));
  for (std::size_t i = 1; i < phases.size(); ++i) {
    text += fmt::format("; {} in {}{}", signed_duration(static_cast<double>(change_of(*phases[i]))),
                        from_to(c, *phases[i]), cause_in(c, *phases[i]));
  }
  return text;
}

// What goes the other way explains nothing; nor does a thing that was there before and is now a
// little slower. What came or went costs more than its own time: an import its code, a library its
// constructors.
bool tells(const SeriesComparison& c, const ThingDifference& thing) {
  // An archive of classes that is used no more makes it slower by being less.
  if (thing.kind == "classes from the shared archive") return true;
  const bool up = thing.change == Change::kAppeared || thing.change == Change::kSlower ||
                  thing.change == Change::kMore;
  if (up != (c.shift.estimate > 0)) return false;
  if (thing.change != Change::kSlower && thing.change != Change::kFaster) return true;
  if (thing.negligible) return false;
  constexpr double kWorthSaying = 0.05;
  return static_cast<double>(thing.weight_ns) >= kWorthSaying * std::abs(c.shift.estimate);
}

// "library libssl.so.3": in a sentence there is no room for folders.
ThingDifference briefly(ThingDifference thing) {
  if (thing.kind == "library" || thing.kind == "file") {
    thing.name = thing.name.substr(thing.name.rfind('/') + 1);
  }
  return thing;
}

// The first few things with a name, then the first few counts.
std::vector<ThingDifference> telling_things(const SeriesComparison& c, std::size_t& more) {
  constexpr std::size_t kAtMost = 3;
  std::vector<ThingDifference> things;
  std::size_t named = 0;
  std::size_t counted = 0;
  for (const ThingDifference& thing : c.things) {
    if (!tells(c, thing)) continue;
    std::size_t& count = thing.name.empty() ? counted : named;
    if (count++ < kAtMost) things.push_back(briefly(thing));
  }
  more = named > kAtMost ? named - kAtMost : 0;
  return things;
}

std::string things_in_words(const SeriesComparison& c) {
  std::size_t more = 0;
  std::string text;
  for (const ThingDifference& thing : telling_things(c, more)) {
    text += (text.empty() ? "With it: " : "; ") + in_words(thing);
  }
  if (more > 0) text += fmt::format("; {} more below", more);
  return text;
}

// What only one of two functions has is said once for all of it: "Only java has library libjvm.so
// (9.10 ms), library libjli.so and 4 more (below)".
std::string things_of_two_in_words(const SeriesComparison& c) {
  const std::string a = printable(c.a.function);
  const std::string b = printable(c.b.function);
  std::size_t more = 0;
  std::string only;
  std::string other;
  for (const ThingDifference& thing : telling_things(c, more)) {
    const bool appeared = thing.change == Change::kAppeared;
    if (appeared || thing.change == Change::kVanished) {
      only += (only.empty() ? fmt::format("Only {} has ", appeared ? b : a) : ", ") +
              what_it_is(thing) + its_time(appeared ? thing.b_ns : thing.a_ns);
    } else {
      other += (other.empty() ? "" : "; ") + in_words(thing, a, b);
    }
  }
  if (more > 0 && !only.empty()) only += fmt::format(" and {} more (below)", more);
  if (only.empty()) return other.empty() ? "" : "Beside that " + other;
  return other.empty() ? only : only + "; " + other;
}

}  // namespace

std::string explain(const SeriesComparison& comparison) {
  std::string text = headline(comparison) + '.';
  if (!comparison.differs()) return text;
  for (const std::string& more : {phases_in_words(comparison),
                                  of_two_functions(comparison) ? things_of_two_in_words(comparison)
                                                               : things_in_words(comparison)}) {
    if (more.empty()) continue;
    text += ' ' + more + '.';
  }
  return text;
}

}  // namespace coldstart::results
