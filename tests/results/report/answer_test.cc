#include "results/report/answer.h"

#include <gtest/gtest.h>

#include "tests/results/sample_run.h"

namespace coldstart::results {
namespace {

using testing::plain_run;

std::string answer(const coldstart::Run& run) {
  const auto summaries = summarize(run);
  std::string all;
  for (const Answer& a : answers_of(run, blocks_of(summaries))) {
    all += (all.empty() ? "" : "\n") + (a.about.empty() ? "" : a.about + ": ") + a.sentence;
  }
  return all;
}

// Latencies around `ns`, of which almost all is `app`.
void add_starts(coldstart::Run& run, const std::string& function, std::int64_t ns,
                int starts = 10) {
  run.functions.push_back(testing::plain_function(function));
  for (int i = 0; i < starts; ++i) {
    Start start = testing::plain_start(function, i + 1, ns + i * 1000);
    for (std::size_t b = 1; b < static_cast<std::size_t>(Boundary::kListening); ++b) {
      *start.timeline.marks[b].at_ns /= 10;
    }
    run.starts.push_back(start);
  }
}

TEST(Answer, NamesTheFastestTheOthersAndWhereTheSlowestSpendsItsTime) {
  coldstart::Run run;
  add_starts(run, "java", 142'000'000);
  add_starts(run, "cpp", 1'900'000);
  EXPECT_EQ(answer(run),
            "cpp answers its first request in 1.90 ms, java in 142 ms (74.6×); 64 % of java's is "
            "application init.");
}

TEST(Answer, RuntimeAndApplicationInitAreOneThingWhereNeitherIsHalf) {
  coldstart::Run run;
  run.functions.push_back(testing::plain_function("java"));
  Start start = testing::plain_start("java", 1, 10'000'000);
  start.timeline.set(Boundary::kEntered, 3'000'000);
  start.timeline.set(Boundary::kRuntimeReady, 6'000'000);
  start.timeline.set(Boundary::kListening, 9'100'000);
  start.timeline.set(Boundary::kReceived, 9'200'000);
  start.timeline.set(Boundary::kReplied, 9'300'000);
  run.starts = {start};
  EXPECT_EQ(answer(run),
            "java answers its first request in 10.0 ms; 61 % of that is runtime and application "
            "init.");
}

TEST(Answer, OverlappingIntervalsAreNoRatio) {
  coldstart::Run run;
  add_starts(run, "a", 2'000'000);
  add_starts(run, "b", 2'000'500);
  add_starts(run, "c", 9'000'000);
  EXPECT_TRUE(
      answer(run).starts_with("a answers its first request in 2.00 ms, b in 2.00 ms (not "
                              "to be told apart) and c in 9.00 ms (4.49×); "))
      << answer(run);
}

TEST(Answer, OfManyOnlyTheEndsAreNamed) {
  coldstart::Run run;
  for (int i = 1; i <= 6; ++i) add_starts(run, "f" + std::to_string(i), i * 1'000'000);
  EXPECT_TRUE(
      answer(run).starts_with("f1 is the fastest of 6 functions: it answers its first request in "
                              "1.00 ms, f2 in 2.00 ms (2.00×), and the other 4 up to f6 in 6.00 ms "
                              "(5.98×); "))
      << answer(run);
}

TEST(Answer, EveryCacheStateHasASentence) {
  coldstart::Run run = plain_run({"f"}, 4);
  run.starts[0].cache = "warm";
  run.starts[1].cache = "disk";
  const std::string text = answer(run);
  EXPECT_NE(text.find("cold, warm: f answers a request in"), std::string::npos) << text;
  EXPECT_NE(text.find("\ncold, disk: f answers its first request in"), std::string::npos) << text;
}

TEST(Answer, ContractsDoNotCompare) {
  coldstart::Run run;
  add_starts(run, "server", 2'000'000);
  add_starts(run, "tool", 1'000'000);
  run.functions[1].contract = "exec";
  const std::string text = answer(run);
  EXPECT_NE(text.find("server answers its first request in 2.00 ms;"), std::string::npos) << text;
  EXPECT_NE(text.find("tool gives its first output in 1.00 ms;"), std::string::npos) << text;
}

TEST(Answer, WhoNeverAnsweredIsNamed) {
  coldstart::Run run = plain_run({"good", "bad"}, 3);
  for (Start& start : run.starts) {
    if (start.function == "bad") start.outcome = Outcome::kTimeout;
  }
  EXPECT_TRUE(answer(run).ends_with(" bad has no start that can be used (3 failed, 0 left out)."))
      << answer(run);
}

TEST(Answer, ARunWithoutStartsHasNone) { EXPECT_EQ(answer({}), ""); }

}  // namespace
}  // namespace coldstart::results
