// Requests, instances and loads: what a run under a load pattern is made of beside cold starts.
//
// A run of a long trace has a million requests, so an Invocation names its function and its load by
// their index in the run and not by their name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace coldstart {

enum class Outcome : std::uint8_t;

/// A load as it was driven. Moments of invocations and instances are since its begin; where its
/// functions are driven one after the other, since the begin of their own function's turn.
struct Load {
  std::string name;
  std::string pattern;  ///< "cold", "closed", "constant", "stages", "burst", …
  /// The keys of the suite that say more, as a JSON object: {"rate": 200, "spacing": "poisson"}.
  std::string parameters;
  /// Time was compressed by this factor: a keep-alive of 10 min took 10 min / time_scale. Moments
  /// are as measured, not scaled back; what shows them says the factor.
  double time_scale = 1;
  std::int64_t begin_ns = 0;                ///< CLOCK_MONOTONIC, of the first turn
  std::optional<std::int64_t> duration_ns;  ///< from begin to the end of its last request

  bool operator==(const Load&) const = default;
};

/// One request. It ends in an answer or in an outcome that says why there was none.
struct Invocation {
  std::uint32_t function = 0;  ///< index into Run::functions
  std::uint32_t load = 0;      ///< index into Run::loads
  std::uint64_t instance = 0;  ///< that served it, or should have; 0: it never got one
  bool cold = false;           ///< it waited for an instance that was still starting
  Outcome outcome{};        ///< kDropped: no room in the queue; kTimeout: not answered in time; …
  std::int64_t due_ns = 0;  ///< since the begin, see Load; when the pattern intended it

  // Since due, like the boundaries of a start. Absent: it did not come to that.
  std::optional<std::int64_t> sent_ns;        ///< handed to a connection
  std::optional<std::int64_t> first_byte_ns;  ///< the latency
  std::optional<std::int64_t> done_ns;        ///< the whole answer was there

  std::string message;  ///< where the outcome is not ok: what happened, one line
  /// How long the function was asked to work on it, of a trace that knows; a duration, scaled as
  /// the load's times are. Absent: it was not told.
  std::optional<std::int64_t> work_ns;

  bool operator==(const Invocation&) const = default;
};

/// The life of one instance on the platform.
struct InstanceLife {
  std::uint32_t function = 0;            ///< index into Run::functions
  std::uint32_t load = 0;                ///< index into Run::loads
  std::uint64_t instance = 0;            ///< Start::instance, where its start is among the starts
  std::int64_t requested_ns = 0;         ///< since the begin, see Load
  std::optional<std::int64_t> ready_ns;  ///< it could be called; absent: never
  std::optional<std::int64_t> ended_ns;  ///< no process of it was left
  /// "keep-alive", "scale-down", "end of load", "died", "timeout", "failed to start",
  /// "interrupted".
  std::string end;
  std::int64_t invocations = 0;                   ///< that it answered
  std::optional<std::int64_t> peak_memory_bytes;  ///< of its cgroup, where it had one

  bool operator==(const InstanceLife&) const = default;
};

}  // namespace coldstart
