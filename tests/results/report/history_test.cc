#include "results/report/history.h"

#include <cmath>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/report/plot_history.h"
#include "results/report/plots.h"
#include "results/report/text.h"
#include "results/store/store.h"
#include "tests/results/json_schema.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;

RunLatencies run_of(std::int64_t id, std::int64_t median_ns) {
  RunLatencies run;
  run.run_id = id;
  run.label = "commit-" + std::to_string(id);
  run.started_at = "2026-01-01T00:00:00Z";
  run.host.kernel = "6.18";
  run.function = "f";
  run.load = "cold";
  run.cache = "page-cache";
  for (std::int64_t i = -5; i <= 5; ++i) run.sorted_ns.push_back(median_ns + i * 1'000);
  return run;
}

TEST(History, MarksWhereANewLevelBegins) {
  std::vector<RunLatencies> runs;
  for (std::int64_t i = 1; i <= 12; ++i) {
    runs.push_back(run_of(i, (i <= 7 ? 10'000'000 : 12'000'000) + i % 3 * 20'000));
  }
  const auto history = history_of(runs);
  ASSERT_EQ(history.size(), 1U);
  for (const HistoryRow& row : history[0].rows) {
    EXPECT_EQ(row.change.has_value(), row.run_id == 8) << row.run_id;
  }
  EXPECT_NEAR(*history[0].rows[7].change, 1.2, 0.01);
  EXPECT_TRUE(contains(history_text(history, {.width = 80}), "+19.") ||
              contains(history_text(history, {.width = 80}), "+20."));
  EXPECT_TRUE(contains(history_text(history, {.width = 200}), "coldstart check"));
}

TEST(History, AnotherMachineIsABreakAndNotAChange) {
  std::vector<RunLatencies> runs;
  for (std::int64_t i = 1; i <= 12; ++i) {
    runs.push_back(run_of(i, i <= 6 ? 10'000'000 : 20'000'000));
    if (i > 6) runs.back().host.kernel = "6.19";
  }
  const auto history = history_of(runs);
  for (const HistoryRow& row : history[0].rows) {
    EXPECT_FALSE(row.change) << row.run_id;
    EXPECT_EQ(row.host_break, row.run_id == 7 ? "kernel '6.18' and '6.19'" : "");
  }
  EXPECT_TRUE(contains(history_text(history, {.width = 80}), "another machine"));
}

TEST(History, AnotherNameOfTheHostIsNoOtherMachine) {
  RunLatencies runner = run_of(2, 10'000'000);
  runner.host.name = "runner-2";
  EXPECT_EQ(history_of({run_of(1, 10'000'000), runner})[0].rows[1].host_break, "");
}

TEST(History, OtherProbesAreABreakAndNotAChange) {
  std::vector<RunLatencies> runs;
  for (std::int64_t i = 1; i <= 12; ++i) {
    runs.push_back(run_of(i, i <= 6 ? 10'000'000 : 12'000'000));
    if (i > 6) runs.back().tiers = "process, cpu";
  }
  const auto history = history_of(runs);
  for (const HistoryRow& row : history[0].rows) {
    EXPECT_FALSE(row.change) << row.run_id;
    EXPECT_EQ(row.probes_break, row.run_id == 7 ? "none → process, cpu" : "");
  }
  EXPECT_TRUE(contains(history_text(history, {.width = 80}), "other probes"));
}

TEST(History, SaysThatALoadCompressedItsTime) {
  std::vector<RunLatencies> runs;
  for (std::int64_t i = 1; i <= 12; ++i) {
    runs.push_back(run_of(i, i <= 6 ? 10'000'000 : 12'000'000));
    runs.back().time_scale = 60;
  }
  const auto history = history_of(runs);
  EXPECT_TRUE(history[0].rows[6].change) << "all of them did: they compare";
  EXPECT_TRUE(
      contains(history_text(history, {.width = 80}), "f, cold (time ×60), page-cache: 12 runs"));
  const auto json = nlohmann::json::parse(history_json(history));
  EXPECT_EQ(json["series"][0]["runs"][0]["time_scale"], 60);
}

TEST(History, AnotherTimeScaleIsABreakAndNotAChange) {
  std::vector<RunLatencies> runs;
  for (std::int64_t i = 1; i <= 12; ++i) {
    runs.push_back(run_of(i, i <= 6 ? 10'000'000 : 12'000'000));
    if (i > 6) runs.back().time_scale = 60;
  }
  const auto history = history_of(runs);
  for (const HistoryRow& row : history[0].rows) {
    EXPECT_FALSE(row.change) << row.run_id;
    EXPECT_EQ(row.load_break, row.run_id == 7 ? "time ×1 → ×60" : "");
  }
  const std::string text = history_text(history, {.width = 200});
  EXPECT_TRUE(contains(text, "f, cold (time ×1, ×60), page-cache: 12 runs"));
  EXPECT_TRUE(contains(text, "from run 7 with time compressed otherwise"));
  EXPECT_FALSE(
      nlohmann::json::parse(history_json(history))["series"][0]["runs"][0].contains("time_scale"));
}

TEST(History, SeriesOfFunctionsAndCacheStatesAreApart) {
  RunLatencies disk = run_of(1, 30'000'000);
  disk.cache = "disk";
  RunLatencies other = run_of(1, 5'000'000);
  other.function = "g";
  const auto history = history_of({disk, run_of(1, 10'000'000), run_of(2, 10'000'000), other});
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[1].rows.size(), 2U);
  EXPECT_TRUE(history[1].rows[1].host_break.empty());
}

TEST(History, FitsItsWidth) {
  RunLatencies run = run_of(1, 10'000'000);
  run.label = std::string(150, 'l');
  RunLatencies after = run_of(2, 10'000'000);
  after.host.cpu = std::string(100, 'c');
  for (const std::string& line :
       testing::lines_of(history_text(history_of({run, after}), {.width = 80}))) {
    EXPECT_LE(display_width(line), 80) << line;
  }
}

TEST(History, JsonLeavesOutWhatIsAbsent) {
  const auto json = nlohmann::json::parse(history_json(history_of({run_of(1, 10'000'000)})));
  EXPECT_EQ(json["schema"], "coldstart.history/1");
  const auto& row = json["series"][0]["runs"][0];
  EXPECT_EQ(row["median_ns"], 10'000'000);
  EXPECT_FALSE(row.contains("change"));
  EXPECT_FALSE(row.contains("host_break"));
}

TEST(History, JsonIsWhatItsSchemaSays) {
  if (!testing::have_validator()) GTEST_SKIP() << "apt-get install libvalijson-dev";
  std::vector<RunLatencies> runs;
  for (std::int64_t i = 1; i <= 14; ++i) {
    runs.push_back(run_of(i, i <= 7 ? 10'000'000 : 12'000'000));
    if (i > 10) runs.back().host.kernel = "6.19";
    if (i > 12) runs.back().tiers = "process";
    if (i > 13) runs.back().time_scale = 60;
  }
  const auto json = nlohmann::json::parse(history_json(history_of(runs)));
  for (const char* key : {"\"probes_break\"", "\"load_break\"", "\"time_scale\""}) {
    EXPECT_TRUE(contains(json.dump(), key)) << "a key that nobody checked";
  }
  const std::string schema = "results/report/history.schema.json";
  EXPECT_EQ(testing::complaint(json, schema), "");
  EXPECT_TRUE(contains(json.dump(), "\"change\"")) << "a key that nobody checked";
  EXPECT_TRUE(contains(json.dump(), "\"host_break\"")) << "a key that nobody checked";
  auto bad = json;
  bad["series"][0]["runs"][0].erase("median_ns");
  EXPECT_NE(testing::complaint(bad, schema), "");
  bad = json;
  bad["series"][0]["runs"][0]["change"] = 0;
  EXPECT_NE(testing::complaint(bad, schema), "");
}

TEST(History, DrawsInTheFormatsAndTheSizeThatWereAskedFor) {
  if (const auto obstacle = plot_obstacle()) GTEST_SKIP() << *obstacle;
  const testing::TempFolder folder;
  const auto files = write_history_plots(
      history_of({run_of(1, 10'000'000), run_of(2, 11'000'000)}), folder.path(),
      {.formats = {PictureFormat::kPdf, PictureFormat::kSvg}, .size = PictureSize{640, 320}});
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"history-f-cold-page-cache.pdf",
                                                      "history-f-cold-page-cache.svg"}));
  EXPECT_TRUE(testing::read_file(files[0]).starts_with("%PDF"));
  EXPECT_TRUE(contains(testing::read_file(files[1]), "width=\"640\" height=\"320\""));
}

TEST(History, DrawsAPictureASeriesAndSaysWhatChanged) {
  if (const auto obstacle = plot_obstacle()) GTEST_SKIP() << *obstacle;
  std::vector<RunLatencies> runs;
  for (std::int64_t i = 1; i <= 14; ++i) {
    runs.push_back(run_of(i, (i <= 5 ? 10'000'000 : 12'000'000) + i % 3 * 20'000));
    if (i > 10) runs.back().host.kernel = "6.19";
  }
  RunLatencies other = run_of(1, 5'000'000);
  other.function = "it's /g";
  runs.push_back(other);
  const testing::TempFolder folder;
  const auto files = write_history_plots(history_of(runs), folder / "plots");
  ASSERT_EQ(files.size(), 4U);
  const std::string svg = testing::read_file(folder / "plots/history-f-cold-page-cache.svg");
  EXPECT_TRUE(contains(svg, "<svg"));
  EXPECT_TRUE(contains(svg, "another machine"));
  EXPECT_TRUE(contains(svg, "+20.")) << "the change is named";
  EXPECT_TRUE(contains(svg, "commit-14"));
  const std::string png = testing::read_file(folder / "plots/history-it-s--g-cold-page-cache.png");
  EXPECT_TRUE(png.starts_with("\x89PNG"));
  EXPECT_TRUE(contains(testing::error_of([&] { write_history_plots(history_of(runs), files[0]); }),
                       "is not a folder"));
}

TEST(History, PairsThatWereRepeatedAreNoPartOfIt) {
  const testing::TempFolder folder;
  {
    Store store(folder / "s.db", Store::Mode::kWrite);
    coldstart::Run run = testing::plain_run({"a@baseline"}, 8);
    for (int i = 0; i < 4; ++i) run.starts[static_cast<std::size_t>(i)].load = "disturbed";
    const std::int64_t id = store.begin_run(run.info, run.functions);
    for (const Start& start : run.starts) store.add_start(id, start);
  }
  const auto rows = load_history(folder / "s.db", std::nullopt);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].load, "cold");
  EXPECT_EQ(rows[0].sorted_ns.size(), 4U);
}

TEST(History, WhatWasDueInAWarmUpIsNoPartOfIt) {
  const testing::TempFolder folder;
  coldstart::Run run = testing::plain_run({"a"}, 8);
  run.loads = {{"steady", "constant", R"({"warmup_s":1})", 1, 0, 5'000'000'000}};
  for (int i = 0; i < 8; ++i) {
    run.starts[static_cast<std::size_t>(i)].load = "steady";
    run.starts[static_cast<std::size_t>(i)].due_ns = i * 250'000'000;
  }
  {
    Store store(folder / "s.db", Store::Mode::kWrite);
    const std::int64_t id = store.begin_run(run.info, run.functions);
    store.add_load(id, run.loads[0]);
    for (const Start& start : run.starts) store.add_start(id, start);
  }
  const auto rows = load_history(folder / "s.db", std::nullopt);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].sorted_ns.size(), 4U);
}

// From the store come the starts that statistics use, and no others.
TEST(History, TakesTheUsableStartsOfEachRun) {
  const testing::TempFolder folder;
  {
    Store store(folder / "s.db", Store::Mode::kWrite);
    for (int i = 0; i < 2; ++i) {
      coldstart::Run run = i == 0 ? testing::plain_run({"a", "b"}, 8) : testing::accounted_run(4);
      const std::int64_t id = store.begin_run(run.info, run.functions);
      run.starts[0].outcome = Outcome::kTimeout;
      run.starts[1].lost_events = 3;
      if (i == 0) run.starts[2].stacks.emplace();  // sampled: slower than others
      for (const Start& start : run.starts) store.add_start(id, start);
    }
  }
  const auto rows = load_history(folder / "s.db", std::nullopt);
  std::map<std::string, std::size_t> counts;
  for (const RunLatencies& row : rows) {
    counts[std::to_string(row.run_id) + row.function + row.cache] = row.sorted_ns.size();
    EXPECT_TRUE(std::is_sorted(row.sorted_ns.begin(), row.sorted_ns.end()));
    EXPECT_EQ(row.host.kernel, "6.18.0-amd64");
  }
  // In accounted_run one start of java from disk is not proven.
  EXPECT_EQ(counts, (std::map<std::string, std::size_t>{{"1apage-cache", 6},
                                                        {"1bpage-cache", 7},
                                                        {"2toolpage-cache", 3},
                                                        {"2tooldisk", 4},
                                                        {"2javapage-cache", 3},
                                                        {"2javadisk", 3},
                                                        {"2pythonpage-cache", 4},
                                                        {"2pythondisk", 4}}));
  EXPECT_EQ(load_history(folder / "s.db", "b").size(), 1U);
  EXPECT_TRUE(load_history(folder / "s.db", "c").empty());
}

}  // namespace
}  // namespace coldstart::results
