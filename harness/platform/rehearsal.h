// A rehearsal: learns from one start, that is not measured, which programs a function executes and
// where the probes can see them. It also leaves the files in the page cache.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "probes/session.h"

namespace coldstart::harness {

class Rehearsal {
 public:
  Rehearsal(probes::Session& session, std::string rootfs, std::string directory)
      : session_(session), rootfs_(std::move(rootfs)), directory_(std::move(directory)) {
    session_.wake_on_every_event(true);
  }
  ~Rehearsal() { session_.wake_on_every_event(false); }
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;

  /// Opens the program of an exec event while its process still exists.
  void see(const probes::Event& event);

  /// Asks the living processes for their libraries, examines all programs and attaches the probes.
  /// To be called after the answer, while the instance still lives.
  void examine_all();

 private:
  probes::Session& session_;
  std::string rootfs_;
  std::string directory_;
  // One a program, however often it is executed: each holds descriptors.
  std::map<probes::ProgramKey, probes::ProgramImage> images_;
};

}  // namespace coldstart::harness
