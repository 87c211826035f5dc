// What it costs to decode one record of the ring buffer.
#include <benchmark/benchmark.h>
#include <cstring>

#include "probes/events.h"

namespace coldstart::probes {
namespace {

void decode_fork(benchmark::State& state) {
  cs_event raw{};
  raw.kind = CS_FORK;
  for (auto _ : state) benchmark::DoNotOptimize(decode(&raw, sizeof(raw)));
}
BENCHMARK(decode_fork);

void decode_exec(benchmark::State& state) {
  cs_named_event raw{};
  raw.event.kind = CS_EXEC;
  std::strcpy(raw.name, "/usr/lib/jvm/java-17-openjdk-amd64/bin/java");
  for (auto _ : state) benchmark::DoNotOptimize(decode(&raw, sizeof(raw)));
}
BENCHMARK(decode_exec);

}  // namespace
}  // namespace coldstart::probes
