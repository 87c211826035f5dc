// Which functions a load drives.
#pragma once

#include <vector>

#include "harness/suite/suite.h"

namespace coldstart::harness {

/// The functions of the suite that the load drives, in the order of the suite; their positions here
/// are those that make_arrivals() takes.
///
/// Of a trace: one for each function of the trace, the busiest first, so that each has instances
/// and a keep-alive of its own, as on a platform with so many deployments. They are copies of the
/// load's functions, dealt out in turn: with cpp and java in the suite the busiest is
/// "cpp:1a2b3c", the second "java:4d5e6f", … (the digits begin the function's hash in the trace, as
/// many as make them differ). sweep_of is the copied function ("cpp"), sweep_key is "trace". The
/// trace is read here, once, and kept in `load`.
///
/// Functions with the name in `load.functions` that are not among `functions` are left out: they
/// were not chosen, or the machine lacks their runtime. Throws Error where a trace cannot be read
/// (file:line: what; remedy).
std::vector<FunctionSpec> driven_functions(LoadSpec& load,
                                           const std::vector<FunctionSpec>& functions);

}  // namespace coldstart::harness
