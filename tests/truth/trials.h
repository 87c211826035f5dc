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
  /// "others" and "cpu" are lengths of time and no acts that began and ended.
  bool is_act() const { return name != "others" && name != "cpu"; }
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

/// How many starts of each kind are made: COLDSTART_TRUTH_STARTS, or five.
int starts_per_case();

/// Files of a test, in memory where that is possible: a log must not wait for a disk.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  std::filesystem::path new_log();
  /// A copy of a program that nobody else has open.
  std::filesystem::path copy(const std::filesystem::path& program);
  /// A file of kColdFileBytes on a disk, none of which is in the page cache now. Fails the test if
  /// it cannot be evicted.
  std::filesystem::path cold_file();

 private:
  std::filesystem::path logs_;
  std::filesystem::path data_;
  int count_ = 0;
};

/// Rehearses the function of the case; returns it as it is to be started.
harness::FunctionSpec rehearse(harness::Rig& rig, const Case& which, Workplace& place);

/// So many more starts of each kind, delayed and control in turn.
void run_trials(harness::Rig& rig, const Case& which, const harness::FunctionSpec& function,
                Workplace& place, int starts, Trials& trials);

/// The phase with that name in a start; null if it has none.
const PhaseSpan* find_phase(const std::vector<PhaseSpan>& spans, Phase phase);

/// Zero where a start has no such phase.
std::int64_t length_of(const Trial& trial, Phase phase);

/// The larger of two in the middle.
std::int64_t median(std::vector<std::int64_t> values);

}  // namespace coldstart::truth
