#include "results/statistics/causes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace coldstart::results {
namespace {

/// A figure of a phase: where it comes from, and where its median goes.
struct Figure {
  std::int64_t (*of)(const PhaseCauses&);
  std::int64_t PhaseCauseMedians::*median;
};

const auto kFigures = std::to_array<Figure>({
    {[](const PhaseCauses& c) { return c.time.total_ns(); }, &PhaseCauseMedians::length_ns},
    {[](const PhaseCauses& c) { return c.time.cpu_ns; }, &PhaseCauseMedians::cpu_ns},
    {[](const PhaseCauses& c) { return c.time.runnable_ns; }, &PhaseCauseMedians::runnable_ns},
    {[](const PhaseCauses& c) { return c.time.disk_ns; }, &PhaseCauseMedians::disk_ns},
    {[](const PhaseCauses& c) { return c.time.wait_ns; }, &PhaseCauseMedians::wait_ns},
    {[](const PhaseCauses& c) { return c.cpu_time_ns; }, &PhaseCauseMedians::cpu_time_ns},
    {[](const PhaseCauses& c) { return c.context_switches; }, &PhaseCauseMedians::context_switches},
    {[](const PhaseCauses& c) { return c.minor_faults; }, &PhaseCauseMedians::minor_faults},
    {[](const PhaseCauses& c) { return c.major_faults; }, &PhaseCauseMedians::major_faults},
    {[](const PhaseCauses& c) { return c.read_bytes; }, &PhaseCauseMedians::read_bytes},
});

template <typename Phases>
bool same_phases(const std::vector<PhaseCauses>& causes, const Phases& phases) {
  return std::equal(causes.begin(), causes.end(), phases.begin(), phases.end(),
                    [](const PhaseCauses& a, const auto& b) { return a.phase == b.phase; });
}

}  // namespace

void Samples::add(std::int64_t value) {
  if (value == 0) return;
  if (value > 0 && value <= std::numeric_limits<std::uint32_t>::max()) {
    small_.push_back(static_cast<std::uint32_t>(value));
  } else {
    large_.push_back(value);
  }
}

std::int64_t Samples::median(std::size_t count) const {
  if (count == 0) return 0;
  const std::size_t kept = small_.size() + large_.size();
  const std::size_t zeros = count - std::min(count, kept);
  // More than half are zero (negative ones there are none of, but in damaged data).
  if (large_.empty() && zeros > count / 2) return 0;
  std::vector<std::int64_t> values(zeros, 0);
  values.reserve(count);
  values.insert(values.end(), small_.begin(), small_.end());
  values.insert(values.end(), large_.begin(), large_.end());
  // The same two order statistics that quantile(…, 0.5) averages, without sorting the rest.
  const auto upper = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), upper, values.end());
  if (values.size() % 2 == 1) return *upper;
  const std::int64_t lower = *std::max_element(values.begin(), upper);
  return std::llround(static_cast<double>(lower) +
                      0.5 * (static_cast<double>(*upper) - static_cast<double>(lower)));
}

CausesCollector::OfFunction& CausesCollector::of(const std::string& function,
                                                 const std::string& load,
                                                 const std::string& cache) {
  for (OfFunction& known : all_) {
    if (known.function == function && known.load == load && known.cache == cache) return known;
  }
  return all_.emplace_back(OfFunction{function, load, cache, {}});
}

void CausesCollector::add(const std::string& function, const std::string& load,
                          const std::string& cache, const std::vector<PhaseCauses>& causes) {
  std::vector<OfShape>& shapes = of(function, load, cache).shapes;
  auto shape = std::find_if(shapes.begin(), shapes.end(), [&](const OfShape& known) {
    return same_phases(causes, known.phases);
  });
  if (shape == shapes.end()) {
    shape = shapes.insert(shapes.end(), OfShape{});
    for (const PhaseCauses& phase : causes) {
      shape->phases.push_back({phase.phase, std::vector<Samples>(kFigures.size()), {}});
    }
  }
  ++shape->n;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    OfPhase& phase = shape->phases[i];
    for (std::size_t figure = 0; figure < kFigures.size(); ++figure) {
      phase.figures[figure].add(kFigures[figure].of(causes[i]));
    }
    for (const auto& [reason, ns] : causes[i].time.waits) phase.waits[reason].add(ns);
  }
}

std::vector<CausesSummary> CausesCollector::summaries(const std::vector<Load>& loads) const {
  std::vector<CausesSummary> summaries;
  for (const OfFunction& function : all_) {
    CausesSummary& summary = summaries.emplace_back(
        CausesSummary{function.function, function.load, function.cache, 0, {}});
    for (const Load& load : loads) {
      if (load.name == function.load) summary.time_scale = load.time_scale;
    }
    // Of the starts that have the commonest list of phases (of equals: the longest, then the
    // first by name), so that no nanosecond is counted twice.
    const OfShape& shape = *std::max_element(
        function.shapes.begin(), function.shapes.end(), [](const OfShape& a, const OfShape& b) {
          if (a.n != b.n) return a.n < b.n;
          if (a.phases.size() != b.phases.size()) return a.phases.size() < b.phases.size();
          return std::lexicographical_compare(
              b.phases.begin(), b.phases.end(), a.phases.begin(), a.phases.end(),
              [](const OfPhase& x, const OfPhase& y) { return x.phase < y.phase; });
        });
    summary.n = shape.n;
    for (const OfPhase& phase : shape.phases) {
      PhaseCauseMedians& medians = summary.phases.emplace_back();
      medians.phase = phase.phase;
      for (std::size_t figure = 0; figure < kFigures.size(); ++figure) {
        medians.*kFigures[figure].median = phase.figures[figure].median(shape.n);
      }
      for (const auto& [reason, samples] : phase.waits) {
        if (const std::int64_t ns = samples.median(shape.n); ns > 0) {
          medians.waits.emplace_back(reason, ns);
        }
      }
      std::stable_sort(medians.waits.begin(), medians.waits.end(),
                       [](const auto& a, const auto& b) { return a.second > b.second; });
    }
  }
  return summaries;
}

bool has_usable_causes(const Start& start) {
  return start.usable() && latency_ns(start.timeline) && !start.account.causes.empty();
}

std::vector<CausesSummary> summarize_causes(const Run& run) {
  CausesCollector collector;
  for (const Start& start : run.starts) {
    if (!has_usable_causes(start)) continue;
    collector.add(start.function, start.load, start.cache, start.account.causes);
  }
  return collector.summaries(run.loads);
}

}  // namespace coldstart::results
