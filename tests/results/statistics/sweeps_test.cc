#include "results/statistics/sweeps.h"

#include <gtest/gtest.h>

#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"

namespace coldstart::results {
namespace {

using testing::plain_run;
using testing::plain_start;

TEST(ParallelSweeps, AreOrderedByKAndNameThePhaseThatGrew) {
  const coldstart::Run run = testing::parallel_run();
  const auto summaries = summarize(run);
  const auto sweeps = parallel_sweeps(run, summaries);
  ASSERT_EQ(sweeps.size(), 2U);
  EXPECT_EQ(sweeps[1].function, "java");
  ASSERT_EQ(sweeps[1].points.size(), 4U);
  EXPECT_EQ(sweeps[1].points[0].k, 1);
  EXPECT_EQ(sweeps[1].points[3].k, 8);
  EXPECT_EQ(sweeps[1].points[3].summary->n, 64U);
  EXPECT_EQ(sweeps[1].grew_most->phase, "runtime");
  EXPECT_GT(sweeps[1].grew_most->to_ns, sweeps[1].grew_most->from_ns);
}

TEST(ParallelSweeps, StartsASecondCountTheTimeInWhichOneWasUnderWay) {
  coldstart::Run run = plain_run({"f"}, 0);
  run.loads = {{"parallel-2", "cold", R"({"parallel":2})", 1, 0, {}}};
  for (const std::int64_t due : {0, 0, 1'000'000'000}) {
    Start start = plain_start("f", 1, 100'000'000);
    start.load = "parallel-2";
    start.due_ns = due;
    run.starts.push_back(start);
  }
  // Two overlap: 100 ms; a second of rest; another 100 ms.
  const auto summaries = summarize(run);
  EXPECT_DOUBLE_EQ(*parallel_sweeps(run, summaries).at(0).points.at(0).starts_per_s, 15);
}

TEST(ParallelSweeps, AreAbsentWhereNothingAnswered) {
  coldstart::Run run = plain_run({"f"}, 0);
  run.loads = {{"parallel-2", "cold", R"({"parallel":2})", 1, 0, {}}};
  Start start = plain_start("f", 1, 1000);
  start.load = "parallel-2";
  start.outcome = Outcome::kCrashed;
  run.starts = {start};
  const auto summaries = summarize(run);
  const auto sweeps = parallel_sweeps(run, summaries);
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_FALSE(sweeps[0].points[0].starts_per_s);
  EXPECT_FALSE(sweeps[0].grew_most);
  EXPECT_TRUE(without_parallel(run, summaries).empty());
}

TEST(SizeSweeps, AreOrderedBySizeAndCountWhatWasOutOfMemory) {
  coldstart::Run run = testing::memory_sweep_run(30);
  std::swap(run.functions[0], run.functions[2]);
  const auto summaries = summarize(run);
  const auto sweeps = size_sweeps(run, summaries, {});
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_EQ(sweeps[0].function, "java");
  EXPECT_EQ(sweeps[0].key, "memory");
  ASSERT_EQ(sweeps[0].points.size(), 3U);
  EXPECT_EQ(sweeps[0].points[0].size, 128 << 20);
  EXPECT_EQ(sweeps[0].points[0].starts_out_of_memory, 10U);
  EXPECT_EQ(sweeps[0].points[0].summary->n, 20U);
  EXPECT_EQ(sweeps[0].points[2].starts_out_of_memory, 0U);
}

TEST(SizeSweeps, JoinTheRequestsOfALoad) {
  coldstart::Run run = testing::memory_sweep_run(0);
  run.loads = {{"steady", "constant", "", 60, 0, 1}};
  for (std::uint32_t f = 0; f < 3; ++f) {
    Invocation ok{f, 0, 1, false, Outcome::kOk, 0, 1, 100 * (3 - f), 400, ""};
    Invocation killed{f, 0, 2, true, Outcome::kOutOfMemory, 0, {}, {}, {}, "killed"};
    run.invocations.push_back(ok);
    if (f == 0) run.invocations.push_back(killed);
  }
  const auto summaries = summarize(run);
  const auto loads = summarize_loads(run);
  const auto sweeps = size_sweeps(run, summaries, loads);
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_EQ(sweeps[0].load, "steady");
  EXPECT_EQ(sweeps[0].time_scale, 60);
  EXPECT_EQ(sweeps[0].points[0].requests_out_of_memory, 1U);
  EXPECT_EQ(sweeps[0].points[0].load->warm.median_ns, 300);
  EXPECT_EQ(sweeps[0].points[0].summary, nullptr);
}

TEST(SizeSweeps, AFunctionThatIsInNoSweepIsInNone) {
  const coldstart::Run run = plain_run({"f"}, 3);
  const auto summaries = summarize(run);
  EXPECT_TRUE(size_sweeps(run, summaries, {}).empty());
  EXPECT_TRUE(parallel_sweeps(run, summaries).empty());
}

}  // namespace
}  // namespace coldstart::results
