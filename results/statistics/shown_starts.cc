#include "results/statistics/shown_starts.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace coldstart::results {
namespace {

constexpr std::initializer_list<Place> kPlaces = {
    {"fastest", 0, 2}, {"p5", 0.05, 20}, {"p10", 0.1, 10},  {"p25", 0.25, 4},   {"median", 0.5, 1},
    {"p75", 0.75, 4},  {"p90", 0.9, 10}, {"p95", 0.95, 20}, {"p99", 0.99, 100}, {"slowest", 1, 2}};

}  // namespace

std::vector<ShownStarts> shown_starts(const Run& run, const std::vector<Summary>& summaries) {
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<Key, std::size_t> by_key;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    by_key[{summaries[i].function, summaries[i].load, summaries[i].cache}] = i;
  }
  std::vector<ShownStarts> shown(summaries.size());
  // Latency and index: equal latencies stay in the order of their starts.
  std::vector<std::vector<std::pair<std::int64_t, std::size_t>>> usable(summaries.size());
  for (std::size_t i = 0; i < run.starts.size(); ++i) {
    const Start& start = run.starts[i];
    const auto found = by_key.find({start.function, start.load, start.cache});
    if (found == by_key.end()) continue;
    ShownStarts& of = shown[found->second];
    const auto latency = latency_ns(start.timeline);
    if (start.usable() && latency) {
      usable[found->second].emplace_back(*latency, i);
    } else if (!of.failed && !start.warmup && start.outcome != Outcome::kOk) {
      of.failed = i;
    }
  }
  for (std::size_t i = 0; i < shown.size(); ++i) {
    std::sort(usable[i].begin(), usable[i].end());
    const std::size_t n = usable[i].size();
    shown[i].usable = n;
    for (const Place& place : kPlaces) {
      if (n < place.least) continue;
      auto rank = static_cast<std::size_t>(std::llround(place.q * static_cast<double>(n - 1)));
      // The one that the other parts of the report speak of.
      if (place.is_median() && summaries[i].median_rank) rank = *summaries[i].median_rank - 1;
      shown[i].placed.push_back({place, usable[i][rank].second, rank + 1});
    }
  }
  return shown;
}

}  // namespace coldstart::results
