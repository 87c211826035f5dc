// The line that a long command shows while it works.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace coldstart::cli {

struct LiveState {
  std::string what;  ///< "java, disk"
  int done = 0;      ///< of `total` trials
  int total = 0;
  std::string last;                     ///< "cpp 2.31 ms"; empty: nothing yet
  std::optional<std::int64_t> left_ns;  ///< as far as one can tell
};

/// "trial 17 of 240 · java, disk · last: cpp 2.31 ms · 1 min 20 s left", at most `width` columns:
/// the last result is left out where there is no room, then the end of the name.
std::string live_line(const LiveState& state, int width, bool unicode);

/// A line that has no steps, at most `width` columns: the end of it is cut off.
std::string plain_live_line(const std::string& line, int width, bool unicode);

/// "12 s", "1 min 20 s", "2 h 5 min": rounded up, so that it never says 0 s.
std::string time_left(std::int64_t ns);

}  // namespace coldstart::cli
