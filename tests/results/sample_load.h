// Runs under load to test with: deterministic, made by a small simulation of a platform.
#pragma once

#include <cstdint>
#include <string>

#include "results/model/record.h"

namespace coldstart::results::testing {

/// How simulate_load() drives one function.
struct SimulatedLoad {
  Load load;
  double rate = 100;  ///< requests a second, Poisson
  std::int64_t length_ns = 3'000'000'000;
  std::int64_t cold_ns = 3'000'000;  ///< median time to start an instance
  std::int64_t warm_ns = 400'000;    ///< median time to answer
  std::int64_t keep_alive_ns = 500'000'000;
  int max_instances = 8;
  std::int64_t patience_ns = 50'000'000;  ///< a request that would wait longer is dropped
};

/// Adds the load to the run where it is not there yet, and requests of one function, their
/// instances and the starts of these. Every 200th request times out.
void simulate_load(Run& run, const SimulatedLoad& how, std::uint32_t function, std::uint64_t seed);

/// Two functions, cpp and java, under `steady` (constant) and under `spikes` (stages, with a
/// time_scale of 60), the second with drops.
Run loaded_run();

/// Starts of cpp and java at 1, 2, 4 and 8 at once: loads parallel-1 … parallel-8 of pattern
/// `parallel`. The phase `runtime` of java grows with k.
Run parallel_run(int waves = 8);

/// java at three sizes of memory, cold: the smallest is killed each third time.
Run memory_sweep_run(int starts = 30);

/// A load, a request and an instance in which no two values are alike, and every optional one is
/// there.
Load full_load(const std::string& name);
Invocation full_invocation();
InstanceLife full_instance();

}  // namespace coldstart::results::testing
