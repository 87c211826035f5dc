// Why the time of each phase passed: the events of tier `cpu` cut at the boundaries.
#pragma once

#include <vector>

#include "probes/activity.h"
#include "results/model/timeline.h"

namespace coldstart::probes {

/// The causes of each phase of the timeline, in order. `due_ns` is CLOCK_MONOTONIC.
/// Counters of a thread are known at its events only: what rose between two of them is shared out
/// over phases by the time for which the thread was on a CPU in each.
std::vector<PhaseCauses> causes_of(const Activity& activity, const Timeline& timeline,
                                   std::int64_t due_ns);

}  // namespace coldstart::probes
