#include "results/statistics/summary.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "results/statistics/disturbed_starts.h"

namespace coldstart::results {
namespace {

std::int64_t rounded_quantile(std::span<const std::int64_t> sorted, double q) {
  return std::llround(quantile(sorted, q));
}

// Which phases a start has, and which of them are measured as one: equal for equal lists of phases.
std::uint32_t shape_of(const std::vector<PhaseSpan>& spans) {
  std::uint32_t shape = 0;
  for (const PhaseSpan& span : spans) {
    for (Phase phase : span.phases) shape |= 1U << static_cast<unsigned>(phase);
    shape |= 1U << (kPhaseCount + static_cast<unsigned>(span.phases.back()));
  }
  return shape;
}

// The phases of the starts that have the commonest list of them (of equals: the longest).
std::vector<PhaseMedian> phase_medians(const Run& run, const std::vector<std::size_t>& used) {
  /// The starts of one shape: the phases of the first, and the lengths of those of all.
  struct OfShape {
    std::vector<PhaseSpan> spans;
    std::vector<std::vector<std::int64_t>> lengths;  ///< a list a phase
  };
  std::map<std::uint32_t, OfShape> by_shape;
  for (std::size_t i : used) {
    auto spans = phases_of(run.starts[i].timeline);
    OfShape& of = by_shape[shape_of(spans)];
    of.lengths.resize(spans.size());
    for (std::size_t phase = 0; phase < spans.size(); ++phase) {
      of.lengths[phase].push_back(spans[phase].length_ns());
    }
    if (of.spans.empty()) of.spans = std::move(spans);
  }
  const auto starts_of = [](const OfShape& of) {
    return of.lengths.empty() ? std::size_t{0} : of.lengths.front().size();
  };
  const auto commonest =
      std::max_element(by_shape.begin(), by_shape.end(), [&](const auto& a, const auto& b) {
        return std::pair(starts_of(a.second), a.second.spans.size()) <
               std::pair(starts_of(b.second), b.second.spans.size());
      });
  std::vector<PhaseMedian> medians;
  if (commonest == by_shape.end()) return medians;
  OfShape& of = commonest->second;
  for (std::size_t phase = 0; phase < of.spans.size(); ++phase) {
    std::vector<std::int64_t>& lengths = of.lengths[phase];
    std::sort(lengths.begin(), lengths.end());
    const PhaseSpan& span = of.spans[phase];
    medians.push_back({span.phases, span.name(), rounded_quantile(lengths, 0.5), lengths.size()});
  }
  return medians;
}

std::int64_t latency_of(const Run& run, std::size_t index) {
  return latency_ns(run.starts[index].timeline).value_or(0);
}

std::size_t nearest_to(std::int64_t median, const Run& run, const std::vector<std::size_t>& used) {
  return *std::min_element(used.begin(), used.end(), [&](std::size_t a, std::size_t b) {
    const std::int64_t x = latency_of(run, a);
    const std::int64_t y = latency_of(run, b);
    return std::tuple(std::abs(x - median), x, a) < std::tuple(std::abs(y - median), y, b);
  });
}

std::size_t rank_of(std::size_t start, const Run& run, const std::vector<std::size_t>& used) {
  const std::int64_t latency = latency_of(run, start);
  return 1 + static_cast<std::size_t>(std::count_if(used.begin(), used.end(), [&](std::size_t i) {
           return std::pair(latency_of(run, i), i) < std::pair(latency, start);
         }));
}

// `used`: indices of the starts that count.
void fill_statistics(const Run& run, const std::vector<std::size_t>& used, Summary& summary) {
  summary.n = used.size();
  if (used.empty()) return;
  std::vector<std::int64_t> sorted;
  sorted.reserve(used.size());
  for (std::size_t i : used) sorted.push_back(latency_of(run, i));
  std::sort(sorted.begin(), sorted.end());
  summary.min_ns = sorted.front();
  summary.max_ns = sorted.back();
  summary.median_ns = rounded_quantile(sorted, 0.5);
  summary.median_interval = median_interval(sorted, kConfidence);
  if (summary.n >= kMinimumForP90) summary.p90_ns = rounded_quantile(sorted, 0.9);
  if (summary.n >= kMinimumForP99) summary.p99_ns = rounded_quantile(sorted, 0.99);
  summary.phases = phase_medians(run, used);
  summary.median_start = nearest_to(*summary.median_ns, run, used);
  summary.median_rank = rank_of(*summary.median_start, run, used);
}

// A time to the first byte of an answer and one to the end of a program do not compare: ratios stay
// within a contract.
void fill_ratios(const Run& run, std::vector<Summary>& summaries) {
  std::map<std::string, std::string> contracts;
  for (const Function& function : run.functions) contracts[function.name] = function.contract;
  for (Summary& summary : summaries) {
    if (!summary.median_ns) continue;
    std::int64_t fastest = *summary.median_ns;
    for (const Summary& other : summaries) {
      if (other.load == summary.load && other.cache == summary.cache && other.median_ns &&
          contracts[other.function] == contracts[summary.function]) {
        fastest = std::min(fastest, *other.median_ns);
      }
    }
    if (fastest > 0) {
      summary.ratio = static_cast<double>(*summary.median_ns) / static_cast<double>(fastest);
    }
  }
}

// A start counts if it is usable and its timeline has an end.
bool counts(const Start& start) { return start.usable() && latency_ns(start.timeline).has_value(); }

}  // namespace

std::size_t Summary::failed() const {
  std::size_t sum = 0;
  for (const auto& [outcome, count] : failed_by) sum += count;
  return sum;
}

std::vector<Summary> summarize(const Run& run) {
  std::vector<std::pair<std::string, std::string>> settings;  // load, cache
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::size_t>> starts;
  for (std::size_t i = 0; i < run.starts.size(); ++i) {
    const Start& start = run.starts[i];
    std::pair setting(start.load, start.cache);
    if (std::find(settings.begin(), settings.end(), setting) == settings.end()) {
      settings.push_back(std::move(setting));
    }
    starts[{start.load, start.cache, start.function}].push_back(i);
  }

  std::vector<Summary> summaries;
  for (const auto& [load, cache] : settings) {
    for (const Function& function : run.functions) {
      const auto of_function = starts.find({load, cache, function.name});
      if (of_function == starts.end()) continue;
      Summary& summary = summaries.emplace_back();
      summary.function = function.name;
      summary.load = load;
      summary.cache = cache;
      summary.disturbed = is_disturbed(load, function.name);
      for (const Load& of : run.loads) {
        if (of.name == load) summary.time_scale = of.time_scale;
      }
      std::vector<std::size_t> used;
      for (std::size_t i : of_function->second) {
        const Start& start = run.starts[i];
        if (start.warmup) {
          ++summary.warmup;
        } else if (start.outcome != Outcome::kOk) {
          ++summary.failed_by[start.outcome];
        } else if (start.lost_events > 0) {
          ++summary.lost;
        } else if (!start.usable()) {
          ++summary.unproven;
        } else if (counts(start)) {
          used.push_back(i);
        }
      }
      fill_statistics(run, used, summary);
    }
  }
  std::stable_partition(summaries.begin(), summaries.end(),
                        [](const Summary& s) { return !s.disturbed; });
  fill_ratios(run, summaries);
  return summaries;
}

std::vector<std::int64_t> sorted_latencies(const Run& run, const Summary& of) {
  std::vector<std::int64_t> latencies;
  for (const Start& start : run.starts) {
    if (counts(start) && start.function == of.function && start.load == of.load &&
        start.cache == of.cache) {
      latencies.push_back(*latency_ns(start.timeline));
    }
  }
  std::sort(latencies.begin(), latencies.end());
  return latencies;
}

}  // namespace coldstart::results
