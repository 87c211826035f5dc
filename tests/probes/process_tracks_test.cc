// What processes and threads did, from made-up events.
#include "probes/process_tracks.h"

#include <cstring>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "tests/probes/made_events.h"

namespace coldstart::probes {
namespace {

constexpr std::uint32_t kLauncher = 1;
constexpr std::uint32_t kFirst = 100;
constexpr std::uint32_t kChild = 101;
constexpr std::uint32_t kThread = 102;
constexpr std::int64_t kDue = 1'000;
constexpr std::int64_t kEnd = 2'000;

std::vector<ProcessTrack> tracks_of(const std::vector<Event>& events) {
  const Activity activity = follow_threads(
      events, kDue, kEnd, [](int) { return std::string("kernel"); }, true);
  return process_tracks(events, activity, kDue, kEnd);
}

Event called(Event event, const char* name) {
  std::strncpy(event.raw.sched.name, name, sizeof(event.raw.sched.name) - 1);
  return event;
}

TEST(ProcessTracks, AThreadIsInOneStateAfterTheOtherUntilItEnds) {
  const auto tracks = tracks_of({
      made(CS_FORK, 1'100, kLauncher, 0, kFirst),
      switched_in(1'150, kFirst),
      named(CS_EXEC, 1'200, kFirst, "/bin/server"),
      called(blocked(1'300, kFirst, SYS_futex), "server"),
      woken(1'400, kFirst),
      switched_in(1'410, kFirst),
      called(on_disk(1'500, kFirst), "server"),
      woken(1'600, kFirst),
      switched_in(1'600, kFirst),
      dead(1'700, kFirst),
  });
  ASSERT_EQ(tracks.size(), 1U);
  const ProcessTrack& process = tracks[0];
  EXPECT_EQ(process.pid, kFirst);
  EXPECT_FALSE(process.parent) << "the launcher is none of the instance";
  EXPECT_EQ(process.begin_ns, 100);
  EXPECT_EQ(process.programs, (std::vector<ExecutedProgram>{{"/bin/server", 200}}));
  ASSERT_EQ(process.threads.size(), 1U);
  EXPECT_EQ(process.threads[0].tid, kFirst);
  const std::vector<ThreadChange> expected = {
      {100, ThreadState::kRunnable, ""},  {150, ThreadState::kCpu, ""},
      {300, ThreadState::kWait, "futex"}, {400, ThreadState::kRunnable, ""},
      {410, ThreadState::kCpu, ""},       {500, ThreadState::kDisk, ""},
      {600, ThreadState::kRunnable, ""},  {600, ThreadState::kCpu, ""}};
  EXPECT_EQ(process.threads[0].changes, expected);
  EXPECT_EQ(process.threads[0].end_ns, 700);
}

TEST(ProcessTracks, ProcessesHaveTheirParentTheirEndAndTheirThreads) {
  Event exit = made(CS_EXIT, 1'800, kChild);
  const auto tracks = tracks_of({
      made(CS_FORK, 1'100, kLauncher, 0, kFirst),
      switched_in(1'110, kFirst),
      made(CS_FORK, 1'200, kFirst, 0, kChild),
      switched_in(1'210, kChild),
      woken(1'300, kChild, kThread),
      switched_in(1'310, kChild, kThread),
      called(blocked(1'320, kChild, SYS_poll, kThread), "worker"),
      exit,
      dead(1'810, kChild),
  });
  ASSERT_EQ(tracks.size(), 2U);
  EXPECT_EQ(tracks[1].parent, kFirst);
  EXPECT_FALSE(tracks[0].end_ns);
  EXPECT_EQ(tracks[1].end_ns, 800);
  ASSERT_EQ(tracks[1].threads.size(), 2U);
  EXPECT_EQ(tracks[1].threads[1].name, "worker");
  EXPECT_EQ(tracks[1].threads[1].end_ns, kEnd - kDue) << "nobody saw it end";
}

TEST(ProcessTracks, AnExecTakesTheOtherThreadsAway) {
  const auto tracks = tracks_of({
      made(CS_FORK, 1'100, kLauncher, 0, kFirst),
      switched_in(1'110, kFirst),
      woken(1'200, kFirst, kThread),
      named(CS_EXEC, 1'500, kFirst, "/bin/next", kFirst),
  });
  ASSERT_EQ(tracks[0].threads.size(), 2U);
  EXPECT_EQ(tracks[0].threads[1].tid, kThread);
  EXPECT_EQ(tracks[0].threads[1].end_ns, 500);
  EXPECT_EQ(tracks[0].threads[0].end_ns, kEnd - kDue);
}

TEST(ProcessTracks, WhatWasBeforeDueBeginsThereAndWhatCameAfterTheEndIsLeftOut) {
  const auto tracks = tracks_of({
      made(CS_FORK, 100, kLauncher, 0, kFirst),
      switched_in(110, kFirst),
      made(CS_FORK, 120, kFirst, 0, kChild),
      made(CS_EXIT, 130, kChild),
      dead(140, kChild),
      blocked(150, kFirst, SYS_poll),
      woken(1'500, kFirst),
      made(CS_FORK, 2'500, kFirst, 0, 300),
      switched_in(2'600, kFirst),
  });
  ASSERT_EQ(tracks.size(), 1U);
  EXPECT_EQ(tracks[0].begin_ns, 0);
  const std::vector<ThreadChange> expected = {{0, ThreadState::kWait, "poll"},
                                              {500, ThreadState::kRunnable, ""}};
  EXPECT_EQ(tracks[0].threads.at(0).changes, expected);
}

TEST(ProcessTracks, AreKeptOnlyWhereTheyWereAskedFor) {
  const std::vector<Event> events = {made(CS_FORK, 1'100, kLauncher, 0, kFirst)};
  const KernelWait kernel_wait = [](int) { return std::string(); };
  EXPECT_TRUE(follow_threads(events, kDue, kEnd, kernel_wait).changes.empty());
  EXPECT_FALSE(follow_threads(events, kDue, kEnd, kernel_wait, true).changes.empty());
}

}  // namespace
}  // namespace coldstart::probes
