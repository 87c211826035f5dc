#include "results/report/waterfall.h"

#include <gtest/gtest.h>

#include "results/report/text.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::full_start;
using testing::lines_of;
using testing::plain_start;

std::string line_with(const std::string& text, const std::string& start) {
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(start)) return line;
  }
  return "";
}

TEST(Waterfall, ARowAPhaseWithBeginLengthShareAndABarInItsPlace) {
  const std::string text = waterfall(plain_start("f", 3, 10'000'000), {100, false, true});
  EXPECT_TRUE(
      contains(text, "f: 10.0 ms from due to the first byte of the answer (trial 3, load cold"));
  const std::string runtime = line_with(text, "runtime ");
  EXPECT_TRUE(contains(runtime, "5.00 ms  1.00 ms   10.0 %")) << runtime;
  EXPECT_TRUE(contains(line_with(text, "total"), "10.0 ms  100.0 %"));
  // Bars stand one behind the other: each begins where the one before ended.
  std::size_t end = 0;
  for (const char* phase :
       {"queue", "spawn", "sandbox", "link", "init", "runtime", "app", "connect"}) {
    const std::string line = to_ascii(line_with(text, phase));
    const auto begin = line.find('#');
    ASSERT_NE(begin, std::string::npos) << line;
    if (end != 0) {
      EXPECT_EQ(begin, end) << line;
    }
    end = line.rfind('#') + 1;
  }
}

TEST(Waterfall, AProgramThatRunsToItsEndHasNoAnswer) {
  const std::string text = waterfall(plain_start("f", 3, 10'000'000), {100, false, true}, "exec");
  EXPECT_TRUE(contains(text, "f: 10.0 ms from due to the first byte of its output, or its end"));
  EXPECT_TRUE(contains(text, "it ended after 10.0 ms"));
  EXPECT_FALSE(contains(text, "answer (")) << text;
}

TEST(Waterfall, FitsTheWidthWhateverTheWidth) {
  Start long_name = full_start(std::string(70, 'n'), 1);
  const coldstart::Run run = testing::realistic_run(1);
  for (int width : {60, 80, 99, 100, 120, 140, 200}) {
    for (const bool unicode : {false, true}) {
      for (const Start& start : {long_name, run.starts[0], run.starts[5], run.starts[6], Start{}}) {
        const std::string text = waterfall(start, {width, true, unicode});
        for (const std::string& line : lines_of(text))
          EXPECT_LE(display_width(line), width) << line;
        EXPECT_TRUE(text.ends_with('\n'));
      }
    }
  }
}

TEST(Waterfall, WideTerminalsAreToldWhatHappensInAPhase) {
  const Start start = plain_start("f", 1, 10'000'000);
  EXPECT_TRUE(
      contains(waterfall(start, {160, false, true}), "the dynamic loader maps and relocates"));
  EXPECT_FALSE(contains(waterfall(start, {80, false, true}), "the dynamic loader"));
}

TEST(Waterfall, SaysWhatWasNotSeenAndWhatDoesNotExist) {
  Start start = plain_start("f", 1, 10'000'000);
  start.timeline.set_not_applicable(Boundary::kLinked, "static program");
  start.timeline.set_unseen(Boundary::kRuntimeReady, "tier runtime is off");
  start.timeline.set_unseen(Boundary::kEntered, "tier runtime is off");
  start.readiness_poll_ns = 200'000;
  start.lost_events = 2;
  const std::string text = waterfall(start, {100, false, true});
  EXPECT_TRUE(contains(text, "no such moment: linked (static program)"));
  EXPECT_TRUE(contains(text, "not seen: entered, runtime_ready (tier runtime is off)"));
  EXPECT_TRUE(contains(text, "polled every 200 µs"));
  EXPECT_TRUE(contains(text, "2 probe events were lost"));
  EXPECT_FALSE(line_with(text, "init…app").empty());
}

TEST(Waterfall, APhaseTooShortToDrawIsStillThere) {
  Start start = plain_start("f", 1, 1'000'000'000);
  start.timeline.set(Boundary::kRequested, 300);
  const std::string queue = line_with(waterfall(start, {100, false, true}), "queue");
  EXPECT_TRUE(contains(queue, "▏"));
  EXPECT_TRUE(contains(queue, "300 ns"));
  EXPECT_TRUE(contains(queue, "<0.1 %")) << queue;
}

TEST(Waterfall, AFailedStartIsDrawnAsFarAsItCame) {
  Start start = plain_start("f", 1, 10'000'000);
  start.outcome = Outcome::kTimeout;
  start.message = "no answer within 30 s";
  for (Boundary b :
       {Boundary::kReceived, Boundary::kReplied, Boundary::kResponded, Boundary::kCompleted}) {
    start.timeline.set_unseen(b, "it never answered");
  }
  const std::string text = waterfall(start, {100, false, true});
  EXPECT_TRUE(contains(text, "f: failed: timeout (no answer within 30 s)"));
  EXPECT_FALSE(line_with(text, "app").empty());
  EXPECT_TRUE(line_with(text, "connect").empty());
  EXPECT_TRUE(
      contains(text, "not seen: received, replied, responded, completed (it never answered)"));
}

TEST(Waterfall, AStartOfWhichNothingWasSeenSaysSo) {
  Start start;
  start.function = "f";
  start.outcome = Outcome::kNotStarted;
  EXPECT_TRUE(contains(waterfall(start, {}), "no phase was seen"));
}

}  // namespace
}  // namespace coldstart::results
