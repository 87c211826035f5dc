// When requests are due: arrival processes, made of the suite's `loads:`.
//
// Everything here is arithmetic: no clock, no process. The same spec, seed and function give the
// same arrivals on every machine. Each function has a random substream of its own, so that no two
// share arrivals (FaaSProfiler reseeds per function: all its Poisson streams are the same).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "harness/suite/load_spec.h"

namespace coldstart::harness {

struct Arrival {
  /// Since the load began, in real time: pattern time divided by time_scale.
  std::chrono::nanoseconds due{0};
  /// How long the function is to work on it, divided by time_scale too, where a trace says so
  /// (azure-2021: what this request took; azure-2019 with `durations`: drawn from those of the
  /// function).
  std::optional<std::chrono::nanoseconds> work;
};

/// Arrivals of one function under one load, in ascending order, made one by one: a trace of a day
/// is never in memory as a whole.
class Arrivals {
 public:
  virtual ~Arrivals() = default;
  /// The next one; absent: there are no more.
  virtual std::optional<Arrival> next() = 0;
};

/// The arrivals of the function at `position` of the `count` functions that the load drives, as
/// driven_functions() (driven_functions.h) lists them. `seed`: of the run, used where the load has
/// none. All of them are before the load's `duration`. Throws Error for `cold` and `closed`, whose
/// requests are due when others have ended, and for a trace that driven_functions() has not read or
/// that has not `count` functions.
std::unique_ptr<Arrivals> make_arrivals(const LoadSpec& load, std::uint64_t seed,
                                        std::size_t position, std::size_t count);

}  // namespace coldstart::harness
