#include "results/compare/gate_evidence.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "results/report/cells.h"
#include "results/statistics/harrell_davis.h"

namespace coldstart::results {
namespace {

// One standard error to each side of a normal distribution: its interval of 68.3 %.
constexpr double kOneSigma = 0.158655;

// A median needs few pairs to have a value; a tail needs some in the tail.
constexpr std::size_t kPairsForEstimate = 2;
constexpr std::size_t kPairsForP90 = 20;

double quantile_of(Metric metric) {
  return metric == Metric::kMedian ? 0.5 : metric == Metric::kP90 ? 0.9 : 0.99;
}

std::vector<double> logs(const std::vector<std::int64_t>& values) {
  std::vector<double> result;
  result.reserve(values.size());
  for (const std::int64_t value : values) {
    result.push_back(std::log(static_cast<double>(std::max<std::int64_t>(value, 1))));
  }
  return result;
}

double estimate_of(std::vector<double> values, const HarrellDavis& weights) {
  std::sort(values.begin(), values.end());
  return std::exp(weights(values));
}

// FNV-1a: each series has a stream of its own, the same on every machine.
std::uint64_t stream_of(const PairSeries& series, Metric metric, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  const auto mix = [&hash](unsigned char byte) { hash = (hash ^ byte) * 1099511628211ULL; };
  for (const char c : series.function) mix(static_cast<unsigned char>(c));
  mix(0);
  for (const char c : series.cache) mix(static_cast<unsigned char>(c));
  mix(static_cast<unsigned char>(metric));
  return hash;
}

}  // namespace

std::size_t fewest_pairs(Metric metric) {
  return metric == Metric::kMedian ? kPairsForEstimate
         : metric == Metric::kP90  ? kPairsForP90
                                   : 100;
}

double Evidence::p_greater(double shift) const {
  return ranks ? ranks->p_greater(shift) : quantiles->p_greater(shift);
}
double Evidence::p_less(double shift) const {
  return ranks ? ranks->p_less(shift) : quantiles->p_less(shift);
}
std::optional<double> Evidence::lower_bound(double alpha) const {
  if (alpha <= 0) return std::nullopt;
  return ranks ? ranks->lower_bound(alpha) : std::optional(quantiles->lower_bound(alpha));
}
std::optional<double> Evidence::upper_bound(double alpha) const {
  if (alpha <= 0) return std::nullopt;
  return ranks ? ranks->upper_bound(alpha) : std::optional(quantiles->upper_bound(alpha));
}

Evidence evidence_of(const PairSeries& series, Metric metric, std::uint64_t seed) {
  Evidence evidence;
  evidence.told.metric = metric;
  const std::size_t n = series.pairs();
  if (n < fewest_pairs(metric)) {
    evidence.told.reason = "needs " +
                           format_count(static_cast<std::int64_t>(fewest_pairs(metric))) +
                           " pairs, has " + format_count(static_cast<std::int64_t>(n));
    evidence.may_gate = false;
    return evidence;
  }
  const std::vector<double> base = logs(series.baseline_ns);
  const std::vector<double> changed = logs(series.candidate_ns);
  if (metric == Metric::kMedian) {
    std::vector<double> ratios(n);
    for (std::size_t i = 0; i < n; ++i) ratios[i] = changed[i] - base[i];
    evidence.ranks.emplace(std::move(ratios));
    const auto low = evidence.lower_bound(kOneSigma);
    const auto high = evidence.upper_bound(kOneSigma);
    evidence.error = low && high ? (*high - *low) / 2 : 0;
    evidence.centre = evidence.ranks->estimate();
  } else {
    evidence.quantiles.emplace(base, changed, quantile_of(metric), stream_of(series, metric, seed));
    evidence.error = evidence.quantiles->standard_error();
    evidence.centre = evidence.quantiles->estimate();
  }
  const HarrellDavis weights(n, quantile_of(metric));
  evidence.told.baseline_ns = estimate_of(base, weights);
  evidence.told.candidate_ns = estimate_of(changed, weights);
  evidence.told.change = std::expm1(evidence.centre);
  if (metric == Metric::kP99 && n < kPairsForP99) {
    evidence.may_gate = false;
    evidence.told.reason = "p99 gates from " +
                           format_count(static_cast<std::int64_t>(kPairsForP99)) +
                           " pairs on, these are " + format_count(static_cast<std::int64_t>(n));
  }
  return evidence;
}

}  // namespace coldstart::results
