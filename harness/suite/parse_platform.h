// The keys `platform:`, `limits:` and `sweep:` of a function or of the defaults.
#pragma once

#include <vector>

#include "harness/suite/problems.h"
#include "harness/suite/suite.h"
#include "harness/suite/yaml_reader.h"

namespace coldstart::harness {

/// Both change what is given and leave the rest as it is, so that a function's keys add to those of
/// the defaults. Missing keys of `mapping` (the defaults or the function) are no problem.
void read_platform(const Mapping& mapping, PlatformSpec& platform, Problems& problems);
void read_limits(const Mapping& mapping, Limits& limits, Problems& problems);

/// What a function with contract exec, whose instances end with their answer, cannot be asked for.
void refuse_long_lived_programs(const Mapping& function, const FunctionSpec& spec,
                                Problems& problems);

/// The function at each size of its key `sweep`, as "name@128MiB"; without that key: itself.
std::vector<FunctionSpec> read_sweep(const Mapping& function, const FunctionSpec& spec,
                                     Problems& problems);

}  // namespace coldstart::harness
