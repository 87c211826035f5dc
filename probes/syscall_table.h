// What the probes must know of system calls, by number on this machine's architecture.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "probes/event.h"

namespace coldstart::probes {

using SyscallTable = std::array<std::uint8_t, CS_SYSCALLS>;

/// number -> enum cs_call_class: the calls that tier `files` tells of.
SyscallTable call_classes();

/// number -> 1 where argument 1 is the descriptor that the call may block on.
SyscallTable calls_on_descriptors();

/// What a thread waits for that blocks in this call: "futex", "poll", "sleep", "child", "socket",
/// "pipe" … `fd_mode` is the st_mode of the file for calls_on_descriptors(), else 0. A negative
/// number is an enum cs_no_call.
std::string wait_of_call(int number, unsigned fd_mode);

}  // namespace coldstart::probes
