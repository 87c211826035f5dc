// What else goes on on this machine, and whether it disturbs a measurement.
#pragma once

#include <optional>
#include <string>

namespace coldstart::harness {

/// Absent: could not be read.
struct Noise {
  std::optional<double> busy_share;   ///< CPU time in use, over a moment in which we only wait
  std::optional<double> steal_share;  ///< CPU time that the hypervisor gave to others, since boot
  std::optional<double> load;         ///< of the last minute
  int cpus = 1;
};

/// Takes a moment (a fifth of a second): the load average alone also remembers our own last run.
Noise read_noise();

/// One sentence about what to end or mind before figures are believed; absent: it is quiet.
std::optional<std::string> what_disturbs(const Noise& noise);

}  // namespace coldstart::harness
