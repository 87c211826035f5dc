// Where processes listen, from /proc: for where no probe tells it.
#pragma once

#include <set>
#include <sys/types.h>

namespace coldstart::harness {

/// The TCP ports that the descendants of `ancestor` listen on now. Without those of processes that
/// we may not look into (another user's).
std::set<int> ports_of_descendants(pid_t ancestor);

/// Whether any process listens on this port, in our network namespace.
bool somebody_listens_on(int port);

}  // namespace coldstart::harness
