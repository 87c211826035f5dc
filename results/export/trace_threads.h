// The processes and threads of a start as processes and tracks of a trace.
#pragma once

#include <string>

#include "results/export/trace_events.h"
#include "results/model/record.h"

namespace coldstart::results {

/// A process of the trace for each process of the instance, with the numbers that they had: a track
/// with the programs that it executed, and one a thread with its states. `of` says which start this
/// is. Nothing where they were not kept.
void put_processes(Trace& trace, const Start& start, const std::string& of);

}  // namespace coldstart::results
