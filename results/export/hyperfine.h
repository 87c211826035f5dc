// A run as hyperfine writes it (--export-json), so that its plot scripts read it.
#pragma once

#include <string>

#include "results/model/record.h"

namespace coldstart::results {

/// A result for each series (series.h) with a usable start; `command` is the name of the series,
/// which is what the scripts print as its label, with " (time ×60)" where its load compressed time;
/// `parameters` is what a sweep varied ("memory_mib", "cpus"), else left out. Seconds. `user` and
/// `system` are null: the CPU time is measured as one, and over all processes of the instance. An
/// exit code is null where the instance was still running when it answered. Starts that do not
/// count are left out.
std::string export_hyperfine(const Run& run);

}  // namespace coldstart::results
