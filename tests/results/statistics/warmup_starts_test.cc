#include "results/statistics/warmup_starts.h"

#include <gtest/gtest.h>

#include "results/export/json.h"
#include "results/report/notes.h"
#include "results/statistics/load_summary.h"
#include "results/statistics/summary.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::loaded_run;

Run warmed_up(coldstart::Run run) {
  run.loads[0].parameters = R"({"rate":100,"warmup_s":1})";
  mark_warmup_starts(run);
  return run;
}

std::size_t starts_of(const Run& run, const LoadSummary& requests) {
  for (const Summary& s : summarize(run)) {
    if (s.function == run.functions[requests.function].name &&
        s.load == run.loads[requests.load].name) {
      return s.n;
    }
  }
  return 0;
}

// A start of the simulation is that of the request which waited for it.
void expect_sections_agree(const Run& run) {
  for (const LoadSummary& requests : summarize_loads(run)) {
    std::size_t began = 0;
    for (const InstanceLife& life : run.instances) {
      if (life.load == requests.load && life.function == requests.function &&
          life.requested_ns >= warmup_ns(run.loads[life.load])) {
        ++began;
      }
    }
    EXPECT_EQ(starts_of(run, requests), began);
  }
}

TEST(WarmupStarts, RequestsAndStartsOfAReportAreOfTheSameTime) {
  const coldstart::Run run = warmed_up(loaded_run());
  const auto summaries = summarize(run);
  EXPECT_GT(summaries.at(0).warmup, 0U);
  expect_sections_agree(run);
  EXPECT_LT(sorted_latencies(run, summaries[0]).size(), summarize(loaded_run()).at(0).n);
  EXPECT_TRUE(contains(left_out_notes(run, summaries[0], false).at(0), "in the warm-up left out"));
}

TEST(WarmupStarts, AWarmUpCountsFromTheTurnOfTheFunction) {
  coldstart::Run run = loaded_run();
  constexpr std::int64_t kLater = 3'000'000'000;
  for (Start& start : run.starts) {
    if (start.load == "steady" && start.function == "java") start.due_ns += kLater;
  }
  run = warmed_up(std::move(run));
  std::size_t of_java = 0;
  for (const Start& start : run.starts) of_java += start.warmup && start.function == "java";
  EXPECT_GT(of_java, 0U);
  expect_sections_agree(run);
}

TEST(WarmupStarts, OfTheLoadColdThoseThatWereDueInIt) {
  coldstart::Run run = testing::plain_run({"cpp"}, 3);
  ASSERT_GE(run.starts.size(), 2U);
  const std::int64_t second = run.starts[1].due_ns;
  run.loads = {{run.starts[0].load, "cold", R"({"warmup_s":1})", 1, second - 1'000'000'000, {}}};
  run.starts[0].due_ns = second - 1;
  mark_warmup_starts(run);
  EXPECT_TRUE(run.starts[0].warmup);
  EXPECT_FALSE(run.starts[1].warmup);
}

TEST(WarmupStarts, AFailureInTheWarmUpIsNoFailureOfTheLoad) {
  coldstart::Run run = loaded_run();
  run.starts.front().outcome = Outcome::kTimeout;
  EXPECT_EQ(summarize(run).at(0).failed(), 1U);
  EXPECT_EQ(summarize(warmed_up(std::move(run))).at(0).failed(), 0U);
}

TEST(WarmupStarts, AnExportedRunKnowsThemAgain) {
  const coldstart::Run run = warmed_up(loaded_run());
  const coldstart::Run again = import_json(export_json(run), "test");
  ASSERT_EQ(again.starts.size(), run.starts.size());
  for (std::size_t i = 0; i < run.starts.size(); ++i) {
    EXPECT_EQ(again.starts[i].warmup, run.starts[i].warmup) << i;
  }
}

}  // namespace
}  // namespace coldstart::results
