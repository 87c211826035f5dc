#include "probes/activity.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "tests/probes/made_events.h"

namespace coldstart::probes {
namespace {

using State = Activity::State;

constexpr std::uint32_t kPid = 100;
constexpr std::uint32_t kOther = 101;
constexpr std::uint32_t kLauncher = 1;

Event forked(std::int64_t time_ns, std::uint32_t child = kPid, std::uint32_t parent = kLauncher) {
  return made(CS_FORK, time_ns, parent, parent, child);
}

Activity follow(const std::vector<Event>& events, std::int64_t to_ns) {
  return follow_threads(events, 0, to_ns,
                        [](int stack) { return stack == 7 ? "rcu" : std::string("kernel"); });
}

TEST(ActivityTest, BeforeTheFirstForkTheLauncherIsWaitedFor) {
  const Activity activity = follow({forked(10), switched_in(15, kPid)}, 20);
  const TimeSplit split = activity.split(0, 20);
  EXPECT_EQ(split.wait_ns, 10);
  EXPECT_EQ(split.waits.at("launcher"), 10);
  EXPECT_EQ(split.runnable_ns, 5);
  EXPECT_EQ(split.cpu_ns, 5);
}

TEST(ActivityTest, AThreadIsOnACpuRunnableOnDiskOrWaits) {
  const Activity activity =
      follow({forked(0), switched_in(10, kPid), preempted(20, kPid), switched_in(25, kPid),
              on_disk(40, kPid), woken(70, kPid), switched_in(72, kPid),
              blocked(80, kPid, SYS_futex), woken(100, kPid), switched_in(101, kPid)},
             120);
  const TimeSplit split = activity.split(0, 120);
  EXPECT_EQ(split.runnable_ns, 10 + 5 + 2 + 1);
  EXPECT_EQ(split.cpu_ns, 10 + 15 + 8 + 19);
  EXPECT_EQ(split.disk_ns, 30);
  EXPECT_EQ(split.wait_ns, 20);
  EXPECT_EQ(split.waits.at("futex"), 20);
  EXPECT_EQ(split.total_ns(), 120);
}

TEST(ActivityTest, OneThreadOnACpuIsEnough) {
  const Activity activity = follow(
      {forked(0), switched_in(0, kPid), woken(10, kPid, kOther), switched_in(12, kPid, kOther),
       blocked(20, kPid, SYS_futex), blocked(50, kPid, SYS_futex, kOther)},
      60);
  const TimeSplit split = activity.split(0, 60);
  EXPECT_EQ(split.cpu_ns, 50);
  EXPECT_EQ(split.wait_ns, 10);
  std::int64_t cpu_time = 0;
  for (const auto& run : activity.runs) cpu_time += run.end_ns - run.begin_ns;
  EXPECT_EQ(cpu_time, 20 + 38);
}

TEST(ActivityTest, AWaitIsNamedAfterTheThreadThatEndedIt) {
  const Activity activity =
      follow({forked(0), switched_in(0, kPid), woken(0, kPid, kOther), switched_in(1, kPid, kOther),
              blocked(10, kPid, SYS_futex), blocked(11, kPid, SYS_clock_nanosleep, kOther),
              woken(50, kPid, kOther), switched_in(51, kPid, kOther)},
             60);
  const TimeSplit split = activity.split(0, 60);
  ASSERT_EQ(split.waits.size(), 1U);
  EXPECT_EQ(split.waits.at("sleep"), 39);
}

TEST(ActivityTest, AWaitThatNothingEndedIsNamedAfterTheLastToBlock) {
  const Activity activity =
      follow({forked(0), switched_in(0, kPid), blocked(10, kPid, SYS_ppoll)}, 60);
  EXPECT_EQ(activity.split(0, 60).waits.at("poll"), 50);
}

TEST(ActivityTest, AnUninterruptibleWaitIsNamedByItsKernelStack) {
  Event out = made(CS_SWITCH_OUT, 10, kPid, kPid, 2);
  out.raw.sched.stack = 7;
  out.raw.sched.syscall = SYS_mount;
  const Activity activity =
      follow({forked(0), switched_in(0, kPid), out, woken(30, kPid), switched_in(30, kPid)}, 40);
  EXPECT_EQ(activity.split(0, 40).waits.at("rcu"), 20);
}

TEST(ActivityTest, AThreadThatCouldRunButItsGroupMayNotWaitsForTheCpuLimit) {
  Event out = made(CS_SWITCH_OUT, 10, kPid, kPid, 0);
  out.raw.sched.throttled = 1;
  const Activity activity =
      follow({forked(0), switched_in(0, kPid), out, switched_in(50, kPid)}, 60);
  const TimeSplit split = activity.split(0, 60);
  EXPECT_EQ(split.cpu_ns, 20);
  EXPECT_EQ(split.runnable_ns, 0);
  EXPECT_EQ(split.wait_ns, 40);
  EXPECT_EQ(split.waits.at("cpu limit"), 40);
}

TEST(ActivityTest, AThreadThatIsWokenWhileItsGroupMayNotRunHasWaitedForOneThingAndThenForTheOther) {
  Event woken_in_vain = woken(30, kPid);
  woken_in_vain.raw.value = 1;
  const Activity activity = follow({forked(0), switched_in(0, kPid), blocked(10, kPid, SYS_ppoll),
                                    woken_in_vain, switched_in(50, kPid)},
                                   60);
  const TimeSplit split = activity.split(0, 60);
  EXPECT_EQ(split.waits.at("poll"), 20);
  EXPECT_EQ(split.waits.at("cpu limit"), 20);
}

TEST(ActivityTest, AWakeUpOfAThreadThatStillRunsChangesNothing) {
  const Activity activity = follow({forked(0), switched_in(0, kPid), woken(10, kPid)}, 20);
  EXPECT_EQ(activity.split(0, 20).cpu_ns, 20);
}

TEST(ActivityTest, AProcessThatEndedIsTakenDownOnACpuUntilItsLastThreadIsDead) {
  const Activity activity = follow(
      {forked(0), switched_in(0, kPid), made(CS_EXIT, 20, kPid), blocked(24, kPid, SYS_exit_group),
       woken(27, kPid), switched_in(28, kPid), dead(35, kPid)},
      40);
  EXPECT_EQ(activity.split(0, 24).cpu_ns, 24);
  const TimeSplit split = activity.split(24, 40);
  EXPECT_EQ(split.cpu_ns, 7);
  EXPECT_EQ(split.runnable_ns, 1);
  EXPECT_EQ(split.wait_ns, 3 + 5);
  EXPECT_EQ(split.waits.at("launcher"), 5) << "it has yet to hear of it";
}

TEST(ActivityTest, ADeadThreadLeavesTheOthersOfItsInstanceAlone) {
  const Activity activity =
      follow({forked(0), switched_in(0, kPid), forked(5, kOther, kPid), switched_in(6, kOther),
              made(CS_EXIT, 20, kPid), dead(21, kPid), blocked(30, kOther, SYS_read)},
             40);
  const TimeSplit split = activity.split(0, 40);
  EXPECT_EQ(split.cpu_ns, 30);
  EXPECT_EQ(split.wait_ns, 10);
}

TEST(ActivityTest, AThreadThatExecutesBecomesTheLeader) {
  const Activity activity =
      follow({forked(0), switched_in(0, kPid), woken(1, kPid, kOther), switched_in(2, kPid, kOther),
              blocked(3, kPid, SYS_futex), made(CS_EXEC, 10, kPid), blocked(20, kPid, SYS_read)},
             30);
  const TimeSplit split = activity.split(0, 30);
  EXPECT_EQ(split.cpu_ns, 20);
  EXPECT_EQ(split.wait_ns, 10);
}

TEST(ActivityTest, CountersOfOthersAreNotOurs) {
  // The fork is the launcher's event, with the launcher's counters.
  const Activity activity = follow({with_counters(forked(0), 500), switched_in(1, kPid),
                                    with_counters(made(CS_LISTEN, 10, kPid), 7, 1, 4096)},
                                   20);
  ASSERT_EQ(activity.rises.size(), 1U);
  EXPECT_EQ(activity.rises[0].minor_faults, 7);
  EXPECT_EQ(activity.rises[0].major_faults, 1);
  EXPECT_EQ(activity.rises[0].read_bytes, 4096);
}

}  // namespace
}  // namespace coldstart::probes
