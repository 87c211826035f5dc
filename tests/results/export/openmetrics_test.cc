#include "results/export/openmetrics.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>
#include <utility>
#include <vector>

#include "results/statistics/load_summary.h"
#include "tests/results/export/readers.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

// What the OpenMetrics 1.0 grammar says of a line, and what it says of the order of lines.
void expect_openmetrics(const std::string& text) {
  const std::regex descriptor(R"(# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))");
  const std::regex sample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\\\|\\"|\\n)*"(,(?!\})|(?=\})))+\})? )re"
      R"re(([+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?)( [0-9]+(\.[0-9]+)?)?)re");
  const std::set<std::string> types = {"gauge", "counter", "summary", "info", "unknown"};
  ASSERT_TRUE(text.ends_with("\n# EOF\n"));
  std::set<std::string> families;
  std::set<std::string> series;
  std::string family;
  std::string type;
  for (const std::string& line : testing::lines_of(text)) {
    if (line == "# EOF") break;
    std::smatch parts;
    if (std::regex_match(line, parts, descriptor)) {
      if (parts[1] == "TYPE") {
        family = parts[2];
        type = parts[3];
        EXPECT_TRUE(families.insert(family).second) << "interleaved: " << line;
        EXPECT_TRUE(types.contains(type)) << line;
      }
      EXPECT_EQ(parts[2], family) << line;
      if (parts[1] == "UNIT") {
        EXPECT_TRUE(family.ends_with("_" + parts[3].str())) << line;
      }
      continue;
    }
    ASSERT_TRUE(std::regex_match(line, parts, sample)) << line;
    const std::string name = parts[1];
    const bool of_summary =
        type == "summary" && (name == family + "_sum" || name == family + "_count");
    EXPECT_TRUE(name == family || of_summary) << line;
    EXPECT_TRUE(series.insert(name + parts[2].str()).second) << "twice: " << line;
  }
  EXPECT_GE(families.size(), 4U);
}

coldstart::Run awkward_run() {
  coldstart::Run run = testing::plain_run({"quote\" back\\slash", "new\nline", "\xff bytes"}, 12);
  run.info.label = "a \"label\"\\";
  return run;
}

TEST(OpenMetrics, KeepsToTheGrammar) {
  expect_openmetrics(export_openmetrics(testing::realistic_run(12), false));
  expect_openmetrics(export_openmetrics(testing::realistic_run(12), true));
  expect_openmetrics(export_openmetrics(testing::accounted_run(3), false));
  expect_openmetrics(export_openmetrics(awkward_run(), false));
  expect_openmetrics(export_openmetrics(testing::loaded_run(), true));
}

TEST(OpenMetrics, SpeaksInSecondsAndLeavesOutWhatIsAbsent) {
  const std::string text = export_openmetrics(testing::plain_run({"a"}, 12), false);
  const std::string labels = R"(function="a",load="cold",cache="page-cache",runtime="native")";
  EXPECT_TRUE(testing::contains(
      text, "\ncoldstart_latency_seconds{" + labels + ",quantile=\"0.5\"} 0.0010065\n"))
      << text;
  EXPECT_TRUE(testing::contains(text, "\ncoldstart_latency_seconds_count{" + labels + "} 12\n"));
  EXPECT_TRUE(testing::contains(text, "quantile=\"0.9\""));
  EXPECT_FALSE(testing::contains(text, "quantile=\"0.99\""));
  EXPECT_FALSE(testing::contains(text, "phase_cause"));
}

TEST(OpenMetrics, CountsStartsByOutcome) {
  coldstart::Run run = testing::plain_run({"a"}, 6);
  run.starts[0].outcome = Outcome::kTimeout;
  run.starts[1].lost_events = 2;
  const std::string text = export_openmetrics(run, false);
  EXPECT_TRUE(testing::contains(text, "outcome=\"ok\"} 4\n")) << text;
  EXPECT_TRUE(testing::contains(text, "outcome=\"timeout\"} 1\n"));
  EXPECT_TRUE(testing::contains(text, "outcome=\"lost-events\"} 1\n"));
}

TEST(OpenMetrics, TellsOfEachFunctionUnderEachLoad) {
  const coldstart::Run run = testing::loaded_run();
  const std::string text = export_openmetrics(run, false);
  const auto summaries = summarize_loads(run);
  ASSERT_EQ(summaries.size(), 3U);
  for (const LoadSummary& s : summaries) {
    const std::string labels = "function=\"" + run.functions[s.function].name + "\",load=\"" +
                               run.loads[s.load].name + "\",runtime=\"" +
                               run.functions[s.function].runtime + '"';
    const auto has = [&](const std::string& metric, const std::string& more, std::size_t value) {
      const std::string line =
          "\n" + metric + '{' + labels + more + "} " + std::to_string(value) + "\n";
      EXPECT_TRUE(testing::contains(text, line)) << line << text;
    };
    has("coldstart_requests", R"(,outcome="ok")", s.answered);
    has("coldstart_requests", R"(,outcome="dropped")", s.failed(Outcome::kDropped));
    has("coldstart_requests", R"(,outcome="timeout")", s.failed(Outcome::kTimeout));
    has("coldstart_requests_cold", "", s.cold_share->part);
    has("coldstart_request_latency_seconds_count", R"(,start="cold")", s.cold.n);
    has("coldstart_request_latency_seconds_count", R"(,start="warm")", s.warm.n);
    has("coldstart_instances_started", "", s.instances);
    has("coldstart_instances_max", "", s.max_instances);
  }
  EXPECT_TRUE(testing::contains(
      text, "\ncoldstart_load_time_scale{load=\"spikes\",pattern=\"stages\"} 60\n"));
}

TEST(OpenMetrics, OfARunOfColdStartsAloneHasNothingOfRequests) {
  const std::string text = export_openmetrics(testing::plain_run({"a"}, 12), false);
  EXPECT_FALSE(testing::contains(text, "coldstart_request"));
  EXPECT_FALSE(testing::contains(text, "coldstart_instances"));
}

TEST(OpenMetrics, TimestampsAreTheEndOfTheRun) {
  const std::string text = export_openmetrics(testing::plain_run({"a"}, 1), true);
  // 2026-01-01T00:01:40Z
  EXPECT_TRUE(testing::contains(text,
                                "_count{function=\"a\",load=\"cold\",cache=\"page-cache\","
                                "runtime=\"native\"} 1 1767225700\n"))
      << text;
  coldstart::Run run = testing::plain_run({"a"}, 1);
  run.info.finished_at = "yesterday";
  EXPECT_TRUE(testing::contains(testing::error_of([&] { export_openmetrics(run, true); }),
                                "'yesterday' is no time"));
}

TEST(OpenMetrics, PromtoolFindsNothingToComplainOf) {
  const auto promtool = testing::find_reader("promtool");
  if (!promtool) GTEST_SKIP() << "no promtool (Debian: package prometheus)";
  const testing::TempFolder folder;
  for (const coldstart::Run& run : {testing::realistic_run(12), testing::accounted_run(3),
                                    awkward_run(), testing::loaded_run()}) {
    testing::write_file(folder / "metrics", export_openmetrics(run, false));
    const auto result =
        testing::run_command(*promtool + " check metrics < " + (folder / "metrics").string());
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_EQ(result.output, "");
  }
}

// `promtool check metrics` reads the older format; backfilling reads OpenMetrics, and nothing else.
TEST(OpenMetrics, PromtoolBackfillsIt) {
  const auto promtool = testing::find_reader("promtool");
  if (!promtool) GTEST_SKIP() << "no promtool (Debian: package prometheus)";
  const testing::TempFolder folder;
  const std::vector<std::pair<std::string, coldstart::Run>> runs = {
      {"awkward", awkward_run()}, {"loaded", testing::loaded_run()}};
  for (const auto& [about, run] : runs) {
    testing::write_file(folder / "metrics", export_openmetrics(run, true));
    const auto blocks = folder / about;
    const auto result = testing::run_command(*promtool + " tsdb create-blocks-from openmetrics " +
                                             (folder / "metrics").string() + ' ' + blocks.string());
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_TRUE(std::filesystem::exists(blocks) && !std::filesystem::is_empty(blocks))
        << result.output;
  }
}

}  // namespace
}  // namespace coldstart::results
