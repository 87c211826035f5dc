// What it costs to write a report of a long run: the HTML page alone, with its pictures (gnuplot),
// and all of it from the store on the disk, as `coldstart report --html` does it: time, and the
// most memory that it took. Stored starts are those of data/starts.json, which were measured (five
// runtimes), over and over with other lengths; a million of them are 4 GB on the disk, in TMPDIR
// (default /tmp), and take minutes to store: COLDSTART_BENCH_LONG=1 asks for them.
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <vector>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "bench/results/synthetic_start.h"
#include "results/export/json.h"
#include "results/report/causes_table.h"
#include "results/report/html.h"
#include "results/report/plots.h"
#include "results/report/table.h"
#include "results/statistics/digest.h"
#include "results/store/load_run.h"
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

std::string page_of(const Digest& digest) { return html_report(digest, inline_pictures(digest)); }

void html_with_pictures(benchmark::State& state) {
  const Run run = run_of(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = page_of(digest(run)).size();
  state.counters["bytes"] = static_cast<double>(bytes);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(html_with_pictures)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// All times of a start, `factor` times as long.
void stretch(Start& start, double factor) {
  const auto scaled = [factor](std::int64_t& ns) {
    ns = std::llround(static_cast<double>(ns) * factor);
  };
  for (Mark& mark : start.timeline.marks) {
    if (mark.at_ns) scaled(*mark.at_ns);
  }
  for (PhaseCauses& causes : start.account.causes) {
    for (std::int64_t* ns : {&causes.time.cpu_ns, &causes.time.runnable_ns, &causes.time.disk_ns,
                             &causes.time.wait_ns, &causes.cpu_time_ns}) {
      scaled(*ns);
    }
    for (auto& [reason, ns] : causes.time.waits) scaled(ns);
  }
}

/// A store with one run in a folder of its own, removed at the end.
class StoredRun {
 public:
  explicit StoredRun(std::int64_t starts) {
    std::string name = (std::filesystem::temp_directory_path() / "coldstart-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
    folder_ = name;
    const Run measured = import_json_file(COLDSTART_BENCH_STARTS);
    Store store(file(), Store::Mode::kWrite);
    const std::int64_t id = store.begin_run(measured.info, measured.functions);
    std::mt19937_64 random(42);
    std::normal_distribution<double> normal;
    constexpr std::size_t kBatch = 1'000;
    std::vector<Start> batch;
    for (std::int64_t i = 0; i < starts; ++i) {
      const auto functions = static_cast<std::int64_t>(measured.starts.size());
      Start& start = batch.emplace_back(measured.starts[static_cast<std::size_t>(i % functions)]);
      stretch(start, std::exp(0.1 * normal(random)));
      start.trial = static_cast<int>(i / functions) + 1;
      start.order = static_cast<int>(i) + 1;
      start.instance = static_cast<std::uint64_t>(i) + 1;
      if (batch.size() < kBatch && i + 1 < starts) continue;
      store.add_starts(id, batch);
      batch.clear();
    }
    store.finish_run(id, "2026-01-01T00:00:00Z", 0, measured.info.tiers);
  }
  ~StoredRun() { std::filesystem::remove_all(folder_); }
  StoredRun(const StoredRun&) = delete;
  StoredRun& operator=(const StoredRun&) = delete;
  std::filesystem::path file() const { return folder_ / "coldstart.db"; }

 private:
  std::filesystem::path folder_;
};

// What the process holds at most counts from here on (proc(5)).
void forget_peak_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
  std::ofstream("/proc/self/clear_refs") << 5;
}

double peak_memory_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    double kib = 0;
    status >> kib;
    return kib / 1024;
  }
  return 0;
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(10'000)->Arg(100'000);
  if (std::getenv("COLDSTART_BENCH_LONG") != nullptr) benchmark->Arg(1'000'000);
}

void html_from_store(benchmark::State& state) {
  const StoredRun stored(state.range(0));
  std::size_t bytes = 0;
  forget_peak_memory();
  for (auto _ : state) bytes = page_of(load_digest("latest", stored.file())).size();
  state.counters["bytes"] = static_cast<double>(bytes);
  state.counters["peak_MiB"] = peak_memory_mib();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(html_from_store)
    ->Apply(sizes)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

// As `coldstart report` in a terminal.
void table_from_store(benchmark::State& state) {
  const StoredRun stored(state.range(0));
  forget_peak_memory();
  for (auto _ : state) {
    const Digest read = load_digest("latest", stored.file());
    benchmark::DoNotOptimize(comparison_table(read.run, read.summaries, {}));
    benchmark::DoNotOptimize(causes_text(read.causes, {}));
  }
  state.counters["peak_MiB"] = peak_memory_mib();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(table_from_store)
    ->Apply(sizes)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

void html_alone(benchmark::State& state) {
  const Run run = run_of(state.range(0));
  const Digest of_run = digest(run);
  for (auto _ : state) benchmark::DoNotOptimize(html_report(of_run));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(html_alone)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace coldstart::results
