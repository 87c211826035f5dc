// Whether something else disturbs a measurement while it goes on.
//
// What our own processes use is known from /proc, so what is left of a busy CPU is other tasks'.
// Ticks of 10 ms are coarse: a window should be a quarter of a second or longer.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace coldstart::harness {

/// Counters since boot. Absent: this machine does not tell.
struct NoiseCounters {
  std::int64_t time_ns = 0;  ///< CLOCK_MONOTONIC
  std::optional<double> all_ticks, idle_ticks, steal_ticks;
  std::optional<double> own_ticks;  ///< of ourselves, the launcher and what both have reaped
  std::optional<std::int64_t> pressure_us;  ///< a task waited for a CPU (PSI, "some")
  std::optional<std::int64_t> throttles;    ///< thermal, over all CPUs
  std::optional<std::int64_t>
      frequency_khz;  ///< now, of the fastest CPU: the one that has just worked
};
NoiseCounters read_noise_counters(pid_t launcher);

/// What went on between two readings.
struct NoiseWindow {
  std::optional<double> other_cpus;   ///< CPUs that other tasks used: 1.0 is one busy loop
  std::optional<double> steal_share;  ///< of all CPU time
  std::optional<double> pressure;     ///< share of the time in which a task waited for a CPU
  std::optional<std::int64_t> throttles;
  std::optional<double> frequency_change;  ///< last over first: 0.8 is a fifth slower

  /// What disturbed, "another task used 0.9 CPUs"; absent: nothing worth mentioning.
  std::optional<std::string> disturbance() const;
};
NoiseWindow noise_between(const NoiseCounters& first, const NoiseCounters& last);

/// Watches in windows, and remembers the whole.
class NoiseWatch {
 public:
  static constexpr std::chrono::milliseconds kWindow{250};

  explicit NoiseWatch(pid_t launcher);

  /// Whether the window is long enough to be judged.
  bool is_due() const;
  /// What disturbed since the last call (or the beginning); absent: nothing.
  std::optional<std::string> close_window();

  /// Since the beginning, for people: "other tasks used 0.05 CPUs, 0.0 % was stolen".
  std::string summary() const;

 private:
  pid_t launcher_;
  NoiseCounters first_;
  NoiseCounters window_;
  double most_others_ = 0;
};

}  // namespace coldstart::harness
