#include "harness/platform/rehearsal.h"

#include <utility>

namespace coldstart::harness {

void Rehearsal::see(const probes::Event& event) {
  if (event.kind() != CS_EXEC) return;
  if (auto image = probes::open_program(event, rootfs_, directory_)) {
    images_.push_back(std::move(*image));
  }
}

void Rehearsal::examine_all() {
  for (probes::ProgramImage& image : images_) {
    probes::read_mapped_libraries(image);
    session_.observe(image);
  }
  images_.clear();
}

}  // namespace coldstart::harness
