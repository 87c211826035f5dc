// A rehearsal: learns from one start, that is not measured, which programs a function executes,
// where the probes can see them, and which files it touches. It also leaves the files in the page
// cache.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "harness/platform/file_set.h"
#include "probes/session.h"

namespace coldstart::harness {

class Rehearsal {
 public:
  /// `files` gets the files that the function touches.
  Rehearsal(probes::Session& session, std::string rootfs, std::string directory, FileSet& files)
      : session_(session),
        rootfs_(std::move(rootfs)),
        directory_(std::move(directory)),
        files_(files) {
    session_.wake_for(CS_WAKE_PROGRAMS);
  }
  ~Rehearsal() { session_.wake_for(CS_WAKE_LISTENERS); }
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;

  /// Opens the program of an exec event while its process still exists.
  void see(const probes::Event& event);

  /// Asks the living processes for their libraries, examines all programs and attaches the probes.
  /// To be called after the answer, while the instance still lives.
  void examine_all();

  /// The files that the function was seen to touch so far; more may be added.
  FileSet& files() { return files_; }

 private:
  bool is_gone(const std::string& path) const;

  probes::Session& session_;
  std::string rootfs_;
  std::string directory_;
  // One a program, however often it is executed: each holds descriptors.
  std::map<probes::ProgramKey, probes::ProgramImage> images_;
  std::set<std::int64_t> processes_;
  FileSet& files_;
  bool told_of_files_ = false;  // by tier files
};

}  // namespace coldstart::harness
