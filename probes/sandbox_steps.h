// The phase `sandbox` taken apart: which part of a container runtime's work it is, from its system
// calls (tier `files`) and its threads (tier `cpu`).
#pragma once

#include <cstdint>
#include <vector>

#include "probes/activity.h"
#include "probes/events.h"

namespace coldstart::probes {

/// What [begin, end) consisted of, the longest step first; the steps add up to it. At each moment
/// the step is that of the call, of any process of the instance, that began last:
///   "exec"        the runtime's own execs, from the call to the moment its program is entered
///   "final exec"  of the function's program: the call up to `end`
///   "cgroup"      directories and files of cgroup file systems
///   "namespaces"  clone and clone3 with namespaces, unshare, setns
///   "mounts"      mount and its relatives, pivot_root, directories to mount on
///   "security"    seccomp, capabilities, user and group ids, prctl, keyrings
///   "own code"    none of these
/// The events must be in order of time.
std::vector<SandboxStep> sandbox_steps(const std::vector<Event>& events, const Activity& activity,
                                       std::int64_t begin_ns, std::int64_t end_ns);

}  // namespace coldstart::probes
