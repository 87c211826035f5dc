// The machine that a run was measured on.
#pragma once

#include <string>

#include "results/model/record.h"

namespace coldstart::harness {

/// What /proc, uname and os-release say. What cannot be read stays empty.
Host describe_host();

/// The wall clock as "2026-01-01T00:00:00Z". For labels only; nothing is measured with it.
std::string utc_now();

}  // namespace coldstart::harness
