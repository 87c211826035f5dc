// Finding and holding open the files of a program that was just executed.
#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fstream>
#include <linux/openat2.h>
#include <sstream>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <utility>

#include "probes/program.h"

namespace coldstart::probes {
namespace {

bool is_inode(int fd, std::uint64_t inode) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && status.st_ino == inode;
}

Fd open_read_only(const std::string& path) {
  // A fifo that has no writer: never wait.
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

// An absolute symbolic link must lead into that root, not into ours. Empty: ours.
Fd open_below(const std::string& root, const std::string& path) {
  if (root.empty()) return open_read_only(path);
  const Fd top(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!top) return {};
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_IN_ROOT;
  return Fd(static_cast<int>(::syscall(SYS_openat2, top.get(), path.c_str(), &how, sizeof(how))));
}

bool same_directory(const std::string& a, const std::string& b) {
  struct stat left {};
  struct stat right {};
  return ::stat(a.c_str(), &left) == 0 && ::stat(b.c_str(), &right) == 0 &&
         left.st_ino == right.st_ino && left.st_dev == right.st_dev;
}

// Of a script: what its first line names, "#!/bin/sh -e"; empty: it is none.
std::string script_interpreter(int fd) {
  constexpr std::size_t kLongestLine = 256;  // BINPRM_BUF_SIZE, include/uapi/linux/binfmts.h
  std::array<char, kLongestLine> buffer;
  const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), 0);
  std::string_view line(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (!line.starts_with("#!")) return {};
  line = line.substr(2, line.find('\n') - 2);
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  return std::string(line.substr(0, line.find_first_of(" \t")));
}

}  // namespace

ExecutedFile open_executed(const std::string& root, const std::string& path, std::uint64_t inode) {
  constexpr int kDeepest = 5;  // scripts of scripts, exec_binprm() in fs/exec.c
  ExecutedFile executed;
  executed.path = path;
  for (int depth = 0; depth <= kDeepest; ++depth) {
    executed.file = open_below(root, executed.path);
    if (!executed.file) return {};
    if (is_inode(executed.file.get(), inode)) return executed;
    executed.path = script_interpreter(executed.file.get());
    if (!executed.path.starts_with('/')) return {};
  }
  return {};
}

std::uint32_t kernel_device(dev_t device) {
  constexpr unsigned kMinorBits = 20;
  return (major(device) << kMinorBits) | minor(device);
}

ProgramKey key_of(const Event& exec) { return {exec.raw.file.inode, exec.name}; }

std::optional<ProgramImage> open_program(const Event& exec, const std::string& fallback_root,
                                         const std::string& directory) {
  ProgramImage image;
  image.key = key_of(exec);
  image.pid = exec.raw.pid;
  const std::string proc = "/proc/" + std::to_string(image.pid);

  image.executable = open_read_only(proc + "/exe");
  if (image.executable && is_inode(image.executable.get(), image.key.inode)) {
    const std::string root = proc + "/root";
    if (!same_directory(root, "/")) {
      image.root = Fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    return image;
  }
  // The process has gone or executed something else. Its file name is all that is left.
  for (const std::string& root : {std::string(), fallback_root}) {
    const bool absolute = !exec.name.empty() && exec.name.front() == '/';
    image.executable =
        open_executed(root, absolute ? exec.name : directory + "/" + exec.name, image.key.inode)
            .file;
    if (!image.executable) continue;
    if (!root.empty()) image.root = Fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return image;
  }
  return std::nullopt;
}

void read_mapped_libraries(ProgramImage& image) {
  const std::string proc = "/proc/" + std::to_string(image.pid);
  if (!is_inode(open_read_only(proc + "/exe").get(), image.key.inode)) return;
  std::ifstream maps(proc + "/maps");
  std::string line;
  while (std::getline(maps, line)) {
    std::istringstream fields(line);
    std::string range, mode, offset, device, inode, path;
    fields >> range >> mode >> offset >> device >> inode >> std::ws;
    std::getline(fields, path);
    if (mode.find('x') == std::string::npos || path.empty() || path.front() != '/') continue;
    const std::string base = path.substr(path.rfind('/') + 1);
    if (base.find(".so") == std::string::npos) continue;
    if (std::find(image.mapped_names.begin(), image.mapped_names.end(), base) !=
        image.mapped_names.end()) {
      continue;
    }
    // map_files leads to the very file, also from another mount namespace; the kernel prints ranges
    // in maps with leading zeros, map_files is without.
    Fd file = open_read_only(proc + "/map_files/" + range);
    if (!file) file = open_read_only(path);
    if (!file) continue;
    image.mapped_names.push_back(base);
    image.mapped.push_back(std::move(file));
  }
}

}  // namespace coldstart::probes
