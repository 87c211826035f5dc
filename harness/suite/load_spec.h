// When requests are due, and what the platform does about them: the keys `loads:`, `platform:` and
// `limits:` of a suite. Plain data; harness/load/ makes arrivals of it, harness/platform/ acts on
// it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace coldstart::harness {

/// How arrivals lie within a stretch of constant rate.
enum class Spacing : std::uint8_t {
  kEven,     ///< every 1/rate
  kPoisson,  ///< exponential gaps: a Poisson process
  kUniform,  ///< gaps uniform in [0, 2/rate)
};
std::string_view name(Spacing spacing);

/// One at a time, each on a fresh instance, all functions interleaved in randomised blocks.
struct ColdPattern {};
/// So many clients, each of which waits for its answer, thinks, and asks again.
struct ClosedPattern {
  int clients = 1;
  std::chrono::nanoseconds think{0};
};
struct ConstantPattern {
  double rate = 1;  ///< requests a second
  Spacing spacing = Spacing::kPoisson;
};
/// The rate goes linearly from `from` to `to`; equal: a step.
struct Stage {
  double from = 0, to = 0;
  std::chrono::nanoseconds duration{0};
};
struct StagesPattern {
  std::vector<Stage> stages;
  Spacing spacing = Spacing::kPoisson;
};
/// `count` bursts of requests that are due at the same moment; sizes are taken in turn.
struct BurstPattern {
  std::vector<int> sizes;
  std::chrono::nanoseconds interval{0};
  int count = 1;
};
struct OnOffPattern {
  double rate = 1;  ///< while it is on
  std::chrono::nanoseconds on{0}, off{0};
  Spacing spacing = Spacing::kPoisson;
};
/// rate(t) = mean + amplitude * sin(2 pi t / period); amplitude is at most mean.
struct SinePattern {
  double mean = 1, amplitude = 0;
  std::chrono::nanoseconds period{0};
  Spacing spacing = Spacing::kPoisson;
};
/// Five fields as in crontab(5) on a made-up clock, which shows Monday, 2024-01-01 00:00 when the
/// load begins. That minute counts.
struct CronPattern {
  std::string expression;
};
struct ListPattern {
  std::vector<std::chrono::nanoseconds> times;
};
enum class TraceFormat : std::uint8_t {
  kAzure2019,  ///< invocations_per_function_md.anon.dNN.csv: counts a minute
  kAzure2021,  ///< app,func,end_timestamp,duration
};
std::string_view name(TraceFormat format);
/// Where in its minute a request of a minute-binned trace is placed.
enum class Spread : std::uint8_t { kUniform, kEven, kPoisson };
std::string_view name(Spread spread);
struct Trace;
struct TracePattern {
  std::filesystem::path file;
  TraceFormat format = TraceFormat::kAzure2019;
  std::filesystem::path durations;  ///< azure-2019: the second file; empty: requests carry none
  Spread spread = Spread::kUniform;
  /// How many functions of the trace, the busiest first; they are dealt out to the functions of the
  /// suite in turn. Absent: all.
  std::optional<int> functions;
  /// What was read of the file; set by driven_functions() (harness/load/), absent before.
  std::shared_ptr<const Trace> trace;
};

using Pattern =
    std::variant<ColdPattern, ClosedPattern, ConstantPattern, StagesPattern, BurstPattern,
                 OnOffPattern, SinePattern, CronPattern, ListPattern, TracePattern>;
/// "cold", "closed", …: the value of the key `pattern`.
std::string_view pattern_name(const Pattern& pattern);
/// Whether its arrivals end without a `duration`.
bool has_end(const Pattern& pattern);

/// What becomes of a request that finds `max_in_flight` others under way.
enum class Overflow : std::uint8_t {
  kQueue,  ///< it waits; its latency counts from due
  kDrop,   ///< it is dropped, an outcome
};
std::string_view name(Overflow overflow);

struct LoadSpec {
  std::string name = "cold";
  Pattern pattern = ColdPattern{};
  std::optional<std::uint64_t> seed;  ///< absent: that of the run
  /// Arrivals end there. Required where the pattern has no end of its own. In pattern time: it is
  /// divided by time_scale.
  std::optional<std::chrono::nanoseconds> duration;
  std::optional<int> max_in_flight;
  Overflow overflow = Overflow::kQueue;
  std::optional<std::chrono::nanoseconds> timeout;  ///< from due; absent: the function's
  /// Requests due in the first so long are made, and left out of statistics.
  std::chrono::nanoseconds warmup{0};
  /// Pattern time, a trace's durations, keep-alive and the scaler's times pass this much faster;
  /// service does not.
  double time_scale = 1;
  /// That it drives, sweeps expanded; empty: all of the suite. Of a trace: those that its functions
  /// are dealt to (the key `deal_to`).
  std::vector<std::string> functions;
  /// Whether its functions are driven at the same time; else one after the other, each alone. The
  /// parser sets it for a trace that does not say otherwise.
  bool together = false;
  /// Set by --sweep-parallel: so many starts at once, each on a fresh instance, `trials` times.
  std::optional<int> parallel;
};

/// What the platform does for a function under load. Times are in pattern time (see time_scale).
struct PlatformSpec {
  enum class Scale : std::uint8_t {
    kDemand,   ///< a request that finds no room starts an instance, which is its own (AWS Lambda)
    kKnative,  ///< Knative's pod autoscaler decides; requests wait for any instance
  };
  Scale scale = Scale::kDemand;
  /// scale: demand. An instance that was idle for so long is stopped; 0: at once.
  std::chrono::nanoseconds keep_alive = std::chrono::minutes(10);
  std::optional<int> max_instances;
  int min_instances = 0;     ///< started before the load begins, never stopped while it lasts
  int concurrency = 1;       ///< requests at once in an instance
  std::optional<int> queue;  ///< requests that may wait for an instance; absent: any number

  // scale: knative
  double target_utilization = 0.7;  ///< of `concurrency`
  std::chrono::nanoseconds stable_window = std::chrono::seconds(60);
  std::chrono::nanoseconds panic_window = std::chrono::seconds(6);
  double panic_threshold = 2.0;
  std::chrono::nanoseconds tick = std::chrono::seconds(2);
  std::chrono::nanoseconds scale_to_zero_grace = std::chrono::seconds(30);
  double max_scale_up_rate = 1000;
  double max_scale_down_rate = 2;
};
std::string_view name(PlatformSpec::Scale scale);

}  // namespace coldstart::harness
