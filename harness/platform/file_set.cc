#include "harness/platform/file_set.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "harness/platform/residency.h"
#include "probes/program.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

bool is_kernel_interface(unsigned long magic) {
  constexpr std::array<unsigned long, 8> kInterfaces = {
      PROC_SUPER_MAGIC, SYSFS_MAGIC,   CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
      SECURITYFS_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,      BPF_FS_MAGIC};
  return std::ranges::find(kInterfaces, magic) != kInterfaces.end();
}

bool is_memory(unsigned long magic) {
  return magic == TMPFS_MAGIC || magic == RAMFS_MAGIC || magic == HUGETLBFS_MAGIC;
}

// Many files are held open at once. Affects neither the launcher nor what it starts: it is a
// process of its own that exists already.
bool raise_open_files_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return false;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

Fd open_once(int directory, const std::string& path, bool in_root) {
  // A fifo that has no writer, a tape: never wait, never control a terminal.
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  if (!in_root) return Fd(::openat(directory, path.c_str(), kFlags));
  // An absolute symbolic link must lead into the process's root, not into ours.
  open_how how{};
  how.flags = kFlags;
  how.resolve = RESOLVE_IN_ROOT;
  return Fd(static_cast<int>(::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how)));
}

// A script may name a script as its interpreter; so often the kernel follows.
constexpr int kMostScripts = 5;

// What the first line of a script names; empty: it is none.
std::string interpreter_of(const Fd& script) {
  std::array<char, 256> text{};
  const ssize_t got = ::pread(script.get(), text.data(), text.size(), 0);
  if (got < 3 || text[0] != '#' || text[1] != '!') return {};
  const std::string all(text.data() + 2, static_cast<std::size_t>(got) - 2);
  std::istringstream line(all.substr(0, all.find('\n')));
  std::string interpreter;
  line >> interpreter;
  return interpreter;
}

// A line of /proc/PID/maps: "55d0-55d4 r-xp 00000000 fe:00 1234    /usr/bin/x".
struct Mapping {
  std::string range;
  dev_t device = 0;
  ino_t inode = 0;
  std::string path;
};

// Calls back for each mapped file. False if there is no such process, or it may not be asked.
template <typename Callback>
bool for_each_mapping(const std::string& proc, Callback&& callback) {
  std::ifstream maps(proc + "/maps");
  if (!maps) return false;
  std::string line;
  bool any = false;
  while (std::getline(maps, line)) {
    any = true;
    std::istringstream fields(line);
    std::string mode, offset, device;
    Mapping mapping;
    fields >> mapping.range >> mode >> offset >> device >> mapping.inode >> std::ws;
    std::getline(fields, mapping.path);
    const std::size_t colon = device.find(':');
    if (mapping.inode == 0 || colon == std::string::npos) continue;
    mapping.device = makedev(std::stoul(device.substr(0, colon), nullptr, 16),
                             std::stoul(device.substr(colon + 1), nullptr, 16));
    callback(mapping);
  }
  return any;
}

}  // namespace

Fd FileSet::open(int directory, const std::string& path, bool in_root) {
  Fd file = open_once(directory, path, in_root);
  if (!file && errno == EMFILE && raise_open_files_limit()) {
    file = open_once(directory, path, in_root);
  }
  if (!file && (errno == EMFILE || errno == ENFILE)) {
    set_incomplete("it touches more files than can be held open; raise `ulimit -n`");
  }
  return file;
}

void FileSet::set_incomplete(const std::string& reason) {
  if (incomplete_.empty()) incomplete_ = reason;
}

bool FileSet::add(Fd file, const std::string& path, bool seen) {
  struct stat status {};
  struct statfs filesystem {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if (status.st_nlink == 0 || ::fstatfs(file.get(), &filesystem) != 0) return false;
  const auto magic = static_cast<unsigned long>(filesystem.f_type);
  if (is_kernel_interface(magic)) return false;
  const Key key{status.st_dev, status.st_ino};
  const auto [known, is_new] = index_.try_emplace(key, files_.size());
  if (!is_new) {
    files_[known->second].seen |= seen;
    return false;
  }
  files_.push_back(
      {std::move(file), path, key, is_memory(magic), magic == OVERLAYFS_SUPER_MAGIC, seen});
  return true;
}

bool FileSet::add(Fd file, const std::string& path) { return add(std::move(file), path, true); }

bool FileSet::add(const std::string& path) { return add(open(AT_FDCWD, path, false), path, true); }

bool FileSet::add(std::int64_t pid, const std::string& path, std::optional<std::uint64_t> inode) {
  if (path.empty()) return false;
  const std::string proc = "/proc/" + std::to_string(pid);
  const bool absolute = path.front() == '/';
  const Fd begin(
      ::open((proc + (absolute ? "/root" : "/cwd")).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!begin) return false;
  // A relative path may climb above the working directory, which RESOLVE_IN_ROOT would not allow.
  Fd file = open(begin.get(), path, absolute);
  struct stat status {};
  if (inode && (!file || ::fstat(file.get(), &status) != 0 || status.st_ino != *inode)) {
    return false;
  }
  return add(std::move(file), path, true);
}

bool FileSet::add_if(const std::string& rootfs, const std::string& directory,
                     const std::string& path, std::uint64_t inode) {
  const std::string named = path.starts_with('/') ? path : directory + "/" + path;
  if (path.empty() || !named.starts_with('/')) return false;
  for (const std::string& root : {rootfs, std::string()}) {
    std::string at = named;
    for (int scripts = 0; scripts <= kMostScripts; ++scripts) {
      Fd file = open(AT_FDCWD, root + at, false);
      struct stat status {};
      if (!file || ::fstat(file.get(), &status) != 0) break;
      if (status.st_ino == inode) return add(std::move(file), at, true);
      at = interpreter_of(file);
      if (!at.starts_with('/')) break;
    }
  }
  return false;
}

bool FileSet::has(std::uint64_t inode) const {
  return std::any_of(files_.begin(), files_.end(),
                     [inode](const File& file) { return file.key.second == inode; });
}

bool FileSet::covers(std::uint64_t inode, std::uint32_t device, bool as_seen) const {
  return std::ranges::any_of(files_, [&](const File& file) {
    if (file.key.second != inode || (as_seen && !file.seen)) return false;
    // Where there is no major number (overlay, btrfs) stat tells another device than the kernel.
    return (device >> 20U) == 0 || probes::kernel_device(file.key.first) == device;
  });
}

bool FileSet::add_mapped_by(std::int64_t pid) {
  const std::string proc = "/proc/" + std::to_string(pid);
  return for_each_mapping(proc, [&](const Mapping& mapping) {
    if (index_.contains({mapping.device, mapping.inode})) return;
    // map_files leads to the very file, whatever lies at its path by now. It needs a capability.
    Fd file = open(AT_FDCWD, proc + "/map_files/" + mapping.range, false);
    if (file) {
      add(std::move(file), mapping.path, true);
    } else {
      add(pid, mapping.path, mapping.inode);
    }
  });
}

void FileSet::add_below(const std::string& folder) {
  struct stat top {};
  if (::stat(folder.c_str(), &top) != 0) return;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    struct stat status {};
    if (::lstat(entry->path().c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode) && status.st_dev != top.st_dev) entry.disable_recursion_pending();
    if (!S_ISREG(status.st_mode)) continue;
    add(open(AT_FDCWD, entry->path().string(), false), entry->path().string(), false);
  }
  if (error) set_incomplete(folder + " could not be read: " + error.message());
}

FileState FileSet::state_of(const File& file) {
  FileState state{file.path,      0, std::nullopt, file.in_memory, file.seen, file.key.first,
                  file.key.second};
  struct stat status {};
  if (::fstat(file.fd.get(), &status) != 0) return state;
  state.bytes = status.st_size;
  state.cached_bytes = resident_bytes(file.fd.get(), status, file.overlaid);
  return state;
}

std::vector<FileState> FileSet::states() const {
  std::vector<FileState> states;
  states.reserve(files_.size());
  for (const File& file : files_) states.push_back(state_of(file));
  return states;
}

void FileSet::evict() {
  for (const File& file : files_) {
    // Only clean pages can go. Does nothing where nothing was written.
    ::fdatasync(file.fd.get());
    ::posix_fadvise(file.fd.get(), 0, 0, POSIX_FADV_DONTNEED);
  }
}

void FileSet::warm_up() {
  std::vector<char> buffer;
  for (const File& file : files_) {
    if (!file.seen) continue;
    const FileState state = state_of(file);
    if (state.cached_bytes == state.bytes) continue;
    buffer.resize(std::size_t{1} << 20U);
    for (off_t at = 0;;) {
      const ssize_t got = ::pread(file.fd.get(), buffer.data(), buffer.size(), at);
      if (got <= 0) break;
      at += got;
    }
  }
}

std::vector<bool> FileSet::mapped_by_someone(const std::vector<std::size_t>& which) const {
  std::vector<bool> mapped(which.size(), false);
  const auto mark = [&](const std::string& proc) {
    for_each_mapping(proc, [&](const Mapping& mapping) {
      for (std::size_t i = 0; i < which.size(); ++i) {
        const Key& key = files_[which[i]].key;
        if (mapped[i] || key.second != mapping.inode) continue;
        // maps shows another device than stat for files of overlay filesystems and subvolumes.
        struct stat status {};
        mapped[i] = key.first == mapping.device ||
                    (::stat((proc + "/map_files/" + mapping.range).c_str(), &status) == 0 &&
                     Key{status.st_dev, status.st_ino} == key);
      }
    });
  };
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (std::ranges::all_of(name, [](unsigned char c) { return c >= '0' && c <= '9'; })) {
      mark(entry->path().string());
    }
  }
  return mapped;
}

}  // namespace coldstart::harness
