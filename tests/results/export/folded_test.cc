// Folded stacks: the lines that flamegraph.pl, inferno and speedscope take.
#include "results/export/folded.h"

#include <gtest/gtest.h>
#include <regex>

#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::lines_of;

coldstart::Run run_with_stacks() {
  coldstart::Run run = testing::plain_run({"cpp"}, 3);
  run.starts[0].stacks = testing::full_stacks();
  run.starts[1].stacks = testing::full_stacks();
  return run;
}

TEST(FoldedStacks, AreALineAStackWithTheMicrosecondsOfAllStarts) {
  EXPECT_EQ(export_folded(run_with_stacks(), {}, {}),
            "cpp;app;hello;[callers unknown];[libfoo.so];int Main.f()_[j] 2000\n"
            "cpp;app;hello;_start;main;read;vfs_read_[k] 2000\n"
            "cpp;app;hello;_start;main;spin(int, char) 8000\n"
            "cpp;link;hello;_start;_dl_start;do_lookup_x 6000\n");
}

TEST(FoldedStacks, OffTheCpuAreAPictureOfTheirOwnAndAreRoundedUp) {
  EXPECT_EQ(export_folded(run_with_stacks(), {.off_cpu = true}, {}),
            "cpp;app;pool-1;clone3;main;sleeps;schedule_[k] 40001\n");
}

TEST(FoldedStacks, BothInOneAreToldApartByAFrame) {
  const std::string text = export_folded(run_with_stacks(), {.on_cpu = true, .off_cpu = true}, {});
  EXPECT_EQ(lines_of(text).size(), 5U);
  EXPECT_TRUE(contains(text, "cpp;off-cpu;app;pool-1;"));
  EXPECT_TRUE(contains(text, "cpp;on-cpu;link;hello;"));
}

TEST(FoldedStacks, CountSamplesWhereAsked) {
  const std::string text = export_folded(run_with_stacks(), {.count = true}, {"cpp:1"});
  EXPECT_TRUE(contains(text, "cpp;link;hello;_start;_dl_start;do_lookup_x 3\n"));
}

TEST(FoldedStacks, StartsThatDoNotCountInStatisticsAreLeftOutUnlessNamed) {
  coldstart::Run run = run_with_stacks();
  run.starts[1].lost_events = 1;
  EXPECT_TRUE(contains(export_folded(run, {}, {}), "spin(int, char) 4000\n"));
  EXPECT_TRUE(contains(export_folded(run, {}, {"cpp:2"}), "spin(int, char) 4000\n"));
}

TEST(FoldedStacks, CacheStatesAreKeptApart) {
  coldstart::Run run = run_with_stacks();
  run.starts[1].cache = "disk";
  const std::string text = export_folded(run, {}, {});
  EXPECT_TRUE(contains(text, "cpp@disk;app;"));
  EXPECT_TRUE(contains(text, "cpp@page-cache;app;"));
}

TEST(FoldedStacks, NoNameCanBreakALine) {
  coldstart::Run run = run_with_stacks();
  run.functions[0].name = "a;b\nc 7";
  for (Start& start : run.starts) start.function = run.functions[0].name;
  for (const std::string& line : lines_of(export_folded(run, {}, {}))) {
    EXPECT_TRUE(std::regex_match(line, std::regex("a:b c 7;[^;]+(;[^;]+)* [0-9]+"))) << line;
  }
}

TEST(FoldedStacks, ARunWithoutStacksSaysHowToGetThem) {
  EXPECT_EQ(
      testing::error_of([] { export_folded(testing::plain_run({"a"}, 2), {}, {}); }),
      "--format folded: no usable start of the run has stacks; measure with `coldstart profile "
      "--stacks -- COMMAND`");
}

TEST(FoldedStacks, OfDisturbedPairsAreNotAddedToTheOthers) {
  coldstart::Run run = testing::run_with_disturbed_pairs();
  for (Start& start : run.starts) start.stacks = testing::full_stacks();
  const std::string text = export_folded(run, {}, {});
  EXPECT_TRUE(contains(text, "\ncpp@baseline;link;hello;_start;_dl_start;do_lookup_x 60000\n"));
  EXPECT_TRUE(contains(text, "\ncpp@baseline (disturbed);link;hello;_start;_dl_start;"));
}

}  // namespace
}  // namespace coldstart::results
