// What a run is made of: plain structs, filled by the harness, kept by the store, read by
// statistics, reports and exports. Times are nanoseconds; a value that was not measured is absent,
// never zero.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/model/account.h"
#include "results/model/boxed.h"
#include "results/model/invocation.h"
#include "results/model/stacks.h"
#include "results/model/timeline.h"

namespace coldstart {

/// What became of one cold start, or of one request.
enum class Outcome : std::uint8_t {
  kOk,           ///< the function answered
  kNotStarted,   ///< the command could not be executed at all
  kExited,       ///< it ended by itself before it answered
  kCrashed,      ///< it was killed by a signal before it answered
  kTimeout,      ///< it did not answer in time
  kClosed,       ///< it accepted the request and closed the connection without an answer
  kBadResponse,  ///< it answered, but not in the contract's protocol or with a server error
  kOutOfMemory,  ///< the kernel killed it at its memory limit before it answered
  kDropped,      ///< a request only: the platform had no room for it
};
inline constexpr std::size_t kOutcomeCount = 9;

/// "ok", "not-started", "exited", "crashed", "timeout", "closed", "bad-response", "out-of-memory",
/// "dropped".
std::string_view name(Outcome outcome);
std::optional<Outcome> outcome_from_name(std::string_view text);

/// One cold start of one function.
struct Start {
  std::string function;              ///< Function::name
  std::string load = "cold";         ///< name of the load
  std::string cache = "page-cache";  ///< cache state: "disk", "page-cache" or "warm"
  int trial = 0;                     ///< 1-based, per function and cache state
  int order = 0;                     ///< 1-based position in the whole run (trials are interleaved)
  std::uint64_t instance = 0;        ///< instance id, unique within the run

  Outcome outcome = Outcome::kOk;
  std::string message;  ///< for an outcome that is not ok: what happened, one line, for people

  std::int64_t due_ns = 0;  ///< CLOCK_MONOTONIC of `due`; the timeline is relative to it
  Timeline timeline;
  Account account;
  Boxed<StackProfile> stacks;  ///< absent: not asked for (they slow the start)

  /// How many starts of the run were under way while this one was, itself included: the mean over
  /// its time, rounded. Absent: nobody counted (one at a time).
  std::optional<int> in_flight;

  /// It was due in the warm-up of its load. Not stored: it is found out when the run is read.
  bool warmup = false;

  std::uint64_t lost_events =
      0;  ///< probe events lost while it started; >0: left out of statistics
  /// Set where readiness was found by polling: the interval, the uncertainty of the client's
  /// connect.
  std::optional<std::int64_t> readiness_poll_ns;
  std::optional<int> connect_retries;  ///< refused connects after the listen event
  std::optional<std::int64_t> pid;     ///< the process that served (or the first one)
  std::optional<int> port;             ///< TCP port that answered
  std::optional<int> offered_port;     ///< in $PORT; not stored
  bool outlived = false;  ///< others ran on when its first process had ended; not stored
  std::optional<int> http_status;
  std::optional<int> exit_status;  ///< exit code of the first process, where it ended by itself
  std::optional<int> exit_signal;  ///< signal that killed the first process (not our own stop)

  /// True if it may be used in statistics of latency and phases: it answered, lost no events, was
  /// not part of a warm-up, and its cache state was proven where that was tried.
  bool usable() const {
    return outcome == Outcome::kOk && lost_events == 0 && !warmup &&
           (!account.cache || account.cache->proven);
  }
};

/// What an instance may use, enforced by cgroups. Absent: no limit.
struct Limits {
  std::optional<std::int64_t> memory_bytes;
  std::optional<double> cpus;  ///< CPU time per wall time: 0.5 is half a CPU
  std::optional<int> pids;     ///< processes and threads

  bool any() const { return memory_bytes || cpus || pids; }
  bool operator==(const Limits&) const = default;
};

/// One function of a run, as it was started.
struct Function {
  std::string name;
  std::string runtime;               ///< "native", "container", "jvm", "node", "python", "command"
  std::string contract;              ///< "http", "exec", "stdio", "lambda"
  std::vector<std::string> command;  ///< what was executed, first element the program
  std::string version;  ///< what the runtime says of itself ("openjdk 17.0.15"), or empty
  /// Set where it could not be measured on this machine: what is missing and what to install.
  std::optional<std::string> skipped;
  Limits limits;
  /// Set where a sweep made several functions of one: "java" for "java@256MiB", and which key it
  /// varies ("memory", "cpus"); its value is in `limits`. Also of the copies that stand in for the
  /// functions of a trace: "java" for "java:1a2b3c", with the key "trace".
  std::string sweep_of;
  std::string sweep_key;
};

/// A group of hooks that is on or off as one.
struct Tier {
  std::string name;  ///< "process", "loader", "runtime", …
  bool on = false;
  std::string reason;  ///< why it is off
  std::string remedy;  ///< what would turn it on; may be empty
};

struct Host {
  std::string name;
  std::string kernel;  ///< uname release
  std::string os;      ///< PRETTY_NAME of os-release
  std::string cpu;
  int cpus = 0;
  std::uint64_t memory_bytes = 0;
};

/// What the probes cost: pairs of starts with and without them, as `coldstart doctor --overhead`
/// measured them on one machine.
struct Overhead {
  std::string measured_at;  ///< UTC, ISO 8601 with seconds
  std::string host_name;    ///< these four are those of Host
  std::string kernel;
  std::string cpu;
  int cpus = 0;
  std::string tool_version;
  std::string what;            ///< "cpp", "java", "empty static program"
  std::string tiers;           ///< which were on: "all", "process"; empty: none, our launcher alone
  double ratio = 1;            ///< median over the pairs of with / without
  std::optional<double> low;   ///< 95 % interval of it; absent: too few pairs
  std::optional<double> high;  ///< both or none
  std::int64_t pairs = 0;
  std::int64_t base_ns = 0;  ///< median without
  std::int64_t with_ns = 0;  ///< median with

  bool operator==(const Overhead&) const = default;
};

/// The two sides of a function in a run of pairs: "cpp@baseline" and "cpp@candidate".
inline constexpr std::string_view kBaselineSuffix = "@baseline";
inline constexpr std::string_view kCandidateSuffix = "@candidate";

/// What holds for a whole run.
struct RunInfo {
  std::int64_t id = 0;  ///< given by the store
  std::string label;
  std::string suite;        ///< name of the suite, or the profiled command
  std::string started_at;   ///< UTC, ISO 8601 with seconds: "2026-01-01T00:00:00Z"
  std::string finished_at;  ///< empty: the run was interrupted
  std::uint64_t seed = 0;
  std::string tool_version;
  std::string command_line;  ///< how to repeat it
  Host host;
  std::vector<Tier> tiers;
  std::uint64_t lost_events = 0;
  /// Our own cost on this machine, the newest measurements when the run began; empty: never
  /// measured.
  std::vector<Overhead> overheads;
  /// Of the check that measured it: "PASS", "FAIL", "INCONCLUSIVE"; empty: no check did, or it did
  /// not come to its end.
  std::string verdict;
};

/// A run with everything in it.
struct Run {
  RunInfo info;
  std::vector<Function> functions;
  std::vector<Start> starts;
  std::vector<Load> loads;              ///< empty in runs of before there were several
  std::vector<Invocation> invocations;  ///< of the loads that are not `cold`, in order of due
  std::vector<InstanceLife> instances;  ///< the same
};

}  // namespace coldstart
