#include "results/report/markdown.h"

#include <gtest/gtest.h>

#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::count_of;
using testing::lines_of;

std::string report(const Run& run, const std::vector<PictureLink>& pictures = {}) {
  return markdown_report(digest(run), pictures);
}

TEST(Markdown, HasTheComparisonThePhasesAndTheConditions) {
  const std::string text = report(testing::realistic_run(30));
  EXPECT_TRUE(text.starts_with("## Cold starts: hello-world\n"));
  EXPECT_TRUE(
      contains(text, "| function | n | failed | median | 95 % interval | p90 | p99 | ratio |"));
  EXPECT_TRUE(contains(text, "| function | queue | spawn |"));
  EXPECT_TRUE(contains(text, "\n| cpp-runc | 30 | 0 | "));
  EXPECT_TRUE(contains(text, "- gvisor: skipped"));
  EXPECT_TRUE(contains(text, "- node: 2 of 30 failed"));
  EXPECT_TRUE(contains(text, "<details><summary>Conditions</summary>"));
}

TEST(Markdown, EveryRowOfATableHasTheSameNumberOfCells) {
  coldstart::Run run = testing::realistic_run(12);
  run.functions[0].name = "a|b";
  for (Start& start : run.starts) {
    if (start.function == "cpp") start.function = "a|b";
  }
  std::size_t cells = 0;
  for (const std::string& line : lines_of(report(run) + report(testing::accounted_run(12)))) {
    if (!line.starts_with("|")) {
      cells = 0;
      continue;
    }
    const std::size_t now = count_of(line, "|") - count_of(line, "\\|");
    if (cells != 0) {
      EXPECT_EQ(now, cells) << line;
    }
    cells = now;
  }
}

TEST(Markdown, TheAccountIsFoldedByFunction) {
  const std::string text = report(testing::accounted_run(20));
  EXPECT_EQ(count_of(text, "<details>"), 9U);  // three functions, two cache states, the conditions
  EXPECT_EQ(count_of(text, "<details>"), count_of(text, "</details>"));
  EXPECT_TRUE(contains(text, "<summary>java (cold, page-cache): where the time went</summary>"));
  EXPECT_TRUE(contains(text, "| phase | median | the phase was |"));
  EXPECT_TRUE(contains(text, "| ---: | :--- |"));
  EXPECT_TRUE(contains(text, "- JVM: 467 classes"));
  EXPECT_TRUE(contains(text, "Cache states, load cold: median (95 % interval)"));
}

TEST(Markdown, NamesCannotBeMarkup) {
  coldstart::Run run = testing::plain_run({"<b>&`x`*[a](b)"}, 1);
  run.info.suite = "x\n# y";
  const std::string text = report(run);
  EXPECT_TRUE(contains(text, "&lt;b&gt;&amp;\\`x\\`\\*\\[a\\](b)"));
  EXPECT_FALSE(contains(text, "\n# y"));
}

TEST(Markdown, LinksPictures) {
  const std::string text =
      report(testing::plain_run({"f"}, 1), {{"bars [of] phases", "plots/phases.png"}});
  EXPECT_TRUE(contains(text, "![bars \\[of\\] phases](<plots/phases.png>)"));
}

TEST(Markdown, ARunWithoutStartsSaysSo) {
  EXPECT_TRUE(contains(report(testing::plain_run({"f"}, 0)), "No starts were recorded."));
}

TEST(Markdown, DisturbedPairsAreMarkedAndExplained) {
  const std::string text = report(testing::run_with_disturbed_pairs());
  EXPECT_TRUE(contains(text, "**disturbed (not judged), page-cache:** "));
  EXPECT_TRUE(contains(text, "### disturbed (not judged), page-cache\n"));
  EXPECT_LT(text.find("### cold, page-cache"), text.find("### disturbed"));
  EXPECT_EQ(count_of(text, "- disturbed: other tasks took CPUs while these pairs"), 1U);
}

}  // namespace
}  // namespace coldstart::results
