// A load as the record tells it.
#pragma once

#include "harness/suite/load_spec.h"
#include "results/model/invocation.h"

namespace coldstart::harness {

/// Name, pattern, its keys as JSON (durations in seconds, in pattern time) and the time scale; the
/// moments are still to be filled in.
Load describe_load(const LoadSpec& load);

}  // namespace coldstart::harness
