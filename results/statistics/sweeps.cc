#include "results/statistics/sweeps.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace coldstart::results {
namespace {

// Length of the union of the times from due to the answer.
std::int64_t busy_ns(std::vector<std::pair<std::int64_t, std::int64_t>> spans) {
  std::sort(spans.begin(), spans.end());
  std::int64_t sum = 0;
  std::int64_t reached = spans.front().first;
  for (const auto& [begin, end] : spans) {
    if (end <= reached) continue;
    sum += end - std::max(begin, reached);
    reached = end;
  }
  return sum;
}

std::optional<double> starts_per_s(const Run& run, const Summary& of) {
  std::vector<std::pair<std::int64_t, std::int64_t>> spans;
  for (const Start& start : run.starts) {
    const auto latency = latency_ns(start.timeline);
    if (start.outcome == Outcome::kOk && !start.warmup && latency &&
        start.function == of.function && start.load == of.load && start.cache == of.cache) {
      spans.emplace_back(start.due_ns, start.due_ns + *latency);
    }
  }
  if (spans.empty()) return std::nullopt;
  const auto count = static_cast<double>(spans.size());
  const std::int64_t busy = busy_ns(std::move(spans));
  if (busy <= 0) return std::nullopt;
  return count * 1e9 / static_cast<double>(busy);
}

std::optional<Growth> largest_growth(const std::vector<ParallelPoint>& points) {
  if (points.size() < 2) return std::nullopt;
  std::optional<Growth> most;
  for (const PhaseMedian& to : points.back().summary->phases) {
    for (const PhaseMedian& from : points.front().summary->phases) {
      if (from.name != to.name || to.median_ns <= from.median_ns) continue;
      if (most && to.median_ns - from.median_ns <= most->to_ns - most->from_ns) continue;
      most = Growth{to.name, from.median_ns, to.median_ns};
    }
  }
  return most;
}

const Function* function_named(const Run& run, const std::string& name) {
  const auto found = std::find_if(run.functions.begin(), run.functions.end(),
                                  [&](const Function& f) { return f.name == name; });
  return found == run.functions.end() ? nullptr : &*found;
}

std::optional<double> size_of(const Function& function) {
  if (function.sweep_key == "memory" && function.limits.memory_bytes) {
    return static_cast<double>(*function.limits.memory_bytes);
  }
  return function.sweep_key == "cpus" ? function.limits.cpus : std::nullopt;
}

using SweepKey = std::tuple<std::string, std::string, std::string, std::string>;

class SizeSweeps {
 public:
  explicit SizeSweeps(const Run& run) : run_(run) {}

  void add(const Summary& summary) {
    if (SizePoint* point = at(summary.function, summary.load, summary.cache)) {
      point->summary = &summary;
      const auto killed = summary.failed_by.find(Outcome::kOutOfMemory);
      if (killed != summary.failed_by.end()) point->starts_out_of_memory = killed->second;
    }
  }

  // Requests know no cache state: they join the starts of their load, whose is the first.
  void add(const LoadSummary& summary) {
    const std::string& function = run_.functions[summary.function].name;
    const std::string& load = run_.loads[summary.load].name;
    SizePoint* point = nullptr;
    for (SizeSweep& sweep : sweeps_) {
      if (point != nullptr || sweep.load != load) continue;
      for (SizePoint& known : sweep.points) {
        if (known.function == function) point = &known;
      }
    }
    if (point == nullptr) point = at(function, load, "");
    if (point == nullptr) return;
    point->load = &summary;
    point->requests_out_of_memory = summary.failed(Outcome::kOutOfMemory);
  }

  std::vector<SizeSweep> sorted() {
    for (SizeSweep& sweep : sweeps_) {
      std::stable_sort(sweep.points.begin(), sweep.points.end(),
                       [](const SizePoint& a, const SizePoint& b) { return a.size < b.size; });
    }
    return std::move(sweeps_);
  }

 private:
  SizePoint* at(const std::string& name, const std::string& load, const std::string& cache) {
    const Function* function = function_named(run_, name);
    if (function == nullptr || function->sweep_of.empty()) return nullptr;
    const auto size = size_of(*function);
    if (!size) return nullptr;
    const SweepKey key(function->sweep_of, function->sweep_key, load, cache);
    const auto [found, added] = index_.emplace(key, sweeps_.size());
    if (added) {
      SizeSweep& sweep = sweeps_.emplace_back();
      std::tie(sweep.function, sweep.key, sweep.load, sweep.cache) = key;
      for (const Load& of : run_.loads) {
        if (of.name == load) sweep.time_scale = of.time_scale;
      }
    }
    SizeSweep& sweep = sweeps_[found->second];
    return &sweep.points.emplace_back(SizePoint{name, *size, nullptr, nullptr, 0, 0});
  }

  const Run& run_;
  std::vector<SizeSweep> sweeps_;
  std::map<SweepKey, std::size_t> index_;
};

}  // namespace

std::vector<ParallelSweep> parallel_sweeps(const Run& run, const std::vector<Summary>& summaries) {
  std::map<std::string, int> parallel;
  for (const Load& load : run.loads) {
    if (const auto k = parallel_of(load)) parallel.emplace(load.name, *k);
  }
  std::vector<ParallelSweep> sweeps;
  for (const Function& function : run.functions) {
    std::map<std::string, std::vector<ParallelPoint>> by_cache;
    for (const Summary& summary : summaries) {
      const auto k = parallel.find(summary.load);
      if (summary.function != function.name || k == parallel.end()) continue;
      by_cache[summary.cache].push_back({k->second, &summary, starts_per_s(run, summary)});
    }
    for (auto& [cache, points] : by_cache) {
      std::stable_sort(points.begin(), points.end(),
                       [](const auto& a, const auto& b) { return a.k < b.k; });
      ParallelSweep& sweep = sweeps.emplace_back();
      sweep.function = function.name;
      sweep.cache = cache;
      sweep.grew_most = largest_growth(points);
      sweep.points = std::move(points);
    }
  }
  return sweeps;
}

std::vector<Summary> without_parallel(const Run& run, const std::vector<Summary>& summaries) {
  std::vector<Summary> others = summaries;
  for (const Load& load : run.loads) {
    if (!parallel_of(load)) continue;
    std::erase_if(others, [&](const Summary& summary) { return summary.load == load.name; });
  }
  return others;
}

std::vector<SizeSweep> size_sweeps(const Run& run, const std::vector<Summary>& summaries,
                                   const std::vector<LoadSummary>& loads) {
  SizeSweeps sweeps(run);
  for (const Summary& summary : summaries) sweeps.add(summary);
  for (const LoadSummary& summary : loads) sweeps.add(summary);
  return sweeps.sorted();
}

}  // namespace coldstart::results
