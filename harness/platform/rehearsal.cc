#include "harness/platform/rehearsal.h"

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace coldstart::harness {
namespace {

bool still_runs(const probes::ProgramImage& image) {
  struct stat status {};
  return ::stat(("/proc/" + std::to_string(image.pid) + "/exe").c_str(), &status) == 0 &&
         status.st_ino == image.key.inode;
}

}  // namespace

bool Rehearsal::is_gone(const std::string& path) const {
  if (!path.starts_with('/')) return false;
  std::error_code error;
  return !std::filesystem::exists(path, error) && !std::filesystem::exists(rootfs_ + path, error);
}

void Rehearsal::see(const probes::Event& event) {
  if (event.kind() == CS_FORK) processes_.insert(event.raw.value);
  if (event.kind() == CS_OPENED) {
    told_of_files_ = true;
    if (!files_.add(event.raw.pid, event.name, event.raw.call.inode)) {
      // Perhaps its process has gone already: by our own way, then, if that leads to the same file.
      files_.add_if(rootfs_, directory_, event.name, event.raw.call.inode);
    }
    // What is in memory only cannot be evicted. What the function writes itself it does not wait
    // for, and what has been deleted no later start can read.
    const bool on_disk = (event.raw.call.flags & CS_ON_DISK) != 0;
    const bool reads = (event.raw.call.flags & CS_MAY_WRITE) == 0;
    if (on_disk && reads && !is_gone(event.name) && !files_.has(event.raw.call.inode)) {
      files_.set_incomplete("a file that it opened could not be found again: " + event.name);
    }
  }
  if (event.kind() != CS_EXEC) return;
  // The interpreter of a script may have gone on to another program before it can be asked.
  if (!files_.has(event.raw.file.inode)) {
    files_.add_if(rootfs_, directory_, event.name, event.raw.file.inode);
  }
  const auto known = images_.find(probes::key_of(event));
  // Only a living process can be asked for its libraries, so the last one replaces one that is
  // gone.
  if (known != images_.end() && still_runs(known->second)) return;
  if (auto image = probes::open_program(event, rootfs_, directory_)) {
    files_.add(Fd(::dup(image->executable.get())), event.name);
    images_.insert_or_assign(image->key, std::move(*image));
  }
  // What a short-lived program has mapped by now is better than nothing.
  files_.add_mapped_by(event.raw.pid);
}

void Rehearsal::examine_all() {
  bool asked = told_of_files_;
  for (const std::int64_t pid : processes_) asked |= files_.add_mapped_by(pid);
  if (!session_.live()) {
    files_.set_incomplete("the files it reads are not known without the probes");
  } else if (!asked) {
    files_.set_incomplete("it ended before it could be asked which files it has mapped");
  }
  for (const probes::TierStatus& tier : session_.tiers()) {
    if (tier.id != probes::TierId::kFiles || tier.on) continue;
    files_.set_incomplete("which files it opens is not known, because tier files is off: " +
                          tier.reason);
  }
  for (auto& [key, image] : images_) {
    probes::read_mapped_libraries(image);
    session_.observe(image);
  }
  images_.clear();
}

}  // namespace coldstart::harness
