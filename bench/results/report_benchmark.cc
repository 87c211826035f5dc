// What it costs to write a report of a long run: the HTML page alone, its pictures (gnuplot), and
// both. Starts have the accounts of a dynamically linked server: causes, libraries, files.
#include <benchmark/benchmark.h>
#include <cmath>
#include <random>
#include <string>

#include "bench/results/synthetic_start.h"
#include "results/report/html.h"
#include "results/report/plots.h"

namespace coldstart::results {
namespace {

Account account_of(const Start& start) {
  Account account;
  for (const PhaseSpan& span : phases_of(start.timeline)) {
    PhaseCauses causes;
    causes.phase = span.name();
    causes.time.cpu_ns = span.length_ns() / 2;
    causes.time.wait_ns = span.length_ns() - causes.time.cpu_ns;
    causes.time.waits["futex"] = causes.time.wait_ns;
    account.causes.push_back(causes);
  }
  account.libraries.emplace();
  for (int i = 0; i < 12; ++i) {
    account.libraries->push_back({"/lib/x86_64-linux-gnu/libnumber" + std::to_string(i) + ".so.1",
                                  1'000'000, 100'000 * i, 100'000 * i + 40'000, 1'000'000, true});
  }
  account.files = FilesRead{20, 100'000, 300'000, {{"/etc/ld.so.cache", 3, 50'000, 100'000}}};
  return account;
}

Run run_of(std::int64_t starts) {
  constexpr int kFunctions = 8;
  Run run;
  for (int i = 0; i < kFunctions; ++i) {
    Function function;
    function.name = "function-" + std::to_string(i);
    function.contract = "http";
    run.functions.push_back(function);
  }
  std::mt19937_64 random(42);
  std::normal_distribution<double> normal;
  for (std::int64_t i = 0; i < starts; ++i) {
    const auto index = static_cast<std::size_t>(i % kFunctions);
    const double typical = 2e6 * std::pow(2.0, static_cast<double>(index));
    Start start =
        bench::synthetic_start(run.functions[index].name, static_cast<int>(i / kFunctions) + 1,
                               static_cast<std::int64_t>(typical * std::exp(0.1 * normal(random))));
    start.order = static_cast<int>(i) + 1;
    start.account = account_of(start);
    run.starts.push_back(std::move(start));
  }
  return run;
}

void html_with_pictures(benchmark::State& state) {
  const Run run = run_of(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto summaries = summarize(run);
    bytes = html_report(run, summaries, inline_pictures(run, summaries)).size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(html_with_pictures)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void html_alone(benchmark::State& state) {
  const Run run = run_of(state.range(0));
  const auto summaries = summarize(run);
  for (auto _ : state) benchmark::DoNotOptimize(html_report(run, summaries));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(html_alone)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace coldstart::results
