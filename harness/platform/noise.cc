#include "harness/platform/noise.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <string>
#include <thread>
#include <unistd.h>

namespace coldstart::harness {
namespace {

constexpr std::chrono::milliseconds kMoment{200};
// A quiet machine uses a few per cent; one busy process on eight CPUs uses 12.
constexpr double kBusy = 0.12;
constexpr double kSteal = 0.01;

// The first line of /proc/stat: ticks of all CPUs since boot.
struct Ticks {
  double all = 0, idle = 0, steal = 0;
};

std::optional<Ticks> read_ticks() {
  std::ifstream stat("/proc/stat");
  std::string label;
  std::array<double, 8> columns{};  // user nice system idle iowait irq softirq steal
  stat >> label;
  for (double& column : columns) stat >> column;
  if (!stat) return std::nullopt;
  return Ticks{std::accumulate(columns.begin(), columns.end(), 0.0), columns[3] + columns[4],
               columns[7]};
}

}  // namespace

Noise read_noise() {
  Noise noise;
  const auto before = read_ticks();
  std::this_thread::sleep_for(kMoment);
  const auto after = read_ticks();
  if (before && after && after->all > before->all) {
    noise.busy_share = 1 - (after->idle - before->idle) / (after->all - before->all);
    noise.steal_share = after->steal / after->all;
  }
  std::ifstream load("/proc/loadavg");
  if (double minute = 0; load >> minute) noise.load = minute;
  noise.cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  return noise;
}

std::optional<std::string> what_disturbs(const Noise& noise) {
  std::array<char, 240> text{};
  if (noise.busy_share && *noise.busy_share > kBusy) {
    std::snprintf(text.data(), text.size(),
                  "this machine is busy: %.0f %% of its CPU time is in use (load %.2f on %d CPUs), "
                  "so the figures will be too high; end what runs, or measure again later",
                  100 * *noise.busy_share, noise.load.value_or(0), noise.cpus);
    return text.data();
  }
  if (noise.steal_share && *noise.steal_share > kSteal) {
    std::snprintf(text.data(), text.size(),
                  "other guests of this host disturb: %.1f %% of CPU time since boot was stolen; "
                  "repeat runs before you believe small differences",
                  100 * *noise.steal_share);
    return text.data();
  }
  return std::nullopt;
}

}  // namespace coldstart::harness
