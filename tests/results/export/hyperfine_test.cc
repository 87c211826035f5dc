#include "results/export/hyperfine.h"

#include <cmath>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/results/export/readers.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using nlohmann::json;

TEST(Hyperfine, GivesTheTimesInSecondsAndWhatFollowsFromThem) {
  coldstart::Run run = testing::plain_run({"a"}, 3);
  run.starts[2].exit_status = 0;
  const json result = json::parse(export_hyperfine(run))["results"][0];
  EXPECT_EQ(result["command"], "a/cold/page-cache");
  EXPECT_EQ(result["times"], json({0.001001, 0.001002, 0.001003}));
  EXPECT_DOUBLE_EQ(result["mean"], 0.001002);
  EXPECT_NEAR(result["stddev"], 0.000001, 1e-12);
  EXPECT_EQ(result["median"], 0.001002);
  EXPECT_EQ(result["min"], 0.001001);
  EXPECT_EQ(result["max"], 0.001003);
  EXPECT_EQ(result["exit_codes"], json({nullptr, nullptr, 0}));
  EXPECT_TRUE(result["user"].is_null());
  EXPECT_TRUE(result["system"].is_null());
}

TEST(Hyperfine, TheNameSaysThatTheLoadCompressedItsTime) {
  coldstart::Run run = testing::plain_run({"a"}, 3);
  run.loads = {{"cold", "cold", "", 60, 0, std::nullopt}};
  EXPECT_EQ(json::parse(export_hyperfine(run))["results"][0]["command"],
            "a/cold/page-cache (time ×60)");
}

// plot_parametrized.py: exactly one parameter a result, its value a number as text.
TEST(Hyperfine, WhatASweepVariedIsItsParameter) {
  coldstart::Run run = testing::plain_run({"a@128MiB", "a@0.5", "b"}, 2);
  run.functions[0].limits.memory_bytes = 128 << 20;
  run.functions[0].sweep_of = "a";
  run.functions[0].sweep_key = "memory";
  run.functions[1].limits.cpus = 0.5;
  run.functions[1].sweep_of = "a";
  run.functions[1].sweep_key = "cpus";
  run.functions[2].limits.memory_bytes = 1 << 20;  // limited, but not swept
  const json results = json::parse(export_hyperfine(run))["results"];
  EXPECT_EQ(results[0]["parameters"], json({{"memory_mib", "128"}}));
  EXPECT_EQ(results[1]["parameters"], json({{"cpus", "0.5"}}));
  EXPECT_FALSE(results[2].contains("parameters"));
}

// What hyperfine's scripts read (scripts/ of its repository at 1.18; they are in no package):
// plot_whisker, plot_histogram, plot_progression, advanced_statistics and welch_ttest "command" and
// "times"; plot_whisker also "median", plot_benchmark_comparison "mean", plot_parametrized "mean",
// "stddev" and "parameters".
TEST(Hyperfine, HasWhatItsScriptsRead) {
  const json document = json::parse(export_hyperfine(testing::realistic_run(12)));
  ASSERT_GE(document.at("results").size(), 8U);
  for (const json& result : document["results"]) {
    EXPECT_TRUE(result.at("command").is_string());
    for (const char* key : {"mean", "stddev", "median", "min", "max"}) {
      EXPECT_TRUE(result.at(key).is_number()) << key;
    }
    ASSERT_FALSE(result.at("times").empty());
    for (const json& time : result["times"]) {
      EXPECT_GE(time.get<double>(), result["min"].get<double>());
      EXPECT_LE(time.get<double>(), result["max"].get<double>());
    }
  }
}

TEST(Hyperfine, OneStartHasNoDeviation) {
  const json document = json::parse(export_hyperfine(testing::plain_run({"a"}, 1)));
  EXPECT_TRUE(document["results"][0]["stddev"].is_null());
}

// hyperfine itself (Debian has it, its plot scripts are in no package): every key that it writes is
// in ours, with a value of the same type or null.
TEST(Hyperfine, HasTheKeysThatHyperfineWrites) {
  const auto hyperfine = testing::find_reader("hyperfine");
  if (!hyperfine) GTEST_SKIP() << "apt-get install hyperfine";
  const testing::TempFolder folder;
  const auto ran = testing::run_command(*hyperfine + " -N --runs 2 --export-json " +
                                        (folder / "theirs.json").string() + " true");
  ASSERT_EQ(ran.status, 0) << ran.output;
  const json theirs = json::parse(testing::read_file(folder / "theirs.json"));
  const json ours = json::parse(export_hyperfine(testing::plain_run({"a"}, 2)));
  const json& result = ours.at("results").at(0);
  for (const auto& [key, value] : theirs.at("results").at(0).items()) {
    ASSERT_TRUE(result.contains(key)) << key;
    EXPECT_TRUE(result[key].is_null() || result[key].type() == value.type()) << key;
  }
  EXPECT_EQ(result.at("times").size(), result.at("exit_codes").size());
}

}  // namespace
}  // namespace coldstart::results
