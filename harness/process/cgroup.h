// Control groups: limits of an instance. Version 1, version 2 and both at once (hybrid), where each
// controller is in one of the two.
//
// Sources: cgroups(7), Documentation/admin-guide/cgroup-v1/ and cgroup-v2.rst of the kernel.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/model/record.h"

namespace coldstart::harness {

enum class Controller : std::uint8_t { kMemory, kCpu, kPids };
std::string_view name(Controller controller);

/// A folder in which groups with a controller can be made.
struct CgroupPlace {
  int version = 0;  ///< 1 or 2
  std::filesystem::path parent;
  /// Below the mount of its hierarchy: where `parent` is in it, "/" for its root.
  std::filesystem::path in_hierarchy;

  bool operator==(const CgroupPlace&) const = default;
};

struct CgroupLayout {
  std::map<Controller, CgroupPlace> places;
  std::map<Controller, std::string> obstacles;  ///< why a controller has no place
};

/// Where groups can be made: below the group that we are in; in version 2, where a group with
/// processes hands out no controllers, below the nearest ancestor that does. From the texts of
/// /proc/self/mountinfo and /proc/self/cgroup; looks into the mounts for what v2 hands out.
CgroupLayout find_cgroups(const std::string& mountinfo, const std::string& own_groups);
CgroupLayout find_cgroups();

/// The same places, but at one path in all hierarchies: container engines take one path for all. At
/// the roots where our own groups lie at different paths.
CgroupLayout at_one_path(const CgroupLayout& layout);

/// The groups of one instance: one a hierarchy that carries a wanted controller.
struct CgroupSet {
  std::vector<std::string> folders;
  /// Of the group with the memory limit; empty: none.
  std::string memory_folder;
  int memory_version = 0;

  bool empty() const { return folders.empty(); }
};
/// What make_cgroups() will make; nothing is touched. Throws Error where a controller has no place.
CgroupSet plan_cgroups(const CgroupLayout& layout, const std::string& name, const Limits& limits);
/// Makes the groups and sets the limits. Throws Error naming controller, reason and remedy; what
/// was made by then is removed again.
void make_cgroups(const CgroupLayout& layout, const CgroupSet& set, const Limits& limits);
/// Makes groups with these limits and removes them again: the Error that a start would meet comes
/// before anything is started. `function`: whose limits they are.
void check_cgroups(const CgroupLayout& layout, const Limits& limits, const std::string& function);

/// Removes empty groups, and empty ones below them. The processes in them must be gone; waits for
/// the kernel to take down the last one. Who must not wait: CgroupRemoval (cgroup_removal.h).
void remove_cgroups(const CgroupSet& set);

struct MemoryUse {
  std::optional<std::int64_t> peak_bytes;
  /// Processes that the kernel killed at the limit, groups below included.
  std::int64_t kills = 0;
  /// How often the limit was hit. (Version 1 counts kills of groups below there and not here.)
  std::int64_t hits = 0;
};
/// Absent: the set has no group for memory.
std::optional<MemoryUse> read_memory_use(const CgroupSet& set);

}  // namespace coldstart::harness
