// What is started, what is delayed in it, and where the delay must be found.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/suite/suite.h"
#include "results/model/timeline.h"

namespace coldstart::truth {

enum class DelayKind : std::uint8_t {
  kSleep,  ///< nothing runs for delay_ms
  kSpin,   ///< computes for delay_ms
  kRead,   ///< reads a file of kColdFileBytes that is not in the page cache
  kWork,   ///< something else that takes CPU time, however long
  // What the test does to a start, where no program runs that could delay:
  kStoppedLauncher,  ///< the launcher is stopped when the request to start reaches it
  kHeldExec,         ///< the first exec does not return until delay_ms later
};

struct Case {
  std::string name;  ///< a C identifier, the name of the test
  harness::FunctionSpec function;
  Phase phase = Phase::kApp;  ///< where the delay must be found; also its place (TRUTH_AT)
  DelayKind kind = DelayKind::kSleep;
  int delay_ms = 40;
  /// From end to end the program knows when the phase took place, but for a moment: what it does
  /// not know is within the tolerance. Else that part is as long as in starts without a delay.
  bool seen = true;
  int delays = 1;                   ///< how many delays a start logs
  std::string waits_for = "sleep";  ///< name of the wait in TimeSplit::waits
  /// The delay leaves the program in another state (a JVM with 2,000 classes more), so that what
  /// comes after it really takes another time.
  bool changes_what_follows = false;
};

inline constexpr std::int64_t kColdFileBytes = 64 * 1024 * 1024;

const std::vector<Case>& cases();
/// The case of that name. Ends the program if there is none.
const Case& case_named(const std::string& name);

}  // namespace coldstart::truth
