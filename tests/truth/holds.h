// Delays of a start before any code of its program runs: the test makes them itself.
#pragma once

#include <memory>
#include <vector>

#include "tests/harness/platform/rig.h"
#include "tests/truth/trials.h"

namespace coldstart::truth {

/// Holds the next start of the function up, once, when it comes to its point; ready when it exists.
class Hold {
 public:
  virtual ~Hold() = default;
  /// The delay, named after its phase and after what was held ("launcher-stopped", "exec-held"),
  /// with a process id of 0. Call it after the start; fails the test if there was nothing to hold.
  virtual std::vector<Logged> log() = 0;
};

/// Null where the kind is no such delay.
std::unique_ptr<Hold> hold_of(DelayKind kind, harness::Rig& rig,
                              const harness::FunctionSpec& function, int delay_ms);

}  // namespace coldstart::truth
