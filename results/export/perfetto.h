// Starts of a run in the Chrome trace event format (JSON), which the Perfetto UI opens.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

/// A process of the trace for each start that `choices` name (choose_starts.h; empty: the median
/// start of each series), all aligned at their `due`, its name with " (time ×60)" where the load
/// compressed time, and inside it a thread a kind of thing: the
/// start with its phases and boundaries, the programs that were executed, libraries, imports or
/// modules, and what the kernel accounted. After it, where they were kept (Account::processes), a
/// process for each process of the instance, and inside it a thread a thread, with its states. Of
/// causes (where threads were not kept) and sandbox steps the account knows how long they took and
/// not when: they are laid end to end inside their phase, and their track says so.
/// `ts` is microseconds since `due` with the nanoseconds as fraction. On one track slices either
/// nest or do not touch, as the format demands; what would overlap goes to a second track. Throws
/// Error.
std::string export_perfetto(const Run& run, const std::vector<std::string>& choices);

}  // namespace coldstart::results
