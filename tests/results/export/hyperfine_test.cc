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
