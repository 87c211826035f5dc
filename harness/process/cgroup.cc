#include "harness/process/cgroup.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/process/cgroup_removal.h"
#include "probes/fd.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

constexpr Controller kControllers[] = {Controller::kMemory, Controller::kCpu, Controller::kPids};
constexpr std::int64_t kPeriodUs = 100'000;  // the kernel's default, and that of the engines
constexpr std::int64_t kLeastQuotaUs = 1'000;

// What cannot be read has no text.
std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool has_word(const std::string& text, std::string_view word, char separator) {
  std::istringstream words(text);
  for (std::string each; std::getline(words, each, separator);) {
    while (!each.empty() && each.back() == '\n') each.pop_back();
    if (each == word) return true;
  }
  return false;
}

// "a b c" as in cgroup.controllers.
bool lists(const fs::path& file, Controller controller) {
  return has_word(text_of(file), name(controller), ' ');
}

struct Mount {
  fs::path root;  // of the mount, within its hierarchy
  fs::path point;
  int version = 0;
  std::string options;  // of the super block: version 1 names its controllers there
};

// Octal escapes as in proc_pid_mountinfo(5).
std::string unescape(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// Lines are "id parent device root point options optional… - type source super-options".
std::vector<Mount> cgroup_mounts(const std::string& mountinfo) {
  std::vector<Mount> mounts;
  std::istringstream lines(mountinfo);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, parent, device, root, point, word, type, source, options;
    words >> id >> parent >> device >> root >> point;
    while (words >> word && word != "-") {
    }
    if (!(words >> type >> source >> options)) continue;
    if (type != "cgroup" && type != "cgroup2") continue;
    mounts.push_back({unescape(root), unescape(point), type == "cgroup2" ? 2 : 1, options});
  }
  return mounts;
}

// The group that we are in, as /proc/self/cgroup tells it: "number:controllers:path".
std::optional<std::string> own_group(const std::string& own_groups, int version,
                                     Controller controller) {
  std::istringstream lines(own_groups);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool is_it = version == 2 ? controllers.empty() && line.starts_with("0:")
                                    : has_word(controllers, name(controller), ',');
    if (is_it) return line.substr(second + 1);
  }
  return std::nullopt;
}

// The folder of a group in a mount, which may show a part of its hierarchy only; its root where the
// group is outside of that.
fs::path in_mount(const Mount& mount, const std::string& group) {
  const fs::path relative = fs::path(group).lexically_relative(mount.root);
  const bool outside = relative.empty() || *relative.begin() == "..";
  const fs::path folder = outside || relative == "." ? mount.point : mount.point / relative;
  std::error_code error;
  return fs::is_directory(folder, error) ? folder : mount.point;
}

bool enable_below(const fs::path& folder, Controller controller) {
  if (lists(folder / "cgroup.subtree_control", controller)) return true;
  const Fd file(::open((folder / "cgroup.subtree_control").c_str(), O_WRONLY | O_CLOEXEC));
  const std::string word = "+" + std::string(name(controller));
  return file && ::write(file.get(), word.data(), word.size()) > 0;
}

// Version 2: the root, which alone may both have processes and hand out controllers. Every other
// group of ours has processes (us): of cpu and pids it would let go all the same, but to groups
// that take threads only. So the nearest ancestor that hands it out already.
std::optional<fs::path> handing_out(const Mount& mount, const fs::path& own,
                                    Controller controller) {
  if (!lists(mount.point / "cgroup.controllers", controller)) return std::nullopt;
  const bool is_root = !fs::exists(own / "cgroup.type");
  if (is_root && lists(own / "cgroup.controllers", controller) && enable_below(own, controller)) {
    return own;
  }
  for (fs::path folder = own; folder != mount.point && folder.has_relative_path();) {
    folder = folder.parent_path();
    if (lists(folder / "cgroup.subtree_control", controller)) return folder;
  }
  return std::nullopt;
}

fs::path below(const fs::path& mount_point, const fs::path& folder) {
  const fs::path relative = folder.lexically_relative(mount_point);
  return relative == "." ? fs::path("/") : fs::path("/") / relative;
}

// Empty, or what the kernel said.
std::string write_value(const fs::path& file, const std::string& value) {
  const Fd open(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!open) return file.filename().string() + ": " + std::strerror(errno);
  if (::write(open.get(), value.data(), value.size()) < 0) {
    return file.filename().string() + " = " + value + ": " + std::strerror(errno);
  }
  return {};
}

std::string quota_text(double cpus) {
  return std::to_string(
      std::max<std::int64_t>(std::llround(cpus * static_cast<double>(kPeriodUs)), kLeastQuotaUs));
}

std::string set_limit(const CgroupPlace& place, const fs::path& folder, Controller controller,
                      const Limits& limits) {
  const bool v2 = place.version == 2;
  switch (controller) {
    case Controller::kMemory: {
      const std::string bytes = std::to_string(*limits.memory_bytes);
      std::string problem =
          write_value(folder / (v2 ? "memory.max" : "memory.limit_in_bytes"), bytes);
      // Swap would hide the limit; without swap accounting the files are not there.
      if (v2 && fs::exists(folder / "memory.swap.max")) {
        write_value(folder / "memory.swap.max", "0");
      } else if (!v2 && fs::exists(folder / "memory.memsw.limit_in_bytes")) {
        write_value(folder / "memory.memsw.limit_in_bytes", bytes);
      }
      return problem;
    }
    case Controller::kCpu: {
      const std::string quota = quota_text(*limits.cpus);
      const std::string period = std::to_string(kPeriodUs);
      if (v2) return write_value(folder / "cpu.max", quota + " " + period);
      const std::string problem = write_value(folder / "cpu.cfs_period_us", period);
      return problem.empty() ? write_value(folder / "cpu.cfs_quota_us", quota) : problem;
    }
    case Controller::kPids:
      return write_value(folder / "pids.max", std::to_string(*limits.pids));
  }
  return {};
}

bool wanted(const Limits& limits, Controller controller) {
  switch (controller) {
    case Controller::kMemory:
      return limits.memory_bytes.has_value();
    case Controller::kCpu:
      return limits.cpus.has_value();
    case Controller::kPids:
      return limits.pids.has_value();
  }
  return false;
}

std::string key_of(Controller controller) {
  return controller == Controller::kCpu ? "cpus" : std::string(name(controller));
}

Error cannot(Controller controller, const std::string& why) {
  return {"limits: " + key_of(controller),
          "the controller '" + std::string(name(controller)) + "' cannot be used here: " + why,
          "run as root where cgroups can be written (in a container: with a writable "
          "/sys/fs/cgroup; under systemd: systemd-run --scope -p Delegate=yes), or leave the limit "
          "out"};
}

std::optional<std::int64_t> number_in(const fs::path& file) {
  std::int64_t value = 0;
  return std::ifstream(file) >> value ? std::optional(value) : std::nullopt;
}

// The value behind a word in a file of "word value" lines.
std::int64_t value_of(const fs::path& file, std::string_view word) {
  std::ifstream lines(file);
  std::string key;
  for (std::int64_t value = 0; lines >> key >> value;) {
    if (key == word) return value;
  }
  return 0;
}

std::int64_t kills_in(const fs::path& folder, int version) {
  std::int64_t kills = version == 2 ? value_of(folder / "memory.events", "oom_kill")
                                    : value_of(folder / "memory.oom_control", "oom_kill");
  if (version == 2) return kills;  // it counts those of groups below, too
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error)) kills += kills_in(entry.path(), version);
  }
  return kills;
}

}  // namespace

std::string_view name(Controller controller) {
  switch (controller) {
    case Controller::kMemory:
      return "memory";
    case Controller::kCpu:
      return "cpu";
    case Controller::kPids:
      return "pids";
  }
  return {};
}

CgroupLayout find_cgroups(const std::string& mountinfo, const std::string& own_groups) {
  CgroupLayout layout;
  const std::vector<Mount> mounts = cgroup_mounts(mountinfo);
  for (const Controller controller : kControllers) {
    std::string obstacle = "no cgroup hierarchy carries it";
    for (const Mount& mount : mounts) {
      if (mount.version == 1 && !has_word(mount.options, name(controller), ',')) continue;
      const auto group = own_group(own_groups, mount.version, controller);
      if (!group) continue;
      const fs::path own = in_mount(mount, *group);
      if (mount.version == 1) {
        layout.places[controller] = {1, own, below(mount.point, own)};
        break;
      }
      if (const auto folder = handing_out(mount, own, controller)) {
        layout.places[controller] = {2, *folder, below(mount.point, *folder)};
        break;
      }
      if (lists(mount.point / "cgroup.controllers", controller)) {
        obstacle = "no cgroup above " + own.string() + " hands it to its children, and this one " +
                   "cannot while it has processes";
      }
    }
    if (!layout.places.contains(controller)) layout.obstacles[controller] = obstacle;
  }
  return layout;
}

CgroupLayout find_cgroups() {
  return find_cgroups(text_of("/proc/self/mountinfo"), text_of("/proc/self/cgroup"));
}

CgroupLayout at_one_path(const CgroupLayout& layout) {
  const auto& places = layout.places;
  const bool same = std::all_of(places.begin(), places.end(), [&places](const auto& entry) {
    return entry.second.in_hierarchy == places.begin()->second.in_hierarchy;
  });
  if (same) return layout;
  CgroupLayout roots = layout;
  for (auto& [controller, place] : roots.places) {
    for (const fs::path& part : place.in_hierarchy.relative_path()) {
      if (!part.empty()) place.parent = place.parent.parent_path();
    }
    place.in_hierarchy = "/";
  }
  return roots;
}

CgroupSet plan_cgroups(const CgroupLayout& layout, const std::string& name, const Limits& limits) {
  CgroupSet set;
  for (const Controller controller : kControllers) {
    if (!wanted(limits, controller)) continue;
    const auto place = layout.places.find(controller);
    if (place == layout.places.end()) throw cannot(controller, layout.obstacles.at(controller));
    const std::string folder = (place->second.parent / name).string();
    if (std::find(set.folders.begin(), set.folders.end(), folder) == set.folders.end()) {
      set.folders.push_back(folder);
    }
    if (controller == Controller::kMemory) {
      set.memory_folder = folder;
      set.memory_version = place->second.version;
    }
  }
  return set;
}

void make_cgroups(const CgroupLayout& layout, const CgroupSet& set, const Limits& limits) {
  for (const Controller controller : kControllers) {
    if (!wanted(limits, controller)) continue;
    const CgroupPlace& place = layout.places.at(controller);
    const auto folder = std::find_if(
        set.folders.begin(), set.folders.end(),
        [&place](const std::string& path) { return fs::path(path).parent_path() == place.parent; });
    std::string problem;
    if (::mkdir(folder->c_str(), 0755) != 0 && errno != EEXIST) {
      problem = *folder + ": " + std::strerror(errno);
    } else if (text_of(fs::path(*folder) / "cgroup.type").starts_with("domain invalid")) {
      problem = *folder + ": groups below " + place.parent.string() + " take threads only";
    } else {
      problem = set_limit(place, *folder, controller, limits);
    }
    if (problem.empty()) continue;
    remove_cgroups(set);
    throw cannot(controller, problem);
  }
}

void check_cgroups(const CgroupLayout& layout, const Limits& limits, const std::string& function) {
  if (!limits.any()) return;
  try {
    const CgroupSet set =
        plan_cgroups(layout, "coldstart-check-" + std::to_string(::getpid()), limits);
    make_cgroups(layout, set, limits);
    remove_cgroups(set);
  } catch (const Error& error) {
    throw Error(function, error.what());
  }
}

void remove_cgroups(const CgroupSet& set) {
  CgroupRemoval removal;
  for (const std::string& folder : set.folders) removal.remove(folder);
  removal.finish();
}

std::optional<MemoryUse> read_memory_use(const CgroupSet& set) {
  if (set.memory_folder.empty()) return std::nullopt;
  const fs::path folder(set.memory_folder);
  MemoryUse use;
  if (set.memory_version == 2) {
    use.peak_bytes = number_in(folder / "memory.peak");  // since Linux 5.19
    use.hits = value_of(folder / "memory.events", "max");
  } else {
    use.peak_bytes = number_in(folder / "memory.max_usage_in_bytes");
    // Where swap is accounted for, that counter has the same limit and is asked first.
    use.hits = number_in(folder / "memory.failcnt").value_or(0) +
               number_in(folder / "memory.memsw.failcnt").value_or(0);
  }
  use.kills = kills_in(folder, set.memory_version);
  return use;
}

}  // namespace coldstart::harness
