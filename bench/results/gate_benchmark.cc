// What a verdict costs: over samples that are in memory, and over a stored run, from the file on.
// The folder is TMPDIR (default /tmp).
#include <benchmark/benchmark.h>
#include <cmath>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <vector>

#include "bench/results/synthetic_start.h"
#include "results/compare/gate.h"
#include "results/compare/gate_attribution.h"
#include "results/compare/gate_pairs.h"
#include "results/store/store.h"

namespace coldstart::results {
namespace {

constexpr std::int64_t kFunctions = 4;

class Latencies {
 public:
  std::int64_t next(double factor) {
    return static_cast<std::int64_t>(2e6 * factor * std::exp(0.08 * normal_(random_)));
  }

 private:
  std::mt19937_64 random_{42};
  std::normal_distribution<double> normal_;
};

std::string name_of(std::int64_t function) { return "function-" + std::to_string(function); }

void verdict_of_samples(benchmark::State& state) {
  Latencies latencies;
  std::vector<PairSeries> series(kFunctions);
  for (std::int64_t i = 0; i < kFunctions; ++i) series[i].function = name_of(i);
  for (std::int64_t sample = 0; sample < state.range(0); sample += 2) {
    PairSeries& one = series[sample / 2 % kFunctions];
    one.baseline_ns.push_back(latencies.next(1));
    one.candidate_ns.push_back(latencies.next(1.01));
  }
  for (auto _ : state) benchmark::DoNotOptimize(judge(series, {}));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(verdict_of_samples)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Repetitions(5)
    ->ReportAggregatesOnly()
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// A store with one run of pairs, removed at the end.
class StoredPairs {
 public:
  explicit StoredPairs(std::int64_t samples) {
    std::string name = (std::filesystem::temp_directory_path() / "coldstart-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
    folder_ = name;
    std::vector<Function> functions;
    for (std::int64_t i = 0; i < kFunctions; ++i) {
      for (const std::string_view suffix : {kBaselineSuffix, kCandidateSuffix}) {
        functions.emplace_back().name = name_of(i) + std::string(suffix);
      }
    }
    Store store(file(), Store::Mode::kWrite);
    run_ = store.begin_run({}, functions);
    Latencies latencies;
    std::vector<Start> batch;
    for (std::int64_t sample = 0; sample < samples; ++sample) {
      const std::int64_t pair = sample / 2;
      const Function& function = functions[pair % kFunctions * 2 + sample % 2];
      batch.push_back(bench::synthetic_start(function.name, static_cast<int>(pair / kFunctions) + 1,
                                             latencies.next(sample % 2 == 0 ? 1 : 1.01)));
      batch.back().cache = "page-cache";
      batch.back().order = static_cast<int>(sample) + 1;
      if (batch.size() < 10'000 && sample + 1 < samples) continue;
      store.add_starts(run_, batch);
      batch.clear();
    }
  }
  ~StoredPairs() { std::filesystem::remove_all(folder_); }
  StoredPairs(const StoredPairs&) = delete;
  StoredPairs& operator=(const StoredPairs&) = delete;

  std::filesystem::path file() const { return folder_ / "coldstart.db"; }
  std::int64_t run() const { return run_; }

 private:
  std::filesystem::path folder_;
  std::int64_t run_ = 0;
};

void verdict_of_stored_pairs(benchmark::State& state) {
  const StoredPairs stored(state.range(0));
  for (auto _ : state) {
    const Run run = Store(stored.file(), Store::Mode::kRead).load(stored.run());
    const RunPairs pairs = pairs_of(run);
    benchmark::DoNotOptimize(judge(pairs.series, {}));
    benchmark::DoNotOptimize(attribute(pairs.starts));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(verdict_of_stored_pairs)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Repetitions(3)
    ->ReportAggregatesOnly()
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace coldstart::results
