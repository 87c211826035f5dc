#include "harness/platform/noise_watch.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>
#include <unistd.h>

#include "harness/process/monotonic.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

// Of a CPU. A quiet machine has some daemons; from here on pairs differ more from one another
// (measured: docs/gate.md, "When is a window disturbed?").
constexpr double kOtherCpus = 0.30;
constexpr double kSteal = 0.02;

template <typename T>
std::optional<T> read_number(const fs::path& file) {
  std::ifstream stream(file);
  T value{};
  if (!(stream >> value)) return std::nullopt;
  return value;
}

// utime, stime, cutime and cstime: fields 14 to 17, counted behind the name in parentheses.
std::optional<double> ticks_of(pid_t pid) {
  std::ifstream stream("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stream, text)) return std::nullopt;
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double sum = 0;
  for (int field = 14; field <= 17; ++field) {
    double ticks = 0;
    if (!(fields >> ticks)) return std::nullopt;
    sum += ticks;
  }
  return sum;
}

// What a file of each CPU says: summed up, the largest, and how many have such a file.
struct OfCpus {
  std::int64_t sum = 0;
  std::int64_t largest = 0;
  int files = 0;
};
OfCpus read_of_cpus(const std::string& name) {
  OfCpus result;
  for (int cpu = 0;; ++cpu) {
    const fs::path folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu);
    std::error_code error;
    if (!fs::exists(folder, error)) return result;
    if (const auto value = read_number<std::int64_t>(folder / name)) {
      result.sum += *value;
      result.largest = std::max(result.largest, *value);
      ++result.files;
    }
  }
}

void read_cpu_ticks(NoiseCounters& counters) {
  std::ifstream stat("/proc/stat");
  std::string label;
  std::array<double, 8> columns{};  // user nice system idle iowait irq softirq steal
  stat >> label;
  for (double& column : columns) stat >> column;
  if (!stat) return;
  counters.all_ticks = std::accumulate(columns.begin(), columns.end(), 0.0);
  counters.idle_ticks = columns[3] + columns[4];
  counters.steal_ticks = columns[7];
}

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345"
std::optional<std::int64_t> read_pressure() {
  std::ifstream stream("/proc/pressure/cpu");
  for (std::string word; stream >> word;) {
    if (word.starts_with("total=")) return std::stoll(word.substr(6));
  }
  return std::nullopt;
}

}  // namespace

NoiseCounters read_noise_counters(pid_t launcher) {
  NoiseCounters counters;
  counters.time_ns = monotonic_ns();
  read_cpu_ticks(counters);
  const auto self = ticks_of(::getpid());
  const auto children = ticks_of(launcher);
  if (self && children) counters.own_ticks = *self + *children;
  counters.pressure_us = read_pressure();
  const OfCpus throttles = read_of_cpus("thermal_throttle/core_throttle_count");
  if (throttles.files > 0) counters.throttles = throttles.sum;
  const OfCpus frequency = read_of_cpus("cpufreq/scaling_cur_freq");
  if (frequency.files > 0) counters.frequency_khz = frequency.largest;
  return counters;
}

NoiseWindow noise_between(const NoiseCounters& first, const NoiseCounters& last) {
  NoiseWindow window;
  const double seconds = static_cast<double>(last.time_ns - first.time_ns) / 1e9;
  if (seconds <= 0) return window;
  if (first.all_ticks && last.all_ticks && *last.all_ticks > *first.all_ticks) {
    const double all = *last.all_ticks - *first.all_ticks;
    const double steal = *last.steal_ticks - *first.steal_ticks;
    window.steal_share = steal / all;
    if (first.own_ticks && last.own_ticks) {
      const double busy = all - (*last.idle_ticks - *first.idle_ticks) - steal;
      const double ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
      const double others = busy - (*last.own_ticks - *first.own_ticks);
      window.other_cpus = std::max(0.0, others / ticks_a_second / seconds);
    }
  }
  if (first.pressure_us && last.pressure_us) {
    window.pressure = static_cast<double>(*last.pressure_us - *first.pressure_us) / 1e6 / seconds;
  }
  if (first.throttles && last.throttles) window.throttles = *last.throttles - *first.throttles;
  if (first.frequency_khz && last.frequency_khz && *first.frequency_khz > 0) {
    window.frequency_change =
        static_cast<double>(*last.frequency_khz) / static_cast<double>(*first.frequency_khz);
  }
  return window;
}

std::optional<std::string> NoiseWindow::disturbance() const {
  std::array<char, 160> text{};
  if (other_cpus && *other_cpus > kOtherCpus) {
    std::snprintf(text.data(), text.size(), "other tasks used %.1f CPUs", *other_cpus);
    return text.data();
  }
  if (steal_share && *steal_share > kSteal) {
    std::snprintf(text.data(), text.size(), "%.0f %% of CPU time was stolen by the hypervisor",
                  100 * *steal_share);
    return text.data();
  }
  if (throttles.value_or(0) > 0) return "the CPU was throttled because it was hot";
  // The clock does not count: what is read is one moment, and an idle CPU is slow at its edges.
  return std::nullopt;
}

NoiseWatch::NoiseWatch(pid_t launcher)
    : launcher_(launcher), first_(read_noise_counters(launcher)), window_(first_) {}

bool NoiseWatch::is_due() const {
  return monotonic_ns() - window_.time_ns >= std::chrono::nanoseconds(kWindow).count();
}

std::optional<std::string> NoiseWatch::close_window() {
  const NoiseCounters now = read_noise_counters(launcher_);
  const NoiseWindow window = noise_between(window_, now);
  window_ = now;
  most_others_ = std::max(most_others_, window.other_cpus.value_or(0));
  return window.disturbance();
}

std::string NoiseWatch::summary() const {
  const NoiseWindow whole = noise_between(first_, window_);
  std::array<char, 80> text{};
  std::string line;
  const auto add = [&](const char* format, double value) {
    std::snprintf(text.data(), text.size(), format, value);
    line += (line.empty() ? "" : ", ") + std::string(text.data());
  };
  if (whole.other_cpus) add("other tasks used %.2f CPUs", *whole.other_cpus);
  if (whole.other_cpus) add("at most %.1f in a quarter of a second", most_others_);
  if (whole.steal_share) add("%.1f %% of CPU time was stolen", 100 * *whole.steal_share);
  if (whole.pressure) add("a task waited for a CPU in %.0f %% of the time", 100 * *whole.pressure);
  if (whole.throttles.value_or(0) > 0) {
    add("the CPU was throttled %.0f times", static_cast<double>(*whole.throttles));
  }
  if (whole.frequency_change) {
    add("the clock ended at %.0f %% of its frequency", 100 * *whole.frequency_change);
  }
  return line;
}

}  // namespace coldstart::harness
