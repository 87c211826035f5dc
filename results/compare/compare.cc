#include "results/compare/compare.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "results/compare/differences.h"
#include "results/export/series.h"
#include "results/model/error.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr const char* kDrift =
    "Two runs apart in time: what the machine drifted between them is in the shift and not in its "
    "interval (in A/A tests on two CPUs 55–92 % of such pairs looked different). To decide, "
    "measure "
    "both side by side: coldstart check.";

constexpr const char* kDisturbed =
    "Disturbed: other tasks took CPUs while these pairs were measured; the check measured them "
    "again and judged the repetitions only.";

std::string name_of(const Run& run) {
  std::string text = run.info.id > 0 ? fmt::format("run {}", run.info.id) : std::string("run");
  if (!run.info.label.empty()) text += fmt::format(" ({})", printable(run.info.label));
  return text;
}

ComparedSide side_of(const Run& run, const Series& series) {
  const Summary& summary = series.summary;
  return {name_of(run),
          summary.function,
          summary.load,
          summary.cache,
          summary.disturbed,
          summary.n,
          summary.median_ns.value_or(0)};
}

std::vector<std::int64_t> sorted(const Series& series) {
  std::vector<std::int64_t> latencies = series.latencies_ns();
  std::sort(latencies.begin(), latencies.end());
  return latencies;
}

void mark_negligible(SeriesComparison& c) {
  for (PhaseDifference& phase : c.phases) {
    phase.negligible = phase.shift && c.is_negligible(phase.shift->estimate);
  }
  for (CauseDifference& cause : c.causes) {
    cause.negligible = c.is_negligible(static_cast<double>(cause.b_ns - cause.a_ns));
  }
  for (ThingDifference& thing : c.things) {
    const bool of_time = thing.change == Change::kSlower || thing.change == Change::kFaster;
    thing.negligible = of_time && c.is_negligible(static_cast<double>(thing.weight_ns));
  }
}

SeriesComparison compare_series(const Run& run_a, const Series& a, const Run& run_b,
                                const Series& b) {
  SeriesComparison comparison;
  comparison.a = side_of(run_a, a);
  comparison.b = side_of(run_b, b);
  const std::vector<std::int64_t> of_a = sorted(a);
  const std::vector<std::int64_t> of_b = sorted(b);
  comparison.shift = unpaired_shift(of_a, of_b, kConfidence);
  comparison.ratio = unpaired_ratio(of_a, of_b, kConfidence);
  comparison.phases = phase_differences(a, b);
  comparison.causes = cause_differences(a, b, comparison.phases);
  comparison.things = thing_differences(a, b);
  mark_negligible(comparison);
  comparison.sentence = explain(comparison);
  return comparison;
}

std::string contract_of(const Series& series) {
  return series.function != nullptr ? series.function->contract : std::string();
}

/// Series that are to be compared.
struct Pair {
  const Series* a;
  const Series* b;
};

std::string names_of(const Run& run) {
  std::string names;
  for (const Function& function : run.functions) {
    names += (names.empty() ? "" : ", ") + printable(function.name);
  }
  return names.empty() ? "none" : names;
}

void expect_function(const Run& run, const std::string& function) {
  const bool there = std::any_of(run.functions.begin(), run.functions.end(),
                                 [&](const Function& f) { return f.name == function; });
  if (!there) {
    throw Error(name_of(run), fmt::format("has no function '{}'", printable(function)),
                "it has: " + names_of(run));
  }
}

void expect_cache(const Run& run, const std::string& cache, const std::vector<Series>& all) {
  std::string states;
  for (const Series& series : all) {
    const std::string& state = series.summary.cache;
    if (state == cache) return;
    if (states.find(state) == std::string::npos) states += (states.empty() ? "" : ", ") + state;
  }
  throw Error(name_of(run), fmt::format("has no starts in cache state '{}'", printable(cache)),
              "it has: " + (states.empty() ? "none" : states));
}

void check(const Operand& operand, const std::vector<Series>& all) {
  if (operand.function) expect_function(*operand.run, *operand.function);
  if (operand.cache) expect_cache(*operand.run, *operand.cache, all);
}

std::vector<Pair> pairs_of(const Operand& a, const std::vector<Series>& all_a, const Operand& b,
                           const std::vector<Series>& all_b) {
  // A function that only one side names is compared with its namesake; so is a cache state, unless
  // it is what the sides differ in.
  const auto function_a = a.function ? a.function : b.function;
  const auto function_b = b.function ? b.function : a.function;
  const bool namesakes = function_a == function_b;
  const auto cache_a = a.cache ? a.cache : b.cache;
  const auto cache_b = b.cache ? b.cache : a.cache;
  std::vector<Pair> pairs;
  for (const Series& x : all_a) {
    if (x.summary.function != function_a.value_or(x.summary.function)) continue;
    if (x.summary.cache != cache_a.value_or(x.summary.cache)) continue;
    for (const Series& y : all_b) {
      if (y.summary.function != function_b.value_or(y.summary.function)) continue;
      if (y.summary.cache != cache_b.value_or(y.summary.cache)) continue;
      if (namesakes && x.summary.function != y.summary.function) continue;
      if (x.summary.load != y.summary.load) continue;
      if (!cache_a && x.summary.cache != y.summary.cache) continue;
      pairs.push_back({&x, &y});
    }
  }
  return pairs;
}

void note_what_differs(const Run& a, const Run& b, std::vector<std::string>& notes) {
  const Host& x = a.info.host;
  const Host& y = b.info.host;
  const auto differ = [&](const char* what, const std::string& of_a, const std::string& of_b) {
    if (of_a == of_b) return;
    notes.push_back(fmt::format(
        "Not the same {}: {} against {}. The difference is one of machines as well.", what,
        of_a.empty() ? "unknown" : printable(of_a), of_b.empty() ? "unknown" : printable(of_b)));
  };
  differ("host", x.name, y.name);
  differ("kernel", x.kernel, y.kernel);
  differ("CPU", x.cpu, y.cpu);
  differ("number of CPUs", std::to_string(x.cpus), std::to_string(y.cpus));
  for (const Load& load : a.loads) {
    for (const Load& other : b.loads) {
      if (load.name != other.name || (load.time_scale == 1 && other.time_scale == 1)) continue;
      notes.push_back(
          load.time_scale == other.time_scale
              ? fmt::format("Load {}: time ×{:g} in both.", printable(load.name), load.time_scale)
              : fmt::format(
                    "Load {}: time ×{:g} against ×{:g}: its starts are not of the same load.",
                    printable(load.name), load.time_scale, other.time_scale));
    }
  }
  for (const Tier& tier : a.info.tiers) {
    for (const Tier& other : b.info.tiers) {
      if (tier.name != other.name || tier.on == other.on) continue;
      notes.push_back(fmt::format(
          "Probe tier {} was on in {} only: what it tells is missing in the other, and so is its "
          "cost.",
          tier.name, name_of(tier.on ? a : b)));
    }
  }
}

// Fills the comparison with the pairs that can be compared; says why others cannot.
void compare_pairs(const Run& run_a, const Run& run_b, const std::vector<Pair>& pairs,
                   Comparison& comparison) {
  std::vector<std::string> obstacles;
  for (const Pair& pair : pairs) {
    const std::string what = pair.a->name == pair.b->name
                                 ? printable(pair.a->name)
                                 : printable(pair.a->name) + " and " + printable(pair.b->name);
    if (contract_of(*pair.a) != contract_of(*pair.b)) {
      obstacles.push_back(
          fmt::format("{}: not compared, their contracts differ ({}, {}): their clocks stop at "
                      "different moments",
                      what, contract_of(*pair.a), contract_of(*pair.b)));
    } else if (pair.a->starts.empty() || pair.b->starts.empty()) {
      obstacles.push_back(fmt::format("{}: not compared, no start of {} can be used", what,
                                      name_of(pair.a->starts.empty() ? run_a : run_b)));
    } else {
      comparison.series.push_back(compare_series(run_a, *pair.a, run_b, *pair.b));
    }
  }
  if (comparison.series.empty() && !obstacles.empty()) {
    throw Error("compare", "nothing can be compared: " + obstacles.front(),
                obstacles.size() > 1 ? fmt::format("and {} more", obstacles.size() - 1) : "");
  }
  comparison.notes.insert(comparison.notes.end(), obstacles.begin(), obstacles.end());
  if (std::any_of(comparison.series.begin(), comparison.series.end(),
                  [](const SeriesComparison& c) { return c.a.disturbed || c.b.disturbed; })) {
    comparison.notes.emplace_back(kDisturbed);
  }
}

void note_missing(const Run& run, const std::vector<Series>& all, const std::set<std::string>& used,
                  std::vector<std::string>& notes) {
  std::string names;
  for (const Series& series : all) {
    if (!used.contains(series.name)) {
      names += (names.empty() ? "" : ", ") + printable(series.name);
    }
  }
  if (!names.empty()) notes.push_back(fmt::format("Only in {}: {}", name_of(run), names));
}

}  // namespace

bool SeriesComparison::differs_little() const {
  return differs() &&
         std::abs(shift.estimate) <
             kNegligibleOfLatency * static_cast<double>(std::min(a.median_ns, b.median_ns));
}

bool SeriesComparison::is_negligible(double change_ns) const {
  const double change = std::abs(change_ns);
  if (change >= kNegligibleOfLatency * static_cast<double>(std::min(a.median_ns, b.median_ns))) {
    return false;
  }
  return !differs() || change < kNegligibleOfDifference * std::abs(shift.estimate);
}

Comparison compare(const Operand& a, const Operand& b) {
  const std::vector<Series> all_a = series_of(*a.run);
  const std::vector<Series> all_b = series_of(*b.run);
  check(a, all_a);
  check(b, all_b);
  const std::vector<Pair> pairs = pairs_of(a, all_a, b, all_b);
  if (pairs.empty()) {
    throw Error("compare",
                fmt::format("{} and {} have no function, load and cache state in common",
                            name_of(*a.run), name_of(*b.run)),
                fmt::format("they have: {}; {}", names_of(*a.run), names_of(*b.run)));
  }
  Comparison comparison;
  compare_pairs(*a.run, *b.run, pairs, comparison);
  const bool same_run =
      a.run == b.run || (a.run->info.id == b.run->info.id && a.run->info.seed == b.run->info.seed &&
                         a.run->info.started_at == b.run->info.started_at &&
                         a.run->info.host.name == b.run->info.host.name);
  if (same_run) return comparison;
  note_what_differs(*a.run, *b.run, comparison.notes);
  if (!a.function && !b.function && !a.cache && !b.cache) {
    std::set<std::string> used;
    for (const Pair& pair : pairs) used.insert(pair.a->name);
    note_missing(*a.run, all_a, used, comparison.notes);
    note_missing(*b.run, all_b, used, comparison.notes);
  }
  comparison.notes.emplace_back(kDrift);
  return comparison;
}

Comparison compare_functions(const Run& run, const std::vector<std::string>& functions) {
  if (functions.size() < 2) {
    throw Error("--functions", "one function alone cannot be compared",
                "name two or more of: " + names_of(run));
  }
  for (const std::string& function : functions) expect_function(run, function);
  const std::vector<Series> all = series_of(run);
  Comparison comparison;
  std::vector<Pair> pairs;
  for (std::size_t i = 1; i < functions.size(); ++i) {
    const Operand a{&run, functions.front(), std::nullopt};
    const Operand b{&run, functions[i], std::nullopt};
    for (const Pair& pair : pairs_of(a, all, b, all)) pairs.push_back(pair);
  }
  if (pairs.empty()) {
    throw Error("--functions", "these have no load and cache state in common",
                "see `coldstart report` for what was measured");
  }
  compare_pairs(run, run, pairs, comparison);
  return comparison;
}

}  // namespace coldstart::results
