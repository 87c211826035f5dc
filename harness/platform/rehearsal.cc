#include "harness/platform/rehearsal.h"

#include <unistd.h>
#include <utility>

namespace coldstart::harness {

void Rehearsal::see(const probes::Event& event) {
  if (event.kind() == CS_FORK) processes_.insert(event.raw.value);
  if (event.kind() != CS_EXEC) return;
  processes_.insert(event.raw.pid);
  if (auto image = probes::open_program(event, rootfs_, directory_)) {
    files_.add(Fd(::dup(image->executable.get())), event.filename);
    images_.push_back(std::move(*image));
  }
  // What a short-lived program has mapped by now is better than nothing.
  files_.add_mapped_by(event.raw.pid);
}

void Rehearsal::examine_all() {
  bool asked = false;
  for (const std::int64_t pid : processes_) asked |= files_.add_mapped_by(pid);
  if (!session_.live()) {
    files_.set_incomplete("the files it reads are not known without the probes");
  } else if (!asked) {
    files_.set_incomplete("it ended before it could be asked which files it has mapped");
  }
  for (probes::ProgramImage& image : images_) {
    probes::read_mapped_libraries(image);
    session_.observe(image);
  }
  images_.clear();
}

}  // namespace coldstart::harness
