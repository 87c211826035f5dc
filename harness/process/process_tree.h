// Which processes there are, from /proc.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace coldstart::harness {

struct ProcessInfo {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t session = 0;
  char state = '?';  ///< as in proc(5); 'Z' has ended and waits to be reaped
};

/// All processes that can be seen now. Those that vanish while we read are left out.
std::vector<ProcessInfo> list_processes();

/// All descendants of `ancestor` in `processes`, without itself.
std::vector<ProcessInfo> descendants(const std::vector<ProcessInfo>& processes, pid_t ancestor);

/// One process; absent: there is none, or it may not be seen.
std::optional<ProcessInfo> read_process(pid_t pid);

/// The children of a process (of all its threads), ended ones that wait to be reaped among them.
/// Does not look at other processes, where the kernel tells (CONFIG_PROC_CHILDREN).
std::vector<pid_t> children(pid_t parent);

/// Adds the descendants of a process, without itself, to a list.
void add_descendants(pid_t ancestor, std::vector<pid_t>& list);

/// Whether the environment that a process was started with contains this entry ("K=V").
bool has_environment_entry(pid_t pid, const std::string& entry);

}  // namespace coldstart::harness
