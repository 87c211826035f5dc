// Starts of one case, delayed and not delayed, with what the programs logged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "tests/harness/platform/rig.h"
#include "tests/truth/cases.h"

namespace coldstart::truth {

/// A line of the log: what took place between two moments, CLOCK_MONOTONIC.
struct Logged {
  std::string name;
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  std::int64_t pid = 0;

  std::int64_t length_ns() const { return end_ns - begin_ns; }
};

struct Trial {
  Start start;
  std::vector<Logged> log;

  std::vector<Logged> named(const std::string& name) const;
};

struct Trials {
  std::vector<Trial> delayed;
  std::vector<Trial> control;  ///< the same without the delay, each started beside a delayed one
};

/// How many starts of each kind are made: COLDSTART_TRUTH_STARTS, or five, of which a median bears
/// two that something else disturbed.
int starts_per_case();

/// Files of a test, in memory where that is possible: a log must not wait for a disk.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  std::filesystem::path new_log();
  /// A file of kColdFileBytes on a disk, none of which is in the page cache now. Fails the test if
  /// it cannot be evicted.
  std::filesystem::path cold_file();

 private:
  std::filesystem::path logs_;
  std::filesystem::path data_;
  int count_ = 0;
};

/// Rehearses, then starts delayed and control in turn.
Trials run_trials(harness::Rig& rig, const Case& which, int starts);

/// The phase with that name in a start; null if it has none.
const PhaseSpan* find_phase(const std::vector<PhaseSpan>& spans, Phase phase);

/// Zero where a start has no such phase.
std::int64_t length_of(const Trial& trial, Phase phase);
std::int64_t median_length(const std::vector<Trial>& trials, Phase phase);

/// The larger of two in the middle.
std::int64_t median(std::vector<std::int64_t> values);

}  // namespace coldstart::truth
