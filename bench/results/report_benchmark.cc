// What it costs to write a report of a long run: the HTML page alone, with its pictures (gnuplot),
// and all of it from the store on the disk, as `coldstart report --html` does it. Starts have the
// accounts of a dynamically linked server: causes, libraries, files. A million of them take 5 GB of
// memory.
#include <benchmark/benchmark.h>
#include <cmath>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <stdlib.h>
#include <string>

#include "bench/results/synthetic_start.h"
#include "results/report/html.h"
#include "results/report/plots.h"
#include "results/store/store.h"

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

std::string page_of(const Run& run) {
  const auto summaries = summarize(run);
  return html_report(run, summaries, inline_pictures(run, summaries));
}

void html_with_pictures(benchmark::State& state) {
  const Run run = run_of(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = page_of(run).size();
  state.counters["bytes"] = static_cast<double>(bytes);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(html_with_pictures)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// A store with one run in a folder of its own, removed at the end.
class StoredRun {
 public:
  explicit StoredRun(std::int64_t starts) {
    std::string name = (std::filesystem::temp_directory_path() / "coldstart-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
    folder_ = name;
    const Run run = run_of(starts);
    Store store(file(), Store::Mode::kWrite);
    const std::int64_t id = store.begin_run(run.info, run.functions);
    store.add_starts(id, run.starts);
    store.finish_run(id, "2026-01-01T00:00:00Z", 0, {});
  }
  ~StoredRun() { std::filesystem::remove_all(folder_); }
  StoredRun(const StoredRun&) = delete;
  StoredRun& operator=(const StoredRun&) = delete;
  std::filesystem::path file() const { return folder_ / "coldstart.db"; }

 private:
  std::filesystem::path folder_;
};

void html_from_store(benchmark::State& state) {
  const StoredRun stored(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = page_of(Store(stored.file(), Store::Mode::kRead).load(1)).size();
  state.counters["bytes"] = static_cast<double>(bytes);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(html_from_store)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond)->UseRealTime();

void html_alone(benchmark::State& state) {
  const Run run = run_of(state.range(0));
  const auto summaries = summarize(run);
  for (auto _ : state) benchmark::DoNotOptimize(html_report(run, summaries));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(html_alone)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace coldstart::results
