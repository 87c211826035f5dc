#include "harness/process/container_cgroups.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

// The cgroups that we are in, each relative to the root of its hierarchy: "/", "/system.slice/x".
// Lines are "number:controllers:path", see cgroups(7).
std::set<std::string> own_cgroups() {
  std::set<std::string> paths{"/"};
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second != std::string::npos) paths.insert(line.substr(second + 1));
  }
  return paths;
}

}  // namespace

std::vector<std::string> container_cgroups(const std::string& name) {
  std::vector<std::string> groups;
  if (name.empty()) return groups;  // our own ones
  const fs::path root("/sys/fs/cgroup");
  std::error_code error;
  std::set<fs::path> hierarchies{root};
  for (const auto& entry : fs::directory_iterator(root, error)) {
    if (entry.is_directory(error) && !entry.is_symlink(error)) hierarchies.insert(entry.path());
  }
  const std::set<std::string> own = own_cgroups();
  for (const fs::path& hierarchy : hierarchies) {
    for (const std::string& path : own) {
      const fs::path group = hierarchy / fs::path(path).relative_path() / name;
      if (fs::is_directory(group, error)) groups.push_back(group.string());
    }
  }
  return groups;
}

}  // namespace coldstart::harness
