#include "results/report/table.h"

#include <gtest/gtest.h>

#include "results/report/cells.h"
#include "results/report/text.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::lines_of;
using testing::plain_run;
using testing::realistic_run;

std::string table(const Run& run, const TextStyle& style) {
  return comparison_table(run, summarize(run), style);
}

std::string line_with(const std::string& text, const std::string& start) {
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(start)) return line;
  }
  return "";
}

void expect_width(const std::string& text, int width) {
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("repeat: ")) continue;  // a command is there to be copied
    EXPECT_LE(display_width(line), width) << line;
  }
  EXPECT_TRUE(text.ends_with('\n'));
}

TEST(Table, ALineAFunctionWithEveryNumber) {
  const std::string text = table(plain_run({"fast", "slow"}, 120), {});
  EXPECT_TRUE(contains(lines_of(text).at(0), "function"));
  const std::string slow = line_with(text, "slow");
  EXPECT_TRUE(contains(slow, "120       0  2.06 ms   2.05–2.07 ms  2.11 ms  2.12 ms  1.94×"))
      << slow;
  EXPECT_TRUE(contains(line_with(text, "fast"), "1.00×"));
}

TEST(Table, FitsTheWidthWhateverTheWidth) {
  coldstart::Run run = realistic_run(12);
  run.functions[2].name = "a-function-with-a-name-of-more-than-forty-characters";
  for (Start& start : run.starts) {
    if (start.function == "cpp-crun") start.function = run.functions[2].name;
    if (start.function == "node") start.message = std::string(300, 'm');
  }
  const auto summaries = summarize(run);
  for (int width : {60, 61, 70, 79, 80, 81, 99, 100, 120, 200}) {
    for (const bool color : {false, true}) {
      for (const bool unicode : {false, true}) {
        expect_width(comparison_table(run, summaries, {width, color, unicode}), width);
        expect_width(phase_table(summaries, {width, color, unicode}), width);
      }
    }
  }
}

TEST(Table, AHundredColumnsHaveTheBarBesideTheNumbers) {
  const std::string text = table(realistic_run(30), {100, false, true});
  EXPECT_TRUE(contains(lines_of(text).at(0), "phases of the median"));
  EXPECT_TRUE(contains(line_with(text, "cpp-runc"), "bbbbbbbbbb"));
}

TEST(Table, EightyColumnsHaveEveryNumberAndTheBarsBelow) {
  const std::string text = table(realistic_run(30), {80, false, true});
  EXPECT_TRUE(contains(lines_of(text).at(0), "p99"));
  EXPECT_FALSE(contains(lines_of(text).at(0), "phases"));
  EXPECT_TRUE(contains(text, "function          phases of the median"));
}

TEST(Table, AbsentValuesAreDashesWithAReason) {
  const std::string text = table(plain_run({"f"}, 5), {});
  EXPECT_TRUE(contains(line_with(text, "f "), "1.00 ms              –    –    –  1.00×"))
      << line_with(text, "f ");
  EXPECT_TRUE(
      contains(text, "– : the interval needs 6 starts; p90 needs 10 starts; p99 needs 100 starts"));
}

TEST(Table, AFunctionThatNeverAnsweredHasDashesAndNoZeros) {
  coldstart::Run run = plain_run({"good", "bad"}, 10);
  for (Start& start : run.starts) {
    if (start.function == "bad") start.outcome = Outcome::kTimeout;
  }
  const std::string line = line_with(table(run, {}), "bad");
  EXPECT_TRUE(contains(line, "0      10        –              –        –    –      –")) << line;
}

TEST(Table, SaysWhatWasSkippedWhatFailedAndWhatWasNotSeen) {
  const std::string text = table(realistic_run(30), {});
  EXPECT_FALSE(line_with(text, "gvisor: skipped: needs `runsc`").empty());
  EXPECT_FALSE(line_with(text, "node: 2 of 30 failed: timeout").empty());
  EXPECT_FALSE(line_with(text, "not seen in node: runtime_ready").empty());
  EXPECT_FALSE(line_with(text, "repeat: coldstart run").empty());
}

TEST(Table, WithoutColourThereIsNoEscapeAndAsciiIsAscii) {
  const std::string plain = table(realistic_run(12), {100, false, false});
  EXPECT_FALSE(contains(plain, "\x1b"));
  for (const char c : plain) EXPECT_LT(static_cast<unsigned char>(c), 128);
  EXPECT_TRUE(contains(plain, "A runtime+app"));
}

TEST(Table, WithColourEverySequenceIsClosed) {
  const std::string text = table(realistic_run(12), {100, true, true});
  for (const std::string& line : lines_of(text)) {
    const auto last = line.rfind("\x1b[");
    if (last != std::string::npos) {
      EXPECT_EQ(line.substr(last, 4), "\x1b[0m") << line;
    }
  }
}

TEST(Table, EveryCacheStateHasItsOwnBlock) {
  coldstart::Run run = plain_run({"f"}, 8);
  for (std::size_t i = 0; i < 4; ++i) run.starts[i].cache = "disk";
  const std::string text = table(run, {});
  EXPECT_FALSE(line_with(text, "cold, disk").empty());
  EXPECT_FALSE(line_with(text, "cold, page-cache").empty());
}

TEST(Table, ARunWithoutStartsSaysSo) {
  coldstart::Run run = plain_run({"f"}, 0);
  EXPECT_TRUE(contains(table(run, {}), "no starts were recorded"));
  EXPECT_TRUE(contains(phase_table({}, {}), "no phases"));
}

TEST(PhaseTable, HasAColumnForEachPhaseAndBlanksWhereThereIsNone) {
  const coldstart::Run run = realistic_run(12);
  const std::string text = phase_table(summarize(run), {140, false, true});
  EXPECT_TRUE(contains(lines_of(text).at(0), "queue"));
  EXPECT_TRUE(contains(lines_of(text).at(0), "runtime+app"));
  EXPECT_TRUE(contains(text, "their sum may differ from the median latency"));
  EXPECT_FALSE(contains(text, " 0 ns"));
}

TEST(PhaseTable, SpreadsItsColumnsEvenlyWhereOneTableIsTooWide) {
  const std::string text = phase_table(summarize(plain_run({"a-function"}, 3)), {80, false, true});
  EXPECT_TRUE(contains(lines_of(text).at(0), "init")) << text;
  EXPECT_FALSE(contains(lines_of(text).at(0), "runtime")) << text;
  EXPECT_TRUE(contains(line_with(text, "function    runtime"), "reply")) << text;
}

TEST(PhaseTable, LeavesOutFunctionsThatNeverAnswered) {
  coldstart::Run run = plain_run({"good", "bad"}, 3);
  for (Start& start : run.starts) {
    if (start.function == "bad") start.outcome = Outcome::kTimeout;
  }
  const std::string text = phase_table(summarize(run), {100, false, true});
  EXPECT_FALSE(line_with(text, "good").empty());
  EXPECT_TRUE(line_with(text, "bad").empty());
}

TEST(Table, TheCommandThatRepeatsARunIsNeverWrapped) {
  coldstart::Run run = plain_run({"f"}, 1);
  run.info.command_line = "coldstart run " + std::string(50, 'a') + ' ' + std::string(90, 'b');
  EXPECT_EQ(line_with(table(run, {80, false, true}), "repeat:"),
            "repeat: " + run.info.command_line);
}

TEST(Table, CacheStatesStandSideBySideWithTheirRatio) {
  const std::string text = table(testing::accounted_run(20), {80, false, true});
  expect_width(text, 80);
  const auto at = text.find("Cache states, load cold");
  ASSERT_NE(at, std::string::npos) << text;
  const std::string ladder = text.substr(at);
  EXPECT_LT(ladder.find("disk"), ladder.find("page-cache"));
  EXPECT_TRUE(contains(line_with(ladder, "java"), "(6.08–6.11 ms)")) << ladder;
  EXPECT_TRUE(contains(line_with(ladder, "java"), "3.03×")) << ladder;
  EXPECT_FALSE(contains(table(plain_run({"f"}, 8), {}), "Cache states"));
}

TEST(Cells, BytesAndCountsAreForPeople) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1'900'000), "1.81 MiB");
  EXPECT_EQ(format_bytes(1024 * 1024 - 1), "1.00 MiB");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1'234'567), "1,234,567");
  EXPECT_EQ(format_count(-1234), "-1,234");
}

TEST(Cells, TheMedianStartIsNamedWithItsPlace) {
  for (const auto& [starts, place] :
       std::vector<std::pair<int, std::string>>{{1, "trial 1, 1st of 1"},
                                                {4, "trial 2, 2nd of 4"},
                                                {6, "trial 3, 3rd of 6"},
                                                {20, "trial 10, 10th of 20"},
                                                {25, "trial 13, 13th of 25"},
                                                {41, "trial 21, 21st of 41"}}) {
    const coldstart::Run run = plain_run({"f"}, starts);
    EXPECT_EQ(place_of_median_start(run, summarize(run).at(0)), place);
  }
}

TEST(Cells, IntervalsWriteTheUnitOnceWhereItIsTheSame) {
  EXPECT_EQ(format_interval(1'550'000, 1'700'000), "1.55–1.70 ms");
  EXPECT_EQ(format_interval(998'000, 1'000'000), "998 µs–1.00 ms");
}

TEST(Cells, RatiosHaveThreeDigits) {
  EXPECT_EQ(format_ratio(1), "1.00×");
  EXPECT_EQ(format_ratio(62.51), "62.5×");
  EXPECT_EQ(format_ratio(9.996), "10.0×");
  EXPECT_EQ(format_ratio(12345), "12345×");
}

TEST(Cells, LongJoinedNamesAreShortened) {
  EXPECT_EQ(short_name({Phase::kLink}), "link");
  EXPECT_EQ(short_name({Phase::kRuntime, Phase::kApp}), "runtime+app");
  EXPECT_EQ(short_name({Phase::kSpawn, Phase::kSandbox, Phase::kLink}), "spawn…link");
}

TEST(ComparisonTable, DisturbedPairsAreMarkedAndExplained) {
  const coldstart::Run run = testing::run_with_disturbed_pairs();
  const std::string text = comparison_table(run, summarize(run), {.width = 300});
  EXPECT_TRUE(contains(text, "\ndisturbed (not judged), page-cache\n"));
  EXPECT_LT(text.find("cold, page-cache"), text.find("disturbed (not judged)"));
  EXPECT_TRUE(
      contains(text, "\ndisturbed: other tasks took CPUs while these pairs were measured;"));
  coldstart::Run only = run;
  std::erase_if(only.starts, [](const Start& start) { return start.load == "cold"; });
  const std::string alone = comparison_table(only, summarize(only), {.width = 300});
  EXPECT_TRUE(alone.starts_with("disturbed (not judged), page-cache\n")) << alone;
}

}  // namespace
}  // namespace coldstart::results
