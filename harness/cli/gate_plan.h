// How many pairs of each function a check plans: as many as the time allows, more of cheap ones.
#pragma once

#include <cstddef>
#include <vector>

namespace coldstart::cli {

/// Times in any unit.
struct PairsBudget {
  double time = 0;
  double overhead_a_round = 0;  ///< beside the pairs themselves
  std::size_t most_pairs = 1;   ///< of each function
};

struct PairsPlan {
  std::size_t rounds = 1;
  /// Of each function; 1 of the dearest.
  std::vector<std::size_t> pairs_a_round;
  /// Rounds that the time is expected to allow; `rounds` is somewhat more. The first rounds are
  /// slower than those after them, and who plans too few stops before the time is over; who plans
  /// too many looks for the last time when it is, and has spent no more error than he may.
  std::size_t affordable = 1;
};

/// `costs`: what a pair of each function takes. A function gets pairs by the inverse root of that:
/// so the sum of the variances of what is known of all functions becomes the smallest that the time
/// allows, if their pairs scatter alike. Eight for one at most.
PairsPlan plan_pairs(const std::vector<double>& costs, const PairsBudget& budget);

}  // namespace coldstart::cli
