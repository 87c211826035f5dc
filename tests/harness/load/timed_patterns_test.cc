// Patterns that say themselves when requests are due.
#include <gtest/gtest.h>
#include <ostream>

#include "tests/harness/load/drawn.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;
using Times = std::vector<double>;

TEST(Burst, AllOfABurstAreDueAtOnceAndSizesAreTakenInTurn) {
  EXPECT_EQ(due_times(load_of(BurstPattern{{3}, 0s, 1})), (Times{0, 0, 0}));
  EXPECT_EQ(due_times(load_of(BurstPattern{{1, 2}, 5s, 3})), (Times{0, 5, 5, 10}));
  EXPECT_EQ(due_times(load_of(BurstPattern{{1, 2}, 5s, 3}, 10s)), (Times{0, 5, 5}));
}

TEST(List, IsAsItIsWritten) {
  EXPECT_EQ(due_times(load_of(ListPattern{{0s, 10ms, 10ms, 2s}})), (Times{0, 0.01, 0.01, 2}));
}

// Minutes since Monday, 2024-01-01 00:00, counted by hand.
struct CronCase {
  const char* expression;
  std::chrono::hours duration;
  std::vector<int> minutes;

  friend std::ostream& operator<<(std::ostream& out, const CronCase& of) {
    return out << of.expression;
  }
};

constexpr int kDay = 24 * 60;
// Days before the months of 2024, a leap year.
constexpr int kFebruary = 31, kMarch = 60, kJuly = 182;

class Cron : public ::testing::TestWithParam<CronCase> {};

TEST_P(Cron, IsDueAtTheMinutesOfTheTable) {
  const auto& [expression, duration, minutes] = GetParam();
  Times expected;
  for (const int minute : minutes) expected.push_back(minute * 60.0);
  EXPECT_EQ(due_times(load_of(CronPattern{expression}, duration)), expected) << expression;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Cron,
    ::testing::Values(CronCase{"*/20 * * * *", 1h, {0, 20, 40}},  // the first minute counts
                      CronCase{"59 23 * * *", 48h, {1439, 2879}},
                      CronCase{"30 8-10/2,22 * * *", 24h, {510, 630, 1350}},
                      CronCase{"0 9 * * mon-fri",
                               24h * 8,
                               {540, 540 + kDay, 540 + 2 * kDay, 540 + 3 * kDay, 540 + 4 * kDay,
                                540 + 7 * kDay}},
                      CronCase{"0 0 * * sun", 24h * 15, {6 * kDay, 13 * kDay}},
                      CronCase{"0 0 * * 7", 24h * 15, {6 * kDay, 13 * kDay}},
                      // The 10th, and each Friday (the 5th, 12th).
                      CronCase{"0 0 10 * 5", 24h * 14, {4 * kDay, 9 * kDay, 11 * kDay}},
                      // Odd days that are Sundays (7, 21), for the first one begins with '*'.
                      CronCase{"0 0 */2 * sun", 24h * 31, {6 * kDay, 20 * kDay}},
                      CronCase{"0 12 29 feb *", 24h * 366, {(kFebruary + 28) * kDay + 720}},
                      CronCase{"0 0 31 * *", 24h * 100, {30 * kDay, (kMarch + 30) * kDay}},
                      CronCase{"15 6 1 jan,jul *", 24h * 366, {375, kJuly* kDay + 375}},
                      CronCase{"@monthly", 24h * 70, {0, kFebruary* kDay, kMarch* kDay}},
                      CronCase{"@hourly", 3h, {0, 60, 120}}));

TEST(CronTime, IsScaledAsAllPatternTimeIs) {
  LoadSpec load = load_of(CronPattern{"*/5 * * * *"}, 1h);
  load.time_scale = 60;
  EXPECT_EQ(due_times(load), (Times{0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55}));
}

TEST(CronTime, EndsWhereNanosecondsEnd) {
  const auto arrivals = make_arrivals(load_of(CronPattern{"0 0 29 feb *"}), 1, 0, 1);
  int times = 0;
  while (arrivals->next()) ++times;
  EXPECT_EQ(times, 71);  // leap years from 2024 to 2316, without 2100, 2200, 2300
}

}  // namespace
}  // namespace coldstart::harness
