// Who listens on a port of loopback, from /proc: whether the answer can be this function's at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace coldstart::harness {

/// Somebody who listens on this port of loopback and is no descendant of `ancestor`: "nginx
/// (process 123)", or "another program" where we may not see who. Absent if nobody listens, if a
/// descendant does, or if it cannot be told (the descriptors of a descendant may not be read).
std::optional<std::string> foreign_listener(std::uint16_t port, pid_t ancestor);

/// The inode of our own network namespace, as in cs_socket::netns; 0 if it cannot be read.
std::uint32_t own_network_namespace();

}  // namespace coldstart::harness
