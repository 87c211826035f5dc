#include "harness/process/process_tree.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <unistd.h>

#include "probes/fd.h"

namespace coldstart::harness {

std::optional<ProcessInfo> read_process(pid_t pid) {
  char path[32];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", pid);
  const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  char buffer[512];
  const auto got = ::read(file.get(), buffer, sizeof(buffer) - 1);
  if (got <= 0) return std::nullopt;
  buffer[got] = '\0';
  // The command name stands in brackets and may itself contain brackets and spaces.
  const char* end = std::strrchr(buffer, ')');
  ProcessInfo info;
  info.pid = pid;
  int group = 0;
  if (end == nullptr ||
      std::sscanf(end + 1, " %c %d %d %d", &info.state, &info.parent, &group, &info.session) != 4) {
    return std::nullopt;
  }
  return info;
}

std::vector<ProcessInfo> list_processes() {
  std::vector<ProcessInfo> list;
  std::unique_ptr<DIR, int (*)(DIR*)> proc(::opendir("/proc"), &::closedir);
  if (!proc) return list;
  while (const dirent* entry = ::readdir(proc.get())) {
    const pid_t pid = std::atoi(entry->d_name);
    if (pid <= 0) continue;
    if (const auto info = read_process(pid)) list.push_back(*info);
  }
  return list;
}

std::vector<pid_t> children(pid_t parent) {
  std::vector<pid_t> found;
  const std::string folder = "/proc/" + std::to_string(parent) + "/task";
  std::unique_ptr<DIR, int (*)(DIR*)> threads(::opendir(folder.c_str()), &::closedir);
  if (!threads) return found;
  while (const dirent* entry = ::readdir(threads.get())) {
    if (entry->d_name[0] == '.') continue;
    std::ifstream file(folder + "/" + entry->d_name + "/children");
    if (!file && errno == ENOENT && ::access("/proc/thread-self/children", F_OK) != 0) {
      for (const ProcessInfo& info : list_processes()) {
        if (info.parent == parent) found.push_back(info.pid);
      }
      return found;
    }
    for (pid_t pid = 0; file >> pid;) found.push_back(pid);
  }
  return found;
}

void add_descendants(pid_t ancestor, std::vector<pid_t>& list) {
  for (const pid_t child : children(ancestor)) {
    list.push_back(child);
    add_descendants(child, list);
  }
}

std::vector<ProcessInfo> descendants(const std::vector<ProcessInfo>& processes, pid_t ancestor) {
  std::vector<ProcessInfo> found;
  std::set<pid_t> known = {ancestor};
  // Process ids wrap around, so a child may come before its parent: repeat until nothing is added.
  for (bool grew = true; grew;) {
    grew = false;
    for (const ProcessInfo& info : processes) {
      if (known.contains(info.pid) || !known.contains(info.parent)) continue;
      known.insert(info.pid);
      found.push_back(info);
      grew = true;
    }
  }
  return found;
}

bool has_environment_entry(pid_t pid, const std::string& entry) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return ('\0' + all + '\0').find('\0' + entry + '\0') != std::string::npos;
}

}  // namespace coldstart::harness
