// Why the time of the phases passed, over all starts of a function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

/// Medians of the causes of one phase, each taken on its own: they need not add up to `length_ns`.
struct PhaseCauseMedians {
  std::string phase;  ///< "link", "runtime+app"
  std::int64_t length_ns = 0;
  std::int64_t cpu_ns = 0;
  std::int64_t runnable_ns = 0;
  std::int64_t disk_ns = 0;
  std::int64_t wait_ns = 0;
  /// What was waited for, longest first. A start that did not wait for a reason counts as 0 ns of
  /// it; reasons whose median is 0 are left out.
  std::vector<std::pair<std::string, std::int64_t>> waits;
  std::int64_t cpu_time_ns = 0;
  std::int64_t context_switches = 0;
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  std::int64_t read_bytes = 0;
};

/// One function under one load in one cache state.
struct CausesSummary {
  std::string function;
  std::string load;
  std::string cache;
  std::size_t n = 0;  ///< usable starts whose causes are known, with the commonest list of phases
  std::vector<PhaseCauseMedians> phases;  ///< in order
  double time_scale = 1;                  ///< of the load: what shows the numbers says it
};

/// Samples of one figure, most of which are zero or small: a run of a million starts has hundreds
/// of millions of them.
class Samples {
 public:
  void add(std::int64_t value);
  /// The median of these and of as many zeros as `count` has more.
  std::int64_t median(std::size_t count) const;

 private:
  std::deque<std::uint32_t> small_;  ///< not zero
  std::vector<std::int64_t> large_;  ///< those that do not fit there, or are negative
};

/// Takes the causes of starts one after the other, so that no start needs to be kept with them.
class CausesCollector {
 public:
  /// Of a start for which has_usable_causes() holds.
  void add(const std::string& function, const std::string& load, const std::string& cache,
           const std::vector<PhaseCauses>& causes);
  /// As summarize_causes() says.
  std::vector<CausesSummary> summaries(const std::vector<Load>& loads) const;

 private:
  struct OfPhase {
    std::string phase;
    std::vector<Samples> figures;
    std::map<std::string, Samples, std::less<>> waits;
  };
  /// Of the starts that have the same list of phases.
  struct OfShape {
    std::size_t n = 0;
    std::vector<OfPhase> phases;
  };
  struct OfFunction {
    std::string function, load, cache;
    std::vector<OfShape> shapes;
  };

  OfFunction& of(const std::string& function, const std::string& load, const std::string& cache);

  std::vector<OfFunction> all_;
};

/// Whether its causes belong into the summary of its function.
bool has_usable_causes(const Start& start);

/// One for each function × load × cache state in which at least one usable start has causes, in the
/// order of their first such start.
std::vector<CausesSummary> summarize_causes(const Run& run);

}  // namespace coldstart::results
