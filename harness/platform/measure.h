// Measures a set of functions: rehearses each, then drives the loads one after the other. Under
// `cold` each function is started in its cache states, all interleaved in randomised blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/platform/outbox.h"
#include "harness/platform/platform.h"
#include "harness/suite/load_spec.h"
#include "results/model/record.h"

namespace coldstart::harness {

/// What measuring tells while it goes on. All are called between starts, never while one is
/// measured.
struct MeasureSink {
  /// Once, when all functions were rehearsed: what will be measured.
  std::function<void(const std::vector<Function>&)> begin;
  /// After each start under `cold`, with everything in it.
  std::function<void(const Start&)> started;
  /// Before each step: "rehearsing java", "java 3 of 30". `done` of `total` starts are measured.
  std::function<void(const std::string& what, int done, int total)> progress;
  /// What the user should hear at once: a rehearsal that failed, a function that is given up.
  std::function<void(const std::string& line)> warn;

  /// As each load begins, in order; its index in the run is how often this was called before.
  std::function<void(const Load&)> load_begins;
  /// When its last request is over; not called for one that was interrupted.
  std::function<void(std::uint32_t load, std::int64_t duration_ns)> load_ends;
  /// Under other loads: batches, at moments at which nothing is measured as far as there are any.
  LoadSink batches;
  /// Under other loads, once a second: "cpp: 1200 requests, 12 cold, 3 instances".
  std::function<void(const std::string& line)> load_progress;
};

/// A function that has never answered is given up after so many failures of the same kind in a row,
/// its rehearsal among them.
inline constexpr int kPatience = 3;

struct MeasurePlan {
  std::vector<FunctionSpec> functions;
  std::vector<LoadSpec> loads = {LoadSpec{}};
  std::uint64_t seed = 0;
  /// Also try the remaining starts of functions that would be given up. Given up or not, every
  /// start that was tried is reported; the message of the last one says how many were not tried.
  bool keep_going = false;
  bool drop_caches = false;  ///< see StartOptions
  bool tracks = false;       ///< see StartOptions; of the starts under load none are kept
};

/// The order of trials: block b holds the b-th trial of every candidate (a function in one of its
/// cache states) that has so many, shuffled.
/// The same seed gives the same order on every machine. Elements are indices into `trials`.
std::vector<std::size_t> interleaved_order(const std::vector<int>& trials, std::uint64_t seed);

/// Runs the plan. Returns the number of the signal (SIGINT, SIGTERM, SIGHUP) that interrupted it,
/// if one did: the start that was under way then is not reported, its instance is ended.
std::optional<int> measure(Platform& platform, const MeasurePlan& plan, const MeasureSink& sink);

/// One rehearsal of one function, also interruptible; for finding out what a command is.
struct RehearsalResult {
  Start start;
  std::optional<int> interrupted_by;
};
RehearsalResult rehearse(Platform& platform, const FunctionSpec& function, bool any_port);

}  // namespace coldstart::harness
