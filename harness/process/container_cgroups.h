// What a container runtime leaves behind in the cgroup file systems when it is killed half-way.
#pragma once

#include <string>
#include <vector>

namespace coldstart::harness {

/// The group that the engine makes within one of ours, which carries the limits.
inline constexpr const char* kContainerGroup = "container";

/// The cgroups of that name, in every hierarchy: at its root and below the cgroup that we are in,
/// where crun and runc put them; those for a container are within them.
std::vector<std::string> container_cgroups(const std::string& name);

}  // namespace coldstart::harness
