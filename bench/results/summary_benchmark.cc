// What it costs to summarise a long run: counts, quantiles, intervals and phases of 100,000 starts.
#include <benchmark/benchmark.h>
#include <cmath>
#include <random>
#include <string>

#include "results/statistics/summary.h"

namespace coldstart::results {
namespace {

Run run_of(int starts) {
  constexpr int kFunctions = 8;
  Run run;
  for (int i = 0; i < kFunctions; ++i) {
    Function& function = run.functions.emplace_back();
    function.name = "function-" + std::to_string(i);
    function.runtime = "native";
    function.contract = "http";
  }
  std::mt19937_64 random(42);
  std::normal_distribution<double> normal;
  for (int i = 0; i < starts; ++i) {
    Start start;
    start.function = run.functions[static_cast<std::size_t>(i % kFunctions)].name;
    std::int64_t at = 0;
    for (std::size_t b = 0; b < kBoundaryCount; ++b) {
      start.timeline.set(static_cast<Boundary>(b), at);
      at += static_cast<std::int64_t>(1e5 * std::exp(0.05 * normal(random)));
    }
    run.starts.push_back(std::move(start));
  }
  return run;
}

void summarize_run(benchmark::State& state) {
  const Run run = run_of(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(summarize(run));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(summarize_run)->Arg(240)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace coldstart::results
