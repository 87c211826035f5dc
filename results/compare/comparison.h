// How two series of cold starts differ, and why: what `coldstart compare` says. Plain data.
//
// This describes; it does not decide. Two runs apart in time differ by the drift of the machine
// too, which no interval of theirs knows of: in A/A tests on two CPUs 55–92 % of such pairs looked
// different. To decide, baseline and candidate are measured side by side: `coldstart check`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/model/timeline.h"
#include "results/statistics/unpaired.h"

namespace coldstart::results {

/// One of the two that are compared.
struct ComparedSide {
  std::string run;  ///< "run 3 (main)"
  std::string function;
  std::string load;
  std::string cache;
  bool disturbed = false;  ///< pairs of a check that were not judged
  std::size_t n = 0;
  std::int64_t median_ns = 0;
};

/// A phase, or several that had to be taken as one because one of the sides saw no boundary
/// between them.
struct PhaseDifference {
  std::vector<Phase> phases;
  std::string name;                  ///< "link", "runtime+app"
  std::optional<std::int64_t> a_ns;  ///< median; absent: a has no such phase
  std::optional<std::int64_t> b_ns;
  std::optional<Shift> shift;  ///< absent: only one side has it
  bool negligible = false;     ///< see below; its medians are shown all the same
};

/// A cause inside a phase.
struct CauseDifference {
  std::string phase;
  std::string cause;      ///< "on CPU", "waiting for a CPU", "disk", "wait: futex"
  std::int64_t a_ns = 0;  ///< medians; 0: it was measured and there was none
  std::int64_t b_ns = 0;
  bool certain = false;  ///< the interval of the shift does not hold 0
  bool negligible = false;
};

enum class Change { kAppeared, kVanished, kSlower, kFaster, kMore, kFewer };

/// Something that the account names: a library, an import, a step of the sandbox, a count.
struct ThingDifference {
  Change change = Change::kAppeared;
  std::string kind;       ///< "library", "import", "module", "file", "sandbox step", "classes", …
  std::string name = {};  ///< empty for a count
  std::optional<std::int64_t> a_ns = {};  ///< median time; absent: not there, or without a time
  std::optional<std::int64_t> b_ns = {};
  std::optional<std::int64_t> a_count = {};  ///< medians of counts: kMore, kFewer
  std::optional<std::int64_t> b_count = {};
  std::int64_t weight_ns = 0;  ///< how much it tells of the difference; orders the list
  bool negligible = false;     ///< only of kSlower and kFaster
};

/// A change of a part is negligible, and is counted instead of listed, where it is less than this
/// share of the latency of the faster side, and where the latencies differ also less than that
/// share of their difference: what explains a small difference is not small. What appeared or
/// vanished, and counts, are never negligible.
inline constexpr double kNegligibleOfLatency = 0.01;
inline constexpr double kNegligibleOfDifference = 0.1;

struct SeriesComparison {
  ComparedSide a;
  ComparedSide b;
  Shift shift;                          ///< of the latency, b - a
  Shift ratio;                          ///< b / a
  std::vector<PhaseDifference> phases;  ///< in order
  std::vector<CauseDifference> causes;  ///< the largest first; empty: tier `cpu` was off in one
  std::vector<ThingDifference> things;  ///< the heaviest first
  std::string sentence;                 ///< what differs and why, for people

  /// True if the interval of the shift is there and does not hold 0.
  bool differs() const { return shift.excludes(0); }

  /// By the rule of kNegligibleOfLatency.
  bool is_negligible(double change_ns) const;
  /// It differs, by less than kNegligibleOfLatency.
  bool differs_little() const;
};

struct Comparison {
  std::vector<SeriesComparison> series;
  std::vector<std::string> notes;  ///< what to beware of: other host, other tiers, drift, …
};

}  // namespace coldstart::results
