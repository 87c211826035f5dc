#include "results/compare/past_runs.h"

#include <gtest/gtest.h>

namespace coldstart::results {
namespace {

using Ids = std::vector<std::int64_t>;

// Newest first, as the store lists them.
std::vector<RunSummaryRow> runs_of_suite(std::int64_t count) {
  std::vector<RunSummaryRow> rows;
  for (std::int64_t id = count; id > 0; --id) {
    rows.push_back({.id = id, .suite = "hello", .finished_at = "2026-01-01T00:00:00Z"});
  }
  return rows;
}

TEST(PastRuns, AreOfTheSuiteAndNotNewerThanTheOneAskedFor) {
  auto rows = runs_of_suite(5);
  rows[2].suite = "other";
  rows[3].finished_at = "";  // interrupted
  EXPECT_EQ(choose_past_runs(rows, 4, false, "hello").ids, (Ids{4, 1}));
}

TEST(PastRuns, ASlowRunIsFailTwiceInARowAndNotTheMeasureOfTheNext) {
  auto rows = runs_of_suite(5);
  rows[0].verdict = "FAIL";
  rows[1].verdict = "PASS";
  const PastRuns once = choose_past_runs(rows, 5, false, "hello");
  EXPECT_EQ(once.ids, (Ids{4, 3, 2, 1}));
  EXPECT_EQ(once.judged_fail, 1U);
  // The second check of the same slow program has the same history as the first.
  rows.insert(rows.begin(), rows[0]);
  rows[0].id = 6;
  const PastRuns twice = choose_past_runs(rows, 6, false, "hello");
  EXPECT_EQ(twice.ids, once.ids);
  EXPECT_EQ(twice.judged_fail, 2U);
}

TEST(PastRuns, OneThatIsNamedCountsWhateverItsVerdict) {
  auto rows = runs_of_suite(3);
  rows[0].verdict = rows[1].verdict = "FAIL";
  EXPECT_EQ(choose_past_runs(rows, 3, true, "hello").ids, (Ids{3, 1}));
}

TEST(PastRuns, PairsTakeNoneOfTheTwentyPlaces) {
  auto rows = runs_of_suite(60);
  for (std::size_t i = 0; i < 30; ++i) rows[i].has_pairs = true;
  const Ids ids = choose_past_runs(rows, 60, true, "hello").ids;
  ASSERT_EQ(ids.size(), kMostPastRuns);
  EXPECT_EQ(ids.front(), 30);
  EXPECT_EQ(ids.back(), 11);
}

}  // namespace
}  // namespace coldstart::results
