// Groups that go when the last process in them has gone.
//
// The kernel still takes a process down for a moment after it was waited for; till then its group
// is busy. Nobody sleeps meanwhile: version 2 tells when a group is empty (cgroup.events), in
// version 1 a process that is still in it tells its end (a pidfd).
#pragma once

#include <cstdint>
#include <limits>
#include <poll.h>
#include <string>
#include <vector>

#include "probes/fd.h"

namespace coldstart::harness {

class CgroupRemoval {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  /// Removes an empty group, and empty ones below it, now if that can be, else as soon as it can:
  /// see go_on(). Nothing where there is none, or where it cannot be removed at all.
  void remove(const std::string& folder);

  /// Adds what to poll for: readiness means that go_on() has something to do.
  void watch(std::vector<pollfd>& into) const;
  /// CLOCK_MONOTONIC at which go_on() is to be called at the latest; kNever: no group waits.
  std::int64_t next_ns() const;
  /// Tries again. Groups that are busy for longer than a second are given up.
  void go_on();
  /// Waits until none is left, or the last one is given up; tries once more what was given up.
  void finish();
  /// Groups that are still there, and that nobody will remove.
  const std::vector<std::string>& given_up() const { return given_up_; }

 private:
  struct Waiting {
    std::string folder;
    std::int64_t give_up_ns = 0;
    Fd event;                  // tells that it may be empty; not open: nothing does
    short awaited = 0;         // of `event`, as poll(2) has it
    std::int64_t next_ns = 0;  // it is tried then, whatever was told
  };
  static bool try_again(Waiting& group);

  std::vector<Waiting> waiting_;
  std::vector<std::string> given_up_;
};

}  // namespace coldstart::harness
