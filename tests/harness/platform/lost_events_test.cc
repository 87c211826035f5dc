// What happens when the kernel has more to tell than the ring buffer holds.
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <unistd.h>

#include "tests/harness/platform/rig.h"

namespace coldstart::harness {
namespace {

// One page: the smallest ring there is. It overflows within a start.
std::unique_ptr<probes::Session> narrow_session() {
  return probes::open_session(probes::TierSet::all(), 4096);
}

TEST(LostEventsTest, AStartThatLostEventsIsMarkedAndNotWrong) {
  Rig rig(narrow_session);
  if (!rig.live()) GTEST_SKIP() << "skipped: " << rig.session->tiers().front().reason;
  FunctionSpec function = native("/usr/bin/python3");
  function.runtime = RuntimeKind::kPython;
  function.interpreter = "python3";
  function.script = sample("hello.py");
  if (auto lacking = missing(function)) GTEST_SKIP() << "skipped: " << *lacking;

  Start start;
  // Whether a start overflows a page depends on how fast we read it; one of a few will.
  for (int attempt = 0; attempt < 20 && start.lost_events == 0; ++attempt) {
    start = rig.once(function);
  }
  ASSERT_GT(start.lost_events, 0U);
  EXPECT_FALSE(start.usable()) << "it must not count in any statistics";
  // It is an answer nevertheless, also if the listen event was among the lost ones.
  EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
  EXPECT_TRUE(latency_ns(start.timeline));
  // What was seen is in order; what was not has no time.
  std::int64_t last = 0;
  for (std::size_t i = 0; i < kBoundaryCount; ++i) {
    const Mark& mark = start.timeline[static_cast<Boundary>(i)];
    if (!mark.at_ns) continue;
    EXPECT_GE(*mark.at_ns, last) << name(static_cast<Boundary>(i));
    last = *mark.at_ns;
  }
  for (const PhaseCauses& cause : start.account.causes) {
    EXPECT_GE(cause.time.total_ns(), 0) << cause.phase;
  }
}

// Held against the program's own clock: a boundary that was seen is when it was, others have no
// time.
TEST(LostEventsTest, WhatIsSeenOfSuchAStartIsWhenItWas) {
  Rig rig(narrow_session);
  if (!rig.live()) GTEST_SKIP() << "skipped: " << rig.session->tiers().front().reason;
  const std::string log = COLDSTART_BINARY_DIR "/lost-events-" + std::to_string(::getpid());
  FunctionSpec function =
      native("/usr/bin/python3", {"-c",
                                  "import time\n"
                                  "begin = time.monotonic_ns()\n"
                                  "import asyncio, http.server, json, unittest\n"
                                  "end = time.monotonic_ns()\n"
                                  "with open('" +
                                      log +
                                      "', 'w') as f: print(begin, end, file=f)\n"
                                      "print('done', flush=True)\n"});
  function.contract = ContractKind::kExec;
  if (auto lacking = missing(function)) GTEST_SKIP() << "skipped: " << *lacking;
  int lossy = 0;
  for (int attempt = 0; attempt < 100 && lossy < 2; ++attempt) {
    const Start start = rig.once(function);
    ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
    if (start.lost_events == 0) continue;
    lossy += 1;
    std::int64_t begin = 0, end = 0;
    std::ifstream(log) >> begin >> end;
    ASSERT_GT(begin, 0);
    const auto seen = [&](Boundary boundary) {
      const auto& at = start.timeline[boundary].at_ns;
      return at ? std::optional(start.due_ns + *at) : std::nullopt;
    };
    for (const Boundary before : {Boundary::kForked, Boundary::kLaunched, Boundary::kExeced,
                                  Boundary::kLinked, Boundary::kEntered}) {
      EXPECT_LE(seen(before).value_or(0), begin) << name(before);
    }
    for (const Boundary after : {Boundary::kResponded, Boundary::kCompleted}) {
      EXPECT_GE(seen(after).value_or(end), end) << name(after);
    }
    EXPECT_FALSE(start.usable());
  }
  std::filesystem::remove(log);
  EXPECT_GT(lossy, 0) << "no start overflowed a page";
}

TEST(LostEventsTest, TheNextStartIsWholeAgain) {
  Rig rig;
  if (!rig.live()) GTEST_SKIP() << "skipped: " << rig.session->tiers().front().reason;
  const Start start = rig.start(native(sample("hello")));
  EXPECT_EQ(start.lost_events, 0U);
  EXPECT_TRUE(start.usable());
}

}  // namespace
}  // namespace coldstart::harness
