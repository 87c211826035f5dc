#include "harness/process/process_tree.h"

#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <unistd.h>

namespace coldstart::harness {

std::vector<ProcessInfo> list_processes() {
  std::vector<ProcessInfo> list;
  std::unique_ptr<DIR, int (*)(DIR*)> proc(::opendir("/proc"), &::closedir);
  if (!proc) return list;
  while (const dirent* entry = ::readdir(proc.get())) {
    const pid_t pid = std::atoi(entry->d_name);
    if (pid <= 0) continue;
    std::ifstream file("/proc/" + std::string(entry->d_name) + "/stat");
    std::string text;
    if (!std::getline(file, text)) continue;
    // The command name stands in brackets and may itself contain brackets and spaces.
    const std::size_t end = text.rfind(')');
    if (end == std::string::npos) continue;
    ProcessInfo info;
    info.pid = pid;
    int group = 0;
    if (std::sscanf(text.c_str() + end + 1, " %c %d %d %d", &info.state, &info.parent, &group,
                    &info.session) == 4) {
      list.push_back(info);
    }
  }
  return list;
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
