#include "results/report/load_sections.h"

#include <gtest/gtest.h>

#include "results/report/cells.h"
#include "results/report/markdown.h"
#include "results/report/table.h"
#include "results/report/text.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::lines_of;
using testing::loaded_run;
using testing::plain_run;

std::string table_of(const Run& run, int width = 80) {
  return comparison_table(run, summarize(run), {width, false, true});
}

std::string markdown_of(const Run& run) { return markdown_report(digest(run)); }

void expect_fits(const std::string& text, int width) {
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("repeat: ")) continue;
    EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(LoadSections, FitIntoEightyColumns) {
  for (const coldstart::Run& run :
       {loaded_run(), testing::parallel_run(), testing::memory_sweep_run()}) {
    expect_fits(table_of(run), 80);
  }
}

TEST(LoadSections, LongNamesFitToo) {
  coldstart::Run run = loaded_run();
  run.functions[0].name = "a-function-with-a-very-long-name-that-goes-on-and-on";
  run.loads[0].name = std::string(100, 'l');
  for (Start& start : run.starts) {
    if (start.function == "cpp") start.function = run.functions[0].name;
    if (start.load == "steady") start.load = run.loads[0].name;
  }
  expect_fits(table_of(run), 80);
  expect_fits(table_of(run, 60), 60);
}

TEST(LoadSections, TheAnswerIsASentenceAFunction) {
  const auto sections = load_sections(loaded_run(), std::vector<Summary>{});
  ASSERT_EQ(sections.size(), 2U);
  EXPECT_EQ(sections[0].title, "Load steady");
  EXPECT_TRUE(contains(sections[0].sentences.at(0), "cpp: "));
  EXPECT_TRUE(contains(sections[0].sentences.at(0), "of the requests were cold"));
  EXPECT_TRUE(contains(sections[0].sentences.at(0), "a warm one 4"));
}

TEST(LoadSections, TimeScaleIsWrittenOnEveryFigureThatItTouched) {
  const coldstart::Run run = loaded_run();
  const auto summaries = summarize(run);
  const auto sections = load_sections(run, summaries);
  EXPECT_FALSE(contains(sections[0].title, "time ×"));
  EXPECT_EQ(sections[1].title, "Load spikes (time ×60)");
  for (const DetailTable& table : sections[0].tables) EXPECT_FALSE(contains(table.title, "×60"));
  for (const DetailTable& table : sections[1].tables) {
    EXPECT_TRUE(contains(table.title, "(time ×60)")) << table.title;
  }
  // The cold starts that happened under it as well.
  EXPECT_TRUE(contains(table_of(run), "Cold starts: spikes, page-cache (time ×60)"));
  EXPECT_TRUE(contains(markdown_of(run), "Cold starts: spikes, page-cache (time ×60)"));
}

TEST(LoadSections, DropsAreCountedAndTheirReasonIsSaid) {
  const coldstart::Run run = loaded_run();
  const auto loads = summarize_loads(run);
  const std::string drops = std::to_string(loads[2].failed(Outcome::kDropped));
  const std::string text = load_text(load_sections(run, loads), {1000, false, true});
  EXPECT_TRUE(contains(text, "dropped ×" + drops + " (the queue was full)")) << text;
  EXPECT_TRUE(contains(text, "timeout ×")) << text;
}

TEST(LoadSections, WhatIsAbsentIsADashAndNeverZero) {
  coldstart::Run run = plain_run({"f"}, 0);
  run.loads = {{"l", "list", "", 1, 0, 1000}};
  Invocation dropped;
  dropped.outcome = Outcome::kDropped;
  run.invocations = {dropped};
  const auto sections = load_sections(run, std::vector<Summary>{});
  const DetailTable& overview = sections.at(0).tables.at(0);
  for (const Column& column : overview.columns) {
    const std::string& cell = column.cells.at(0);
    if (column.header == "n" || column.header == "drops") {
      EXPECT_EQ(cell, "1");
    } else if (column.header == "inst") {
      EXPECT_EQ(cell, "0");
    } else if (column.header != "function") {
      EXPECT_EQ(cell, "–") << column.header;
    }
  }
  EXPECT_TRUE(contains(sections[0].sentences.at(0), "no request got an instance"));
}

TEST(LoadSections, AWarmUpAndAnInterruptionAreSaid) {
  coldstart::Run run = loaded_run();
  run.loads[0].parameters = R"({"rate":100,"warmup_s":1})";
  run.loads[0].duration_ns.reset();
  const auto sections = load_sections(run, std::vector<Summary>{});
  const std::string text = load_text({sections[0]}, {100, false, true});
  EXPECT_TRUE(contains(text, "due in the first 1.00 s are left out")) << text;
  EXPECT_TRUE(contains(text, "interrupted")) << text;
}

TEST(LoadSections, ARunWithoutLoadsIsPrintedAsBefore) {
  coldstart::Run run = testing::realistic_run(5);
  const std::string before = table_of(run, 100);
  EXPECT_FALSE(contains(before, "Load "));
  EXPECT_FALSE(contains(before, "Cold starts: "));
  run.loads = {{"cold", "cold", "", 1, 0, 5}};
  EXPECT_EQ(table_of(run, 100), before);
  EXPECT_EQ(markdown_of(run), markdown_of(testing::realistic_run(5)));
}

TEST(LoadSections, TheParallelSweepSaysHowLatencyGrowsAndWhichPhase) {
  const std::string text = table_of(testing::parallel_run());
  EXPECT_TRUE(contains(text, "Starts in parallel")) << text;
  EXPECT_TRUE(contains(text, "starts/s"));
  EXPECT_TRUE(contains(text, "runtime grew most, from")) << text;
  EXPECT_TRUE(contains(text, "Phases of java, medians:"));
  // Not once more as a table for each k.
  EXPECT_FALSE(contains(text, "parallel-4, page-cache\n"));
}

TEST(LoadSections, RequestsOfTheParallelSweepAreNoLoadOfTheirOwn) {
  coldstart::Run run = testing::parallel_run();
  for (const Start& start : run.starts) {
    if (start.function != "java" || start.load != "parallel-4") continue;
    run.invocations.push_back({1, 2, start.instance, true, Outcome::kOk, 0, 1, 2, 3, ""});
  }
  const auto sections = load_sections(run, summarize(run));
  ASSERT_EQ(sections.size(), 1U);
  EXPECT_EQ(sections[0].title, "Starts in parallel");
}

TEST(LoadSections, ALargerSizeIsCalledFasterOnlyBeyondDoubt) {
  coldstart::Run run = testing::memory_sweep_run();
  for (Start& start : run.starts) {
    for (Mark& mark : start.timeline.marks) {
      if (mark.at_ns && start.function == "java@256MiB") *mark.at_ns *= 4;
    }
  }
  EXPECT_TRUE(
      contains(load_sections(run, summarize(run)).at(0).sentences.at(0), "the fastest: 512 MiB"));
  for (Start& start : run.starts) start.timeline = run.starts.back().timeline;
  EXPECT_TRUE(contains(load_sections(run, summarize(run)).at(0).sentences.at(0),
                       "none that is larger has a median that is lower beyond doubt"));
}

TEST(LoadSections, TheMemorySweepCountsWhatWasKilled) {
  const coldstart::Run run = testing::memory_sweep_run();
  const auto sections = load_sections(run, summarize(run));
  ASSERT_EQ(sections.size(), 1U);
  EXPECT_EQ(sections[0].title, "java by memory");
  EXPECT_TRUE(contains(sections[0].sentences.at(0), "never out of memory: 256 MiB"));
  const DetailTable& table = sections[0].tables.at(0);
  EXPECT_EQ(table.columns[0].cells, (std::vector<std::string>{"128 MiB", "256 MiB", "512 MiB"}));
  bool found = false;
  for (const Column& column : table.columns) {
    if (column.header != "out of memory") continue;
    found = true;
    EXPECT_EQ(column.cells, (std::vector<std::string>{"10", "0", "0"}));
  }
  EXPECT_TRUE(found);
}

TEST(LoadSections, OfManyFunctionsTheBusiestAreShownAndTheSumOfAll) {
  coldstart::Run run = plain_run({}, 0);
  run.loads = {{"l", "trace", "", 1, 0, 1000}};
  for (std::uint32_t f = 0; f < 400; ++f) {
    run.functions.push_back(testing::plain_function("f" + std::to_string(f)));
    for (std::uint32_t i = 0; i <= f; ++i) {
      run.invocations.push_back({f, 0, f + 1, i == 0, Outcome::kOk, i, 1, 2, 3, ""});
    }
  }
  const auto sections = load_sections(run, std::vector<Summary>{});
  EXPECT_TRUE(contains(sections[0].sentences.at(0), "all 400 functions: 80,200 requests"))
      << sections[0].sentences[0];
  const auto& names = sections[0].tables.at(0).columns.at(0).cells;
  EXPECT_EQ(names.size(), 20U);
  EXPECT_EQ(names.front(), "f399");
}

TEST(LoadSections, WhatTheColumnsMeanIsSaidOnce) {
  const std::string text = load_text(load_sections(loaded_run(), std::vector<Summary>{}), {});
  EXPECT_EQ(testing::count_of(text, "inst: most instances at once"), 1U) << text;
}

TEST(LoadSections, MarkdownFoldsAllButTheAnswer) {
  const std::string text = markdown_of(loaded_run());
  EXPECT_TRUE(contains(text, "### Load steady\n"));
  EXPECT_TRUE(contains(text, "<details><summary>More of it</summary>"));
  EXPECT_EQ(testing::count_of(text, "<details>"), testing::count_of(text, "</details>"));
  EXPECT_LT(text.find("### Load steady"), text.find("### Cold starts: steady"));
}

TEST(FormatRate, IsNeverAPowerOfTen) {
  EXPECT_EQ(format_rate(0.5), "0.5");
  EXPECT_EQ(format_rate(13.66), "13.7");
  EXPECT_EQ(format_rate(999.4), "999");
  EXPECT_EQ(format_rate(1510.2), "1,510");
}

}  // namespace
}  // namespace coldstart::results
