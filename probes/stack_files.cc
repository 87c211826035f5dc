#include "probes/stack_files.h"

#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <linux/openat2.h>
#include <sstream>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace coldstart::probes {
namespace {

constexpr const char* kDebugFolder = "/usr/lib/debug";
constexpr const char* kVdso = "[vdso]";

bool same_directory(const std::string& a, const std::string& b) {
  struct stat left {};
  struct stat right {};
  return ::stat(a.c_str(), &left) == 0 && ::stat(b.c_str(), &right) == 0 &&
         left.st_ino == right.st_ino && left.st_dev == right.st_dev;
}

// "NSpid:	4711	1": the last one is its own.
std::uint32_t own_id_of(std::uint32_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (!line.starts_with("NSpid:")) continue;
    std::istringstream ids(line.substr(line.find(':') + 1));
    std::uint32_t id = pid;
    while (ids >> id) {
    }
    return id;
  }
  return pid;
}

std::unique_ptr<MappedFile> read_file(Fd file, std::string label) {
  auto elf = ElfFile::open(file.path());
  if (!elf) return nullptr;
  FunctionNames names(*elf, kDebugFolder);
  return std::make_unique<MappedFile>(
      MappedFile{std::move(file), std::move(*elf), std::move(names), std::move(label)});
}

// The kernel maps the same one into every process: ours is as good as that of one that has gone.
std::unique_ptr<MappedFile> read_vdso() {
  const AddressSpace ours = address_space_of(static_cast<std::uint32_t>(::getpid()));
  for (const auto& [begin, mapping] : ours.mappings()) {
    if (mapping.path != kVdso) continue;
    Fd file(::memfd_create("vdso", MFD_CLOEXEC));
    const auto* bytes = reinterpret_cast<const char*>(begin);  // NOLINT(*-int-to-ptr): it is one
    const std::size_t size = mapping.end - begin;
    if (!file || ::write(file.get(), bytes, size) != static_cast<ssize_t>(size)) return nullptr;
    return read_file(std::move(file), kVdso);
  }
  return nullptr;
}

}  // namespace

StackFiles::StackFiles() : vdso_(read_vdso()) {}

void StackFiles::note_root(std::uint32_t pid) {
  const std::string root = "/proc/" + std::to_string(pid) + "/root";
  if (same_directory(root, "/")) return;
  Fd open(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (open) processes_[pid] = {std::move(open), own_id_of(pid)};
}

void StackFiles::forget_processes() {
  processes_.clear();
  found_.clear();
}

std::optional<std::string> StackFiles::read_perf_map(std::uint32_t pid,
                                                     std::int64_t not_before) const {
  const auto known = processes_.find(pid);
  const bool elsewhere = known != processes_.end();
  const std::string root = elsewhere ? known->second.root.path() : std::string();
  const std::uint32_t id = elsewhere ? known->second.own_id : pid;
  const std::string path = root + "/tmp/perf-" + std::to_string(id) + ".map";
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (status.st_mtim.tv_sec < not_before) return std::nullopt;
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void StackFiles::remove_perf_map(std::uint32_t pid, std::int64_t not_before) const {
  const auto known = processes_.find(pid);
  const bool elsewhere = known != processes_.end();
  const std::uint32_t id = elsewhere ? known->second.own_id : pid;
  const std::string name = "perf-" + std::to_string(id) + ".map";
  const Fd ours(elsewhere ? -1 : ::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  // A container's /tmp may be a link: it must not lead out of the container.
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT;
  const Fd folder(static_cast<int>(::syscall(
      SYS_openat2, elsewhere ? known->second.root.get() : ours.get(), "tmp", &how, sizeof(how))));
  struct stat status {};
  if (!folder || ::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (!S_ISREG(status.st_mode) || status.st_mtim.tv_sec < not_before) return;
  ::unlinkat(folder.get(), name.c_str(), 0);
}

Fd StackFiles::open(std::uint32_t pid, const Mapping& mapping) const {
  std::vector<std::string> roots;
  const auto known = processes_.find(pid);
  if (known != processes_.end()) roots.push_back(known->second.root.path());
  if (!fallback_root_.empty()) roots.push_back(fallback_root_);
  roots.emplace_back();
  for (const std::string& root : roots) {
    Fd file(::open((root + mapping.path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (file && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_ino == mapping.inode) {
      return file;
    }
  }
  return {};
}

const MappedFile* StackFiles::find(std::uint32_t pid, const Mapping& mapping) {
  if (mapping.path == kVdso) return vdso_.get();
  if (mapping.inode == 0 || mapping.path.empty() || mapping.path.front() != '/') return nullptr;
  const auto key = std::pair(mapping.inode, mapping.path);
  if (const auto found = found_.find(key); found != found_.end()) return found->second;
  const MappedFile* result = nullptr;
  if (Fd file = open(pid, mapping)) {
    struct stat status {};
    ::fstat(file.get(), &status);
    const Identity identity{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec};
    auto kept = files_.find(identity);
    if (kept == files_.end()) {
      const std::string label = mapping.path.substr(mapping.path.rfind('/') + 1);
      kept = files_.emplace(identity, read_file(std::move(file), label)).first;
    }
    result = kept->second.get();
  }
  found_.emplace(key, result);
  return result;
}

std::optional<std::uint64_t> StackFiles::bias(const MappedFile& file, const Mapping& mapping) {
  const auto address = file.elf.address_at(mapping.file_offset);
  if (!address) return std::nullopt;
  return mapping.begin - *address;
}

}  // namespace coldstart::probes
