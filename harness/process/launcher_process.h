// The launcher's own side, see launcher.h.
#pragma once

#include <cstddef>

#include "probes/fd.h"

namespace coldstart::harness {

inline constexpr std::size_t kLargestMessage = 128 * 1024;
/// Of a message: input, output, errors, and a cgroup for each controller.
inline constexpr std::size_t kMostDescriptors = 6;

enum class Command : int {
  kLaunch = 1,
  kStop,
  kUseMap,
  kOwnDirectory,
  kOwnCgroups,
  kDisownCgroups,
  kHideHybridCgroup
};

/// Serves requests until the other end of the socket is closed, then ends all instances and exits.
[[noreturn]] void run_launcher(Fd socket);

}  // namespace coldstart::harness
