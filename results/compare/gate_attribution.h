// Why a candidate is slower (or faster): which phases moved, by how much, for which cause, and what
// it loads that its baseline does not. It explains; it decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

/// Two adjacent usable starts of one function. Not owned.
struct StartPair {
  const Start* baseline = nullptr;
  const Start* candidate = nullptr;
};

struct PhaseShift {
  std::string phase;             ///< "link", "runtime+app"
  std::int64_t baseline_ns = 0;  ///< medians
  std::int64_t candidate_ns = 0;
  std::int64_t shift_ns = 0;  ///< Hodges-Lehmann estimate of the differences
  double p = 1;               ///< two-sided, adjusted after Benjamini & Hochberg
  bool moved = false;         ///< p <= kFalseDiscoveries, and at least 0.1 % of the latency
  /// What most of the shift is: "cpu", "run-queue", "disk", "wait (futex)". Empty: not known.
  std::string cause;
  std::int64_t cause_ns = 0;
};

inline constexpr double kFalseDiscoveries = 0.05;
/// Of more pairs than these, so many are looked at, evenly spread: ten times as many would tell a
/// shift of a third.
inline constexpr std::size_t kMostExplainedPairs = 10'000;

/// A phase that only one side has: by a wrapper, or where a program is no longer static.
struct OneSidedPhase {
  std::string phase;
  bool in_candidate = true;
  std::int64_t median_ns = 0;  ///< of the starts that have it
};

struct Attribution {
  std::size_t pairs = 0;  ///< looked at: with the commonest list of phases on both sides
  /// The phases that moved, first those in the direction of the whole change, the largest first.
  std::vector<PhaseShift> moved;
  /// Pairs that were left out because their sides have different lists of phases.
  std::size_t differing = 0;
  /// Where these are most: the phases of the commonest list of one side that are not in that of the
  /// other.
  std::vector<OneSidedPhase> one_sided;
  /// "40 more libraries: libx.so.1, …", "Python imports: 127 before, 141 now", …
  std::vector<std::string> loads;
};

/// One for each function; Benjamini & Hochberg over the phases of all of them.
std::vector<Attribution> attribute(const std::vector<std::vector<StartPair>>& functions);

/// "link +1.20 ms (cpu), init +0.31 ms"; empty: nothing moved.
std::string summary_of(const Attribution& attribution, std::size_t most = 3);

/// "phases differ: the candidate has sandbox (1.20 ms), the baseline has not"; empty: they do not.
std::string phase_difference(const Attribution& attribution);

/// "+1.20 ms", "-310 µs"
std::string format_shift(std::int64_t shift_ns);

}  // namespace coldstart::results
