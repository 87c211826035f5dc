// What arrivals and traces cost to make: they must never be what a load waits
// for.
#include <benchmark/benchmark.h>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>
#include <variant>
#include <vector>

#include "harness/load/arrivals.h"
#include "harness/load/trace.h"
#include "harness/suite/load_spec.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

// Arrivals a second, one function.
void arrivals(benchmark::State& state, const Pattern& pattern) {
  LoadSpec load;
  load.pattern = pattern;
  std::uint64_t seed = 0;
  auto coming = make_arrivals(load, seed, 0, 1);
  for (auto _ : state) {
    auto arrival = coming->next();
    benchmark::DoNotOptimize(arrival);
    if (!arrival) coming = make_arrivals(load, ++seed, 0, 1);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(arrivals, constant_even, ConstantPattern{200, Spacing::kEven});
BENCHMARK_CAPTURE(arrivals, constant_poisson, ConstantPattern{200, Spacing::kPoisson});
BENCHMARK_CAPTURE(arrivals, constant_uniform, ConstantPattern{200, Spacing::kUniform});
BENCHMARK_CAPTURE(arrivals, stages, StagesPattern{{{0, 1000, 60s}, {1000, 0, 60s}}});
BENCHMARK_CAPTURE(arrivals, onoff, OnOffPattern{200, 2s, 3s});
BENCHMARK_CAPTURE(arrivals, sine, SinePattern{200, 200, 60s});
BENCHMARK_CAPTURE(arrivals, burst, BurstPattern{{64}, 1s, 1'000'000});
BENCHMARK_CAPTURE(arrivals, cron, CronPattern{"*/5 8-18 * * mon-fri"});

// A file in the format of azure-2019, in the temporary folder while the program
// runs.
class TraceFile {
 public:
  TraceFile(int functions, int minutes)
      : path_(std::filesystem::temp_directory_path() /
              ("coldstart-benchmark-" + std::to_string(::getpid()) + ".csv")) {
    std::ofstream file(path_);
    file << "HashOwner,HashApp,HashFunction,Trigger";
    for (int minute = 1; minute <= minutes; ++minute) file << ',' << minute;
    file << '\n';
    for (int function = 0; function < functions; ++function) {
      file << "owner,app,function-" << function << ",http";
      for (int minute = 0; minute < minutes; ++minute) file << ',' << (minute * function) % 7;
      file << '\n';
    }
  }
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  ~TraceFile() { std::filesystem::remove(path_); }

  TracePattern pattern() const {
    TracePattern pattern;
    pattern.file = path_;
    return pattern;
  }
  auto size() const { return static_cast<std::int64_t>(std::filesystem::file_size(path_)); }

 private:
  std::filesystem::path path_;
};

constexpr int kMinutes = 1440;

void read_trace_of(benchmark::State& state) {
  const TraceFile file(static_cast<int>(state.range(0)), kMinutes);
  for (auto _ : state) benchmark::DoNotOptimize(read_trace(file.pattern()));
  state.SetBytesProcessed(state.iterations() * file.size());
}
BENCHMARK(read_trace_of)->Arg(400)->Arg(4000)->Unit(benchmark::kMillisecond);

// A day of 400 functions, from the first arrival to the last.
void replay_a_day(benchmark::State& state) {
  constexpr std::size_t kFunctions = 400;
  const TraceFile file(kFunctions, kMinutes);
  TracePattern pattern = file.pattern();
  pattern.trace = std::make_shared<const Trace>(read_trace(pattern));
  LoadSpec load;
  load.pattern = pattern;
  std::int64_t total = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < pattern.trace->functions.size(); ++i) {
      const auto coming = make_arrivals(load, 1, i, pattern.trace->functions.size());
      while (coming->next()) ++total;
    }
  }
  state.SetItemsProcessed(total);
}
BENCHMARK(replay_a_day)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace coldstart::harness

BENCHMARK_MAIN();
