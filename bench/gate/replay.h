// The gate and its rivals on recorded starts, thousands of times.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/gate/recording.h"

namespace coldstart::gate {

/// What is done to one side of a replay.
struct Injection {
  std::string name;        ///< "×1.05"
  double factor = 1;       ///< on every start of the candidate
  double tail_share = 0;   ///< on so many of them …
  double tail_factor = 1;  ///< … this as well
};

struct Counts {
  int replays = 0;
  int fail = 0;
  int pass = 0;
  int inconclusive = 0;
  double pairs = 0;  ///< measured, summed over the replays

  double share(int count) const { return replays == 0 ? 0 : static_cast<double>(count) / replays; }
};

/// Which replays: each has a seed of its own, so that in parts they give what they give at once.
struct Replays {
  std::uint64_t seed = 0;
  int first = 0;
  int count = 0;
  double margin = 0.02;  ///< of the gate; a smaller one stands for a machine that is noisier
};

/// One function, `pairs` adjacent pairs from a random place of the recording, the sides of each
/// pair swapped at random. `planned_looks`: with the looks of the default, else one look at the
/// end.
Counts replay_gate(const Recording& recording, const Injection& injection, std::size_t pairs,
                   bool planned_looks, const Replays& replays);

/// All functions together, as a pipeline has them: FAIL if one fails, PASS if all pass.
Counts replay_pipeline(const std::vector<Recording>& recordings, const Injection& injection,
                       std::size_t pairs, const Replays& replays);

/// How often a rival calls the candidate slower. `together`: on the same pairs as the gate. Else as
/// they are used: all starts of the baseline, then, directly behind them, all of the candidate.
double replay_rival(const Recording& recording, const Injection& injection, std::size_t rival,
                    std::size_t pairs, bool together, const Replays& replays);

}  // namespace coldstart::gate
