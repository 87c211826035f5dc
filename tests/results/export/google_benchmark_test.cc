#include "results/export/google_benchmark.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/export/bmf.h"
#include "results/report/cells.h"
#include "results/statistics/load_summary.h"
#include "tests/results/export/readers.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using nlohmann::json;

TEST(GoogleBenchmark, RepetitionsOfASeriesHaveOneNameAndTheirOwnIndex) {
  const json document =
      json::parse(export_google_benchmark(testing::plain_run({"a", "b"}, 4), Repetitions::kEach));
  EXPECT_EQ(document["context"]["caches"], json::array());
  EXPECT_EQ(document["context"]["json_schema_version"], 1);
  ASSERT_EQ(document["benchmarks"].size(), 8U);
  for (std::size_t i = 0; i < 4; ++i) {
    const json& row = document["benchmarks"][i];
    EXPECT_EQ(row["name"], "a/cold/page-cache");
    EXPECT_EQ(row["run_name"], row["name"]);
    EXPECT_EQ(row["run_type"], "iteration");
    EXPECT_EQ(row["repetitions"], 4);
    EXPECT_EQ(row["repetition_index"], i);
    EXPECT_EQ(row["threads"], 1);
    EXPECT_EQ(row["iterations"], 1);
    EXPECT_EQ(row["time_unit"], "ns");
    EXPECT_EQ(row["real_time"], 1'000'000 + (static_cast<int>(i) + 1) * 1'000);
  }
}

TEST(GoogleBenchmark, AggregateIsOneRowASeriesWithItsMedian) {
  const json document =
      json::parse(export_google_benchmark(testing::plain_run({"a", "b"}, 5), Repetitions::kMedian));
  ASSERT_EQ(document["benchmarks"].size(), 2U);
  EXPECT_EQ(document["benchmarks"][0]["real_time"], 1'003'000);
  EXPECT_EQ(document["benchmarks"][1]["real_time"], 2'003'000);
  EXPECT_EQ(document["benchmarks"][0]["iterations"], 5);
}

TEST(GoogleBenchmark, StartsThatDoNotCountAreLeftOutAndCounted) {
  coldstart::Run run = testing::plain_run({"a"}, 4);
  run.starts[1].outcome = Outcome::kTimeout;
  run.starts[2].lost_events = 1;
  const json document = json::parse(export_google_benchmark(run, Repetitions::kEach));
  EXPECT_EQ(document["benchmarks"].size(), 2U);
  EXPECT_EQ(document["context"]["left_out"]["a/cold/page-cache"], 2);
}

TEST(GoogleBenchmark, CpuTimeThatWasNotMeasuredIsNoTime) {
  const coldstart::Run without = testing::plain_run({"a"}, 2);
  const json each = json::parse(export_google_benchmark(without, Repetitions::kEach));
  EXPECT_EQ(each["benchmarks"][0]["cpu_time"], -1);
  EXPECT_TRUE(each["context"].contains("cpu_time"));
  const json median = json::parse(export_google_benchmark(without, Repetitions::kMedian));
  EXPECT_FALSE(median["benchmarks"][0].contains("cpu_time"));
  EXPECT_TRUE(median["context"].contains("cpu_time"));

  const coldstart::Run with = testing::accounted_run(3);
  for (const Repetitions repetitions : {Repetitions::kEach, Repetitions::kMedian}) {
    const json measured = json::parse(export_google_benchmark(with, repetitions));
    EXPECT_FALSE(measured["context"].contains("cpu_time"));
    EXPECT_GT(measured["benchmarks"][0]["cpu_time"], 0);
  }
}

// name -> row
std::map<std::string, json> rows_of(const json& document) {
  std::map<std::string, json> rows;
  for (const json& row : document["benchmarks"]) rows[row["name"]] = row;
  return rows;
}

TEST(GoogleBenchmark, RequestsUnderLoadHaveARowForTheirMedianAndForTheirP99) {
  const coldstart::Run run = testing::loaded_run();
  for (const Repetitions repetitions : {Repetitions::kEach, Repetitions::kMedian}) {
    const json document = json::parse(export_google_benchmark(run, repetitions));
    const auto rows = rows_of(document);
    for (const LoadSummary& s : summarize_loads(run)) {
      const std::string name = run.functions[s.function].name + '/' + run.loads[s.load].name;
      for (const auto& [suffix, latency] :
           {std::pair("/cold-requests", s.cold), std::pair("/warm-requests", s.warm)}) {
        const json& median = rows.at(name + suffix);
        EXPECT_EQ(median["real_time"], static_cast<double>(*latency.median_ns));
        EXPECT_EQ(median["iterations"], latency.n);
        EXPECT_EQ(median["repetitions"], 1);
        EXPECT_EQ(median.contains("cpu_time"), repetitions == Repetitions::kEach);
        ASSERT_EQ(rows.contains(name + suffix + "/p99"), latency.p99_ns.has_value());
        if (latency.p99_ns) {
          EXPECT_EQ(rows.at(name + suffix + "/p99")["real_time"],
                    static_cast<double>(*latency.p99_ns));
        }
      }
      EXPECT_EQ(document["context"]["left_out"].value(name + "/requests", std::size_t{0}),
                s.invocations - s.answered + s.warmup);
    }
    EXPECT_EQ(document["context"]["time_scale"], json({{"spikes", 60}}));
    EXPECT_TRUE(document["context"].contains("cpu_time"));
  }
}

// compare.py, of the package libbenchmark-tools: Mann-Whitney over the repetitions of each name.
TEST(GoogleBenchmark, ComparePyReadsIt) {
  const std::string script = "/usr/share/benchmark/compare.py";
  if (!std::filesystem::exists(script)) GTEST_SKIP() << "apt-get install libbenchmark-tools";
  if (testing::run_command("/usr/bin/python3 -c 'import scipy'").status != 0) {
    GTEST_SKIP() << "apt-get install python3-scipy";
  }
  const testing::TempFolder folder;
  coldstart::Run slower = testing::plain_run({"a", "b"}, 12);
  for (Start& start : slower.starts) {
    const auto before = *latency_ns(start.timeline);
    start = testing::plain_start(start.function, start.trial, before * 3 / 2);
  }
  testing::write_file(
      folder / "old.json",
      export_google_benchmark(testing::plain_run({"a", "b"}, 12), Repetitions::kEach));
  testing::write_file(folder / "new.json", export_google_benchmark(slower, Repetitions::kEach));
  const auto result =
      testing::run_command("/usr/bin/python3 " + script + " --no-color --alpha=0.05 benchmarks " +
                           (folder / "old.json").string() + ' ' + (folder / "new.json").string());
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_TRUE(testing::contains(result.output, "a/cold/page-cache_pvalue")) << result.output;
  EXPECT_TRUE(testing::contains(result.output, "U Test, Repetitions: 12 vs 12")) << result.output;
  EXPECT_TRUE(testing::contains(result.output, "+0.5000")) << result.output;
  // Without CPU times it says of them nothing that could be taken for a result.
  EXPECT_TRUE(testing::contains(result.output, "nan")) << result.output;
  EXPECT_FALSE(testing::contains(result.output, "Traceback")) << result.output;
}

TEST(Bmf, GivesTheMedianWithItsIntervalAndLeavesOutWhatIsAbsent) {
  const json many = json::parse(export_bmf(testing::plain_run({"a"}, 12)));
  const json& latency = many.at("a/cold/page-cache").at("latency");
  EXPECT_EQ(latency.at("value"), 1'006'500);
  EXPECT_LT(latency.at("lower_value"), latency.at("value"));
  EXPECT_GT(latency.at("upper_value"), latency.at("value"));
  EXPECT_TRUE(many.at("a/cold/page-cache").contains("latency-p90"));
  EXPECT_EQ(many.at("a/cold/page-cache").at("phase-link").size(), 1U);

  const json few = json::parse(export_bmf(testing::plain_run({"a"}, 3)));
  EXPECT_EQ(few.at("a/cold/page-cache").at("latency"), json({{"value", 1'002'000}}));
  EXPECT_FALSE(few.at("a/cold/page-cache").contains("latency-p90"));
  EXPECT_EQ(json::parse(export_bmf(testing::plain_run({"a"}, 0))), json::object());
}

TEST(Bmf, RequestsUnderLoadHaveTheirQuantiles) {
  const coldstart::Run run = testing::loaded_run();
  const json document = json::parse(export_bmf(run));
  for (const LoadSummary& s : summarize_loads(run)) {
    const std::string name = run.functions[s.function].name + '/' + run.loads[s.load].name;
    const std::string scaled = time_scale_suffix(run.loads[s.load].time_scale);
    const json& warm = document.at(name + "/warm-requests" + scaled);
    EXPECT_EQ(warm.at("latency").at("value"), *s.warm.median_ns);
    EXPECT_EQ(warm.at("latency").at("lower_value"), s.warm.median_interval->low);
    EXPECT_EQ(warm.at("latency-p90").at("value"), *s.warm.p90_ns);
    EXPECT_EQ(warm.contains("latency-p99"), s.warm.p99_ns.has_value());
    EXPECT_EQ(document.at(name + "/cold-requests" + scaled).at("latency").at("value"),
              *s.cold.median_ns);
  }
}

TEST(Bmf, TheNameSaysThatALoadCompressedItsTime) {
  coldstart::Run run = testing::loaded_run();
  for (Load& load : run.loads) load.time_scale = load.name == "spikes" ? 60 : 1;
  const json document = json::parse(export_bmf(run));
  for (const auto& [name, measures] : document.items()) {
    EXPECT_EQ(name.find("/spikes/") != std::string::npos, name.ends_with(" (time ×60)")) << name;
  }
}

// The schema that Bencher publishes: name → measure → {value, lower_value, upper_value}, numbers.
TEST(Bmf, KeepsToBenchersSchema) {
  json document = json::parse(export_bmf(testing::realistic_run(12)));
  EXPECT_GE(document.size(), 8U);
  document.update(json::parse(export_bmf(testing::loaded_run())));
  for (const auto& [benchmark, measures] : document.items()) {
    EXPECT_LE(benchmark.size(), 1024U);
    EXPECT_FALSE(measures.empty());
    for (const auto& [measure, metric] : measures.items()) {
      EXPECT_FALSE(measure.empty());
      EXPECT_LE(measure.size(), 64U);
      EXPECT_TRUE(metric.contains("value"));
      for (const auto& [key, value] : metric.items()) {
        EXPECT_TRUE(key == "value" || key == "lower_value" || key == "upper_value") << key;
        EXPECT_TRUE(value.is_number());
      }
    }
  }
}

TEST(Bmf, RefusesANameThatBencherWouldRefuse) {
  const coldstart::Run run = testing::plain_run({std::string(1100, 'x')}, 1);
  EXPECT_TRUE(testing::contains(testing::error_of([&] { export_bmf(run); }), "1,024 bytes"));
}

}  // namespace
}  // namespace coldstart::results
