// Clients that wait for their answers, with real processes.
#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>

#include "tests/harness/platform/load_rig.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

TEST(ClosedLoad, ClientsThatAreTurnedAwayLeaveTheOthersTheirTurn) {
  Rig rig;
  FunctionSpec function = native(misbehaving("counts-requests"));
  function.env = {{"WORK_MS", "20"}, {"MOST", "1"}};
  function.platform.max_instances = 1;
  function.platform.queue = 0;
  ClosedPattern pattern;
  pattern.clients = 3;
  LoadSpec load;
  load.name = "closed";
  load.pattern = pattern;
  load.duration = 1s;
  const LoadResult result = drive(rig, {function}, load);
  // Of 50 that one instance can answer in a second; others may want its CPU.
  EXPECT_GT(result.with(Outcome::kOk), 5U);
  EXPECT_GT(result.with(Outcome::kDropped), 10U);
  EXPECT_LE(result.with(Outcome::kDropped), 3000U) << "each asks again after a millisecond";
  EXPECT_EQ(result.with(Outcome::kOk) + result.with(Outcome::kDropped), result.invocations.size());
}

TEST(ClosedLoad, ClientsOfAClosedLoadWaitForTheirAnswers) {
  Rig rig;
  FunctionSpec function = native(misbehaving("counts-requests"));
  function.env = {{"WORK_MS", "20"}};
  LoadSpec load;
  load.name = "closed";
  ClosedPattern pattern;
  pattern.clients = 3;
  pattern.think = 10ms;
  load.pattern = pattern;
  load.duration = 600ms;
  const LoadResult result = drive(rig, {function}, load);
  EXPECT_EQ(result.with(Outcome::kOk), result.invocations.size());
  EXPECT_EQ(result.lives.size(), 3U);
  EXPECT_GE(result.invocations.size(), 9U);
  EXPECT_LE(result.invocations.size(), 3U * (600 / 30 + 1));
  // Each request but the clients' first is due when its client has thought about an answer, to the
  // nanosecond. (Which client it is is not recorded: both in order of time.)
  std::vector<std::int64_t> thought, due;
  for (const Invocation& invocation : result.invocations) {
    due.push_back(invocation.due_ns);
    ASSERT_TRUE(invocation.done_ns);
    thought.push_back(invocation.due_ns + *invocation.done_ns + (10ms / 1ns));
  }
  std::ranges::sort(due);
  std::ranges::sort(thought);
  ASSERT_GT(due.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(due[i], 0);
  for (std::size_t i = 3; i < due.size(); ++i) EXPECT_EQ(due[i], thought[i - 3]);
}

TEST(ClosedLoad, BeyondMaxInFlightClientsWaitOrAreTurnedAway) {
  for (const Overflow overflow : {Overflow::kQueue, Overflow::kDrop}) {
    Rig rig;
    FunctionSpec function = native(misbehaving("counts-requests"));
    function.env = {{"WORK_MS", "10"}};
    LoadSpec load;
    load.name = "closed";
    ClosedPattern pattern;
    pattern.clients = 3;
    load.pattern = pattern;
    load.duration = 500ms;
    load.max_in_flight = 1;
    load.overflow = overflow;
    const LoadResult result = drive(rig, {function}, load);
    EXPECT_GE(result.with(Outcome::kOk), 3U);
    EXPECT_EQ(result.lives.size(), 1U) << "never two at once, so one instance is enough";
    if (overflow == Overflow::kQueue) {
      EXPECT_EQ(result.with(Outcome::kDropped), 0U);
    } else {
      EXPECT_GT(result.with(Outcome::kDropped), 0U);
    }
    std::vector<std::pair<std::int64_t, std::int64_t>> spans;
    for (const Invocation& i : result.invocations) {
      if (i.sent_ns && i.done_ns) spans.emplace_back(i.due_ns + *i.sent_ns, i.due_ns + *i.done_ns);
    }
    std::ranges::sort(spans);
    for (std::size_t i = 1; i < spans.size(); ++i) EXPECT_GE(spans[i].first, spans[i - 1].second);
  }
}

}  // namespace
}  // namespace coldstart::harness
