// What functions were limited to, for the conditions of a report. Used by notes.cc only.
#pragma once

#include <string>

#include "results/model/record.h"

namespace coldstart::results {

/// "limits: memory 256 MiB, 0.5 CPUs (java, node); memory 64 MiB (cpp)"; empty where no function
/// has any. Copies that stand in for the functions of a trace are named once.
std::string limits_note(const Run& run);

}  // namespace coldstart::results
