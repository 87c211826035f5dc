// The arrivals of each pattern in pattern time: time_scale and duration are applied by
// make_arrivals().
#pragma once

#include <memory>

#include "harness/load/arrivals.h"
#include "harness/load/random.h"
#include "harness/suite/load_spec.h"

namespace coldstart::harness {

// rate_patterns.cc: given rates. Arrivals are the points of a unit-rate process (unit_process.h),
// mapped through the inverse of the integrated rate, which is exact (no thinning).
std::unique_ptr<Arrivals> arrivals_of(const ConstantPattern& pattern, RandomStream random);
std::unique_ptr<Arrivals> arrivals_of(const StagesPattern& pattern, RandomStream random);
std::unique_ptr<Arrivals> arrivals_of(const OnOffPattern& pattern, RandomStream random);
std::unique_ptr<Arrivals> arrivals_of(const SinePattern& pattern, RandomStream random);

// timed_patterns.cc: given times. Nothing is random.
std::unique_ptr<Arrivals> arrivals_of(const BurstPattern& pattern);
std::unique_ptr<Arrivals> arrivals_of(const CronPattern& pattern);
std::unique_ptr<Arrivals> arrivals_of(const ListPattern& pattern);

// trace_arrivals.cc: those of the trace's function at `position`.
std::unique_ptr<Arrivals> arrivals_of(const TracePattern& pattern, RandomStream random,
                                      std::size_t position, std::size_t count);

}  // namespace coldstart::harness
