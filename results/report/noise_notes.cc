#include "results/report/noise_notes.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>
#include <utility>

#include "results/report/cells.h"
#include "results/report/text.h"
#include "results/statistics/quantile.h"

namespace coldstart::results {
namespace {

constexpr std::size_t kEnoughForDrift = 12;  // six in each half: an interval needs as many
constexpr double kDrift = 1.05;
constexpr double kSpread = 1.5;

using Key = std::tuple<std::string, std::string, std::string>;

// Usable latencies in the order in which they were measured.
std::map<Key, std::vector<std::pair<int, std::int64_t>>> in_order(const Run& run) {
  std::map<Key, std::vector<std::pair<int, std::int64_t>>> all;
  for (const Start& start : run.starts) {
    const auto latency = latency_ns(start.timeline);
    if (!start.usable() || !latency) continue;
    all[{start.function, start.load, start.cache}].emplace_back(start.order, *latency);
  }
  for (auto& [key, samples] : all) std::stable_sort(samples.begin(), samples.end());
  return all;
}

std::vector<std::int64_t> sorted_part(const std::vector<std::pair<int, std::int64_t>>& samples,
                                      std::size_t begin, std::size_t end) {
  std::vector<std::int64_t> part;
  for (std::size_t i = begin; i < end; ++i) part.push_back(samples[i].second);
  std::sort(part.begin(), part.end());
  return part;
}

std::string drift_of(const std::vector<std::pair<int, std::int64_t>>& samples) {
  if (samples.size() < kEnoughForDrift) return "";
  const std::size_t half = samples.size() / 2;
  const auto first = sorted_part(samples, 0, half);
  const auto second = sorted_part(samples, samples.size() - half, samples.size());
  const auto early = median_interval(first, kConfidence);
  const auto late = median_interval(second, kConfidence);
  const double ratio = quantile(second, 0.5) / std::max(quantile(first, 0.5), 1.0);
  if (!early || !late || (early->low <= late->high && late->low <= early->high)) return "";
  if (ratio >= kDrift) {
    return fmt::format("the second half of the starts took {:.0f} % longer than the first",
                       100 * (ratio - 1));
  }
  if (ratio <= 1 / kDrift) {
    return fmt::format("the first half of the starts took {:.0f} % longer than the second",
                       100 * (1 / ratio - 1));
  }
  return "";
}

}  // namespace

std::vector<std::string> noise_notes(const Run& run, const std::vector<Summary>& summaries) {
  const auto samples = in_order(run);
  std::vector<std::string> notes;
  for (const Summary& s : summaries) {
    const std::string whose = printable(
        fmt::format("noise: {} ({}, {})", s.function, load_title(s.load, s.function), s.cache));
    const auto found = samples.find({s.function, s.load, s.cache});
    if (found != samples.end()) {
      const std::string drift = drift_of(found->second);
      if (!drift.empty()) notes.push_back(whose + ": " + drift);
    }
    if (s.n >= kEnoughForDrift && s.p90_ns && s.median_ns && *s.median_ns > 0) {
      const double spread = static_cast<double>(*s.p90_ns) / static_cast<double>(*s.median_ns);
      if (spread > kSpread) {
        notes.push_back(
            fmt::format("{}: the slowest tenth took more than {:.1f} × the median", whose, spread));
      }
    }
  }
  return notes;
}

}  // namespace coldstart::results
