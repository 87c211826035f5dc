// What a container runtime leaves behind in the cgroup file systems when it is killed half-way.
#pragma once

#include <string>

namespace coldstart::harness {

/// The group that the engine makes within one of ours, which carries the limits.
inline constexpr const char* kContainerGroup = "container";

/// Removes the empty cgroups of that name and those for a container within them, in every
/// hierarchy: at its root and below the cgroup that we are in, where crun and runc put them. The
/// processes in them must be gone. Says nothing where there are none, or where one cannot be
/// removed.
void remove_container_cgroups(const std::string& name);

}  // namespace coldstart::harness
