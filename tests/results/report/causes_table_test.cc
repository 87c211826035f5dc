#include "results/report/causes_table.h"

#include <gtest/gtest.h>

#include "results/report/html.h"
#include "results/report/markdown.h"
#include "results/report/text.h"
#include "results/statistics/summary.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::lines_of;

// With the no-break spaces made plain.
std::string plain_shares(std::int64_t cpu, std::int64_t runnable, std::int64_t disk,
                         std::int64_t wait,
                         const std::vector<std::pair<std::string, std::int64_t>>& waits) {
  DetailTable table;
  table.columns = {{"x", {shares(cpu, runnable, disk, wait, waits)}, true}};
  return lines_of(render(table.columns, {200, false, true})).at(1);
}

TEST(CausesTable, SaysHowAPhaseDividesAndWhatItWaitedFor) {
  EXPECT_EQ(plain_shares(71, 2, 0, 27, {{"rcu", 25}, {"futex", 2}}),
            "cpu 71 %, run-queue 2 %, wait 27 % (rcu 25 %, futex 2 %)");
  EXPECT_EQ(plain_shares(1, 0, 1, 0, {}), "cpu 50 %, disk 50 %");
  EXPECT_EQ(plain_shares(1000, 4, 0, 0, {}), "cpu 100 %");
  EXPECT_EQ(plain_shares(0, 0, 0, 10, {}), "wait 100 %");
  EXPECT_EQ(plain_shares(0, 0, 0, 0, {}), "–");
}

TEST(CausesTable, FitsTheWidthAndBreaksNoShare) {
  const auto causes = summarize_causes(testing::accounted_run(6));
  for (const int width : {80, 81, 100, 140, 200}) {
    for (const bool unicode : {true, false}) {
      const std::string text = causes_text(causes, {width, true, unicode});
      for (const std::string& line : lines_of(text)) {
        EXPECT_LE(display_width(line), width) << line;
        EXPECT_FALSE(contains(line, "\u00a0"));
      }
    }
    const std::string text = causes_text(causes, {width, false, true});
    EXPECT_FALSE(contains(text, "\n                 %")) << text;
    EXPECT_TRUE(contains(text, "disk 25 %")) << text;
  }
}

TEST(CausesTable, NamesFunctionCacheStateAndHowManyStarts) {
  const std::string text = causes_text(summarize_causes(testing::accounted_run(6)), {});
  EXPECT_TRUE(contains(text, "Why the time passed in java (cold, disk; medians of 5 starts):"));
  EXPECT_TRUE(contains(text, "1,234 + 7"));
  EXPECT_TRUE(contains(text, "4.00 MiB"));
  EXPECT_EQ(testing::count_of(text, "run-queue: one could run"), 1U);
}

TEST(CausesTable, SaysThatTimeWasCompressedInEveryOutput) {
  coldstart::Run run = testing::accounted_run(6);
  Load load;
  load.name = "cold";
  load.pattern = "burst";
  run.loads.push_back(load);
  const std::string title = "Why the time passed in java (cold, disk; medians of 5 starts)";
  const auto outputs = [&run] {
    const auto summaries = summarize(run);
    return std::vector<std::string>{causes_text(summarize_causes(run), {}),
                                    markdown_report(Digest{run, summaries, summarize_causes(run)}),
                                    html_report(Digest{run, summaries, summarize_causes(run)})};
  };
  for (const std::string& text : outputs()) {
    EXPECT_TRUE(contains(text, title + ":"));
    EXPECT_FALSE(contains(text, "time ×"));
  }
  run.loads.back().time_scale = 60;
  for (const std::string& text : outputs()) EXPECT_TRUE(contains(text, title + " (time ×60):"));
}

TEST(CausesTable, WithoutCausesThereIsNothing) { EXPECT_EQ(causes_text({}, {}), ""); }

}  // namespace
}  // namespace coldstart::results
