#include "harness/platform/listeners.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <netinet/in.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "harness/process/process_tree.h"

namespace coldstart::harness {
namespace {

using Inodes = std::set<std::uint64_t>;

// Loopback, or the unspecified address, which includes it. The kernel prints an address as 32-bit
// words in host order, eight hexadecimal digits each.
bool is_on_loopback(const std::string& digits) {
  std::array<std::uint32_t, 4> words{};
  const std::size_t count = digits.size() / 8;
  if (count != 1 && count != 4) return false;
  for (std::size_t i = 0; i < count; ++i) {
    words[i] = static_cast<std::uint32_t>(std::stoul(digits.substr(i * 8, 8), nullptr, 16));
  }
  const auto is_v4 = [](std::uint32_t word) { return word == 0 || ntohl(word) >> 24 == 127; };
  if (count == 1) return is_v4(words[0]);
  in6_addr address{};
  std::memcpy(&address, words.data(), sizeof(address));
  return IN6_IS_ADDR_UNSPECIFIED(&address) || IN6_IS_ADDR_LOOPBACK(&address) ||
         (IN6_IS_ADDR_V4MAPPED(&address) && is_v4(words[3]));
}

void add_listeners(const char* table, std::uint16_t wanted, Inodes& found) {
  constexpr unsigned kListen = 0x0A;
  std::ifstream file(table);
  std::string line;
  while (std::getline(file, line)) {
    std::array<char, 33> address{};
    unsigned port = 0;
    unsigned state = 0;
    unsigned long long inode = 0;
    // sl local_address:port remote_address:port state queues timers retransmits uid timeout inode
    if (std::sscanf(line.c_str(), " %*d: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x %*s %*s %*s %*d %*d %llu",
                    address.data(), &port, &state, &inode) != 4) {
      continue;
    }
    if (port == wanted && state == kListen && is_on_loopback(address.data())) found.insert(inode);
  }
}

enum class Has : std::uint8_t { kNo, kYes, kUnknown };

// Whether a process has one of these sockets open.
Has has_socket(pid_t pid, const Inodes& inodes) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), &::closedir);
  if (!open) return errno == EACCES || errno == EPERM ? Has::kUnknown : Has::kNo;
  Has result = Has::kNo;
  while (const dirent* entry = ::readdir(open.get())) {
    if (entry->d_name[0] == '.') continue;
    std::array<char, 64> target{};
    const std::string link = folder + "/" + entry->d_name;
    unsigned long long inode = 0;
    if (::readlink(link.c_str(), target.data(), target.size() - 1) < 0) {
      if (errno == EACCES || errno == EPERM) result = Has::kUnknown;
    } else if (std::sscanf(target.data(), "socket:[%llu]", &inode) == 1 && inodes.contains(inode)) {
      return Has::kYes;
    }
  }
  return result;
}

std::string describe(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string command;
  std::getline(file, command);
  return (command.empty() ? "another program" : command) + " (process " + std::to_string(pid) + ")";
}

}  // namespace

std::optional<std::string> foreign_listener(std::uint16_t port, pid_t ancestor) {
  Inodes inodes;
  add_listeners("/proc/net/tcp", port, inodes);
  add_listeners("/proc/net/tcp6", port, inodes);
  if (inodes.empty()) return std::nullopt;
  const std::vector<ProcessInfo> all = list_processes();
  std::set<pid_t> ours;
  for (const ProcessInfo& info : descendants(all, ancestor)) {
    ours.insert(info.pid);
    if (info.state != 'Z' && has_socket(info.pid, inodes) != Has::kNo) return std::nullopt;
  }
  for (const ProcessInfo& info : all) {
    if (ours.contains(info.pid)) continue;
    if (has_socket(info.pid, inodes) == Has::kYes) return describe(info.pid);
  }
  return "another program";
}

std::uint32_t own_network_namespace() {
  struct stat status {};
  if (::stat("/proc/self/ns/net", &status) != 0) return 0;
  return static_cast<std::uint32_t>(status.st_ino);
}

}  // namespace coldstart::harness
