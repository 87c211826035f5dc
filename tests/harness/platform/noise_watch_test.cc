#include "harness/platform/noise_watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace coldstart::harness {
namespace {

// A second on two CPUs, of which we use a quarter of one and nobody else anything.
NoiseCounters quiet_second(const NoiseCounters& first) {
  NoiseCounters last = first;
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  last.time_ns += 1'000'000'000;
  last.all_ticks = *first.all_ticks + 2 * ticks;
  last.own_ticks = *first.own_ticks + 0.25 * ticks;
  last.idle_ticks = *first.idle_ticks + 1.75 * ticks;
  return last;
}

NoiseCounters some_counters() {
  NoiseCounters counters;
  counters.time_ns = 5;
  counters.all_ticks = 1000;
  counters.idle_ticks = 600;
  counters.steal_ticks = 10;
  counters.own_ticks = 70;
  counters.throttles = 3;
  counters.frequency_khz = 3'000'000;
  return counters;
}

std::string disturbance(const NoiseCounters& first, const NoiseCounters& last) {
  return noise_between(first, last).disturbance().value_or("");
}

TEST(NoiseWatch, WhatWeUseOurselvesIsNoDisturbance) {
  const NoiseCounters first = some_counters();
  EXPECT_EQ(disturbance(first, quiet_second(first)), "");
}

TEST(NoiseWatch, OtherTasksAndTheHypervisorAreNamed) {
  const NoiseCounters first = some_counters();
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  NoiseCounters busy = quiet_second(first);
  *busy.idle_ticks -= 0.9 * ticks;
  EXPECT_EQ(disturbance(first, busy), "other tasks used 0.9 CPUs");
  NoiseCounters stolen = quiet_second(first);
  *stolen.idle_ticks -= 0.2 * ticks;
  *stolen.steal_ticks += 0.2 * ticks;
  EXPECT_EQ(disturbance(first, stolen), "10 % of CPU time was stolen by the hypervisor");
}

TEST(NoiseWatch, HeatIsNamedAndTheClockIsTold) {
  const NoiseCounters first = some_counters();
  NoiseCounters last = quiet_second(first);
  last.frequency_khz = 2'400'000;
  EXPECT_EQ(disturbance(first, last), "") << "an idle CPU is slow";
  EXPECT_DOUBLE_EQ(noise_between(first, last).frequency_change.value_or(0), 0.8);
  last.throttles = 4;
  EXPECT_EQ(disturbance(first, last), "the CPU was throttled because it was hot");
}

TEST(NoiseWatch, WhatAMachineDoesNotTellDisturbsNothing) {
  NoiseCounters first = some_counters();
  NoiseCounters last = quiet_second(first);
  first.frequency_khz.reset();
  last.throttles.reset();
  last.own_ticks.reset();
  const NoiseWindow window = noise_between(first, last);
  EXPECT_FALSE(window.frequency_change);
  EXPECT_FALSE(window.throttles);
  EXPECT_FALSE(window.other_cpus);
  EXPECT_FALSE(window.disturbance());
}

TEST(NoiseWatch, ThisMachineTellsItsCpuTime) {
  const NoiseCounters counters = read_noise_counters(::getpid());
  EXPECT_TRUE(counters.all_ticks);
  EXPECT_TRUE(counters.own_ticks);
  EXPECT_GT(counters.time_ns, 0);
}

}  // namespace
}  // namespace coldstart::harness
