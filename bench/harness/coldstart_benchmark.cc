// The cold starts of a suite as Google Benchmarks: one start an iteration, due to responded as
// manual time. Repetitions, filters and JSON are Google Benchmark's own:
//   coldstart_benchmark --benchmark_filter=java --benchmark_repetitions=3 --benchmark_format=json
// COLDSTART_SUITE names the suite; the default is bench/suites/hello.yaml. Functions follow one
// another here; to compare them, interleaved, use `coldstart run`.
#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <set>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "harness/platform/platform.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

// One cold start to its end, that of its instance included.
Start start_once(Platform& platform, const FunctionSpec& function, StartOptions options) {
  Start result;
  const auto work = [&]() -> boost::asio::awaitable<void> {
    result = co_await platform.cold_start(function, options);
  };
  platform.run_to_end(work());
  return result;
}

/// Why a start cannot be used; empty if it can.
std::string fault(const Start& start) {
  if (start.outcome != Outcome::kOk) {
    return std::string(name(start.outcome)) + ": " + start.message;
  }
  if (start.lost_events > 0) return "probe events were lost; end what else runs here";
  return latency_ns(start.timeline) ? "" : "it answered, but the answer has no time";
}

void cold_starts(benchmark::State& state, Platform& platform, const FunctionSpec& function,
                 std::set<std::string>& rehearsed) {
  if (const auto lacking = missing(function)) {
    state.SkipWithError(lacking->c_str());
    return;
  }
  if (rehearsed.insert(function.name).second) {
    start_once(platform, function, {.rehearsal = true});
  }
  for (auto _ : state) {
    const Start start = start_once(platform, function, {});
    if (const std::string why = fault(start); !why.empty()) {
      state.SkipWithError(why.c_str());
      break;
    }
    state.SetIterationTime(static_cast<double>(*latency_ns(start.timeline)) * 1e-9);
  }
}

int run(int argc, char** argv) {
  Launcher launcher;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const char* wanted = std::getenv("COLDSTART_SUITE");
  const Suite suite = read_suite(wanted != nullptr ? wanted : COLDSTART_DEFAULT_SUITE);
  const auto session = probes::open_session(probes::TierSet::all());
  Platform platform(launcher, *session);
  std::set<std::string> rehearsed;
  for (const FunctionSpec& function : suite.functions) {
    benchmark::RegisterBenchmark(
        (suite.name + "/" + function.name).c_str(),
        [&](benchmark::State& state) { cold_starts(state, platform, function, rehearsed); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace coldstart::harness

int main(int argc, char** argv) {
  try {
    return coldstart::harness::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
