// Arrivals as the tests look at them: all at once, in seconds, against a distribution.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/load/arrivals.h"
#include "harness/load/trace.h"

namespace coldstart::harness {

inline constexpr std::size_t kMany = 1'000'000;

/// How many functions it drives; patterns other than a trace do not mind.
inline std::size_t driven_by(const LoadSpec& load) {
  const auto* trace = std::get_if<TracePattern>(&load.pattern);
  return trace == nullptr || !trace->trace ? kMany : trace->trace->functions.size();
}

/// Seconds at which the function at `position` is called.
inline std::vector<double> due_times(const LoadSpec& load, std::uint64_t seed = 1,
                                     std::size_t position = 0) {
  std::vector<double> times;
  const auto arrivals = make_arrivals(load, seed, position, driven_by(load));
  while (const auto arrival = arrivals->next()) {
    times.push_back(std::chrono::duration<double>(arrival->due).count());
  }
  return times;
}

inline LoadSpec load_of(Pattern pattern,
                        std::optional<std::chrono::nanoseconds> duration = std::nullopt) {
  LoadSpec load;
  load.name = "load";
  load.pattern = std::move(pattern);
  load.duration = duration;
  return load;
}

/// Differences of neighbours, the first one from 0.
inline std::vector<double> gaps_of(const std::vector<double>& times) {
  std::vector<double> gaps;
  double before = 0;
  for (const double time : times) {
    gaps.push_back(time - before);
    before = time;
  }
  return gaps;
}

/// The Kolmogorov-Smirnov distance from a distribution, times the square root of the number.
inline double ks_statistic(std::vector<double> values, const std::function<double(double)>& cdf) {
  std::ranges::sort(values);
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = cdf(values[i]);
    distance = std::max({distance, (static_cast<double>(i) + 1) / n - expected,
                         expected - static_cast<double>(i) / n});
  }
  return distance * std::sqrt(n);
}
/// It is above this once in a thousand samples of that distribution (Kolmogorov's limit). The seeds
/// are fixed, so a test either always passes or never does.
inline constexpr double kKsCritical = 1.95;

inline double exponential_cdf(double x) { return 1 - std::exp(-x); }
inline double uniform_cdf(double x) { return std::clamp(x, 0.0, 1.0); }

/// How many times fall into each of `bins` equal parts of [0, end).
inline std::vector<int> counts_in(const std::vector<double>& times, double end, std::size_t bins) {
  std::vector<int> counts(bins);
  for (const double time : times) {
    ++counts.at(static_cast<std::size_t>(time / end * static_cast<double>(bins)));
  }
  return counts;
}

/// Pearson's statistic against equal expectations; chi-squared with one degree less than bins.
inline double chi_square(const std::vector<int>& counts) {
  double total = 0;
  for (const int count : counts) total += count;
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

}  // namespace coldstart::harness
