// What each process and thread of an instance did, for a trace viewer: from the same events as
// everything else.
#pragma once

#include <cstdint>
#include <vector>

#include "probes/activity.h"
#include "results/model/tracks.h"

namespace coldstart::probes {

/// The processes that lived between `due_ns` and `end_ns` (CLOCK_MONOTONIC nanoseconds), in order
/// of their begin. The events must be in order of time; `activity` must have been made of them,
/// with its changes.
std::vector<ProcessTrack> process_tracks(const std::vector<Event>& events, const Activity& activity,
                                         std::int64_t due_ns, std::int64_t end_ns);

}  // namespace coldstart::probes
