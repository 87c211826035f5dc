#include "harness/process/listening_sockets.h"

#include <cstdio>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>

#include "harness/process/process_tree.h"

namespace coldstart::harness {
namespace {

std::string folder_of(pid_t pid) { return "/proc/" + std::to_string(pid); }

// The inodes of the sockets that a process holds.
std::set<unsigned long> socket_inodes(pid_t pid) {
  std::set<unsigned long> inodes;
  const std::string folder = folder_of(pid) + "/fd";
  std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), &::closedir);
  if (!entries) return inodes;
  while (const dirent* entry = ::readdir(entries.get())) {
    char target[64] = {};
    const std::string link = folder + "/" + entry->d_name;
    unsigned long inode = 0;
    if (::readlink(link.c_str(), target, sizeof target - 1) > 0 &&
        std::sscanf(target, "socket:[%lu]", &inode) == 1) {
      inodes.insert(inode);
    }
  }
  return inodes;
}

// Calls `visit` with port and inode of every socket that listens, in a table as in proc_pid_net(5).
template <typename Visit>
void for_each_listener(const std::string& table, Visit visit) {
  constexpr unsigned kListen = 0x0A;
  std::ifstream stream(table);
  for (std::string line; std::getline(stream, line);) {
    unsigned port = 0;
    unsigned state = 0;
    unsigned long inode = 0;
    // sl local:port remote:port state tx:rx tr:when retransmits uid timeout inode
    if (std::sscanf(line.c_str(), " %*u: %*[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %*s %*s %lu", &port,
                    &state, &inode) == 3 &&
        state == kListen) {
      visit(static_cast<int>(port), inode);
    }
  }
}

constexpr const char* kTables[] = {"/net/tcp", "/net/tcp6"};

}  // namespace

std::set<int> ports_of_descendants(pid_t ancestor) {
  std::set<int> ports;
  for (const ProcessInfo& process : descendants(list_processes(), ancestor)) {
    const auto inodes = socket_inodes(process.pid);
    if (inodes.empty()) continue;
    // The table of the network namespace that the process lives in.
    for (const char* table : kTables) {
      for_each_listener(folder_of(process.pid) + table, [&](int port, unsigned long inode) {
        if (inodes.contains(inode)) ports.insert(port);
      });
    }
  }
  return ports;
}

bool somebody_listens_on(int port) {
  bool found = false;
  for (const char* table : kTables) {
    for_each_listener(std::string("/proc/self") + table,
                      [&](int other, unsigned long) { found = found || other == port; });
  }
  return found;
}

}  // namespace coldstart::harness
