#include "harness/platform/rehearsal.h"

#include <string>
#include <sys/stat.h>
#include <utility>

namespace coldstart::harness {
namespace {

bool still_runs(const probes::ProgramImage& image) {
  struct stat status {};
  return ::stat(("/proc/" + std::to_string(image.pid) + "/exe").c_str(), &status) == 0 &&
         status.st_ino == image.key.inode;
}

}  // namespace

void Rehearsal::see(const probes::Event& event) {
  if (event.kind() != CS_EXEC) return;
  const auto known = images_.find(probes::key_of(event));
  // Only a living process can be asked for its libraries, so the last one replaces one that is
  // gone.
  if (known != images_.end() && still_runs(known->second)) return;
  if (auto image = probes::open_program(event, rootfs_, directory_)) {
    images_.insert_or_assign(image->key, std::move(*image));
  }
}

void Rehearsal::examine_all() {
  for (auto& [key, image] : images_) {
    probes::read_mapped_libraries(image);
    session_.observe(image);
  }
  images_.clear();
}

}  // namespace coldstart::harness
