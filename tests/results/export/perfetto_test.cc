#include "results/export/perfetto.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "results/export/choose_starts.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using nlohmann::json;

// Trace time in whole nanoseconds.
std::int64_t ns(const json& microseconds) {
  return std::llround(microseconds.get<double>() * 1000);
}

// What the trace event format asks of each kind of event, and what Perfetto asks of slices: on one
// track they nest or do not touch.
void expect_trace(const json& document) {
  ASSERT_TRUE(document.at("traceEvents").is_array());
  EXPECT_TRUE(document.at("displayTimeUnit") == "ns");
  std::set<std::pair<int, int>> named_threads;
  std::set<int> named_processes;
  std::map<std::pair<int, int>, std::vector<std::int64_t>> open;
  std::map<std::pair<int, int>, std::int64_t> latest;
  for (const json& event : document["traceEvents"]) {
    const std::string ph = event.at("ph");
    ASSERT_TRUE(event.at("name").is_string() && event.at("pid").is_number_integer() &&
                event.at("tid").is_number_integer() && event.at("ts").is_number())
        << event;
    const int pid = event["pid"];
    const std::pair track(pid, event["tid"].get<int>());
    if (ph == "M") {
      const std::string what = event["name"];
      if (what == "process_name") named_processes.insert(pid);
      if (what == "thread_name") named_threads.insert(track);
      ASSERT_TRUE(event.at("args").contains(what.ends_with("_name") ? "name" : "sort_index"));
      continue;
    }
    EXPECT_TRUE(named_threads.contains(track)) << event;
    EXPECT_TRUE(named_processes.contains(pid)) << event;
    EXPECT_TRUE(event.at("cat").is_string());
    if (ph == "i") {
      EXPECT_EQ(event.at("s"), "t");
      continue;
    }
    ASSERT_EQ(ph, "X");
    const std::int64_t begin = ns(event["ts"]);
    const std::int64_t end = begin + ns(event.at("dur"));
    EXPECT_GE(end, begin);
    EXPECT_GE(begin, latest[track]) << "not in order: " << event;
    latest[track] = begin;
    auto& around = open[track];
    while (!around.empty() && around.back() <= begin) around.pop_back();
    EXPECT_TRUE(around.empty() || end <= around.back()) << "overlaps: " << event;
    around.push_back(end);
  }
}

std::vector<json> of_category(const json& document, const std::string& category) {
  std::vector<json> events;
  for (const json& event : document.at("traceEvents")) {
    if (event.value("cat", "") == category) events.push_back(event);
  }
  return events;
}

TEST(Perfetto, KeepsToTheTraceEventFormat) {
  expect_trace(json::parse(export_perfetto(testing::realistic_run(12), {})));
  expect_trace(json::parse(export_perfetto(testing::accounted_run(5), {})));
  coldstart::Run run = testing::plain_run({"f"}, 1);
  run.starts.push_back(testing::full_start("f", 2));
  expect_trace(json::parse(export_perfetto(run, {"f:2"})));
}

TEST(Perfetto, PhasesOfAStartTileIt) {
  coldstart::Run run = testing::plain_run({"f"}, 1);
  run.starts[0] = testing::plain_start("f", 1, 12'345'670);
  const auto phases = of_category(json::parse(export_perfetto(run, {})), "phase");
  ASSERT_EQ(phases.size(), 1 + kPhaseCount);
  EXPECT_EQ(phases[0]["name"], "cold start");
  EXPECT_EQ(phases[0]["dur"], 12345.67);
  std::int64_t at = 0;
  for (std::size_t i = 1; i < phases.size(); ++i) {
    EXPECT_EQ(ns(phases[i]["ts"]), at);
    at += ns(phases[i]["dur"]);
  }
  EXPECT_EQ(at, 12'345'670);
}

TEST(Perfetto, BoundariesThatWereNotSeenAreNotDrawn) {
  coldstart::Run run = testing::plain_run({"f"}, 0);
  run.starts = {testing::full_start("f", 1)};
  const auto instants = of_category(json::parse(export_perfetto(run, {"f:1"})), "boundary");
  std::set<std::string> names;
  for (const json& event : instants) names.insert(event["name"]);
  EXPECT_EQ(instants.size(), kBoundaryCount - 3);
  EXPECT_FALSE(names.contains("linked"));
  EXPECT_TRUE(names.contains("listening"));
}

TEST(Perfetto, LibrariesGoFromOpenToMapped) {
  const coldstart::Run run = testing::accounted_run(5);
  const auto libraries =
      of_category(json::parse(export_perfetto(run, {"tool@page-cache"})), "library");
  ASSERT_EQ(libraries.size(), 2U);  // the loader itself was mapped by the kernel
  EXPECT_EQ(libraries[0]["name"], "/lib/x86_64-linux-gnu/libc.so.6");
  EXPECT_EQ(ns(libraries[0]["ts"]), 900'000);
  EXPECT_EQ(ns(libraries[0]["dur"]), 400'000);
  EXPECT_EQ(libraries[0]["args"]["bytes"], 1'922'136);
}

TEST(Perfetto, LibrariesThatOverlapGoToASecondTrack) {
  coldstart::Run run = testing::plain_run({"f"}, 1);
  run.starts[0].account.libraries = std::vector<Library>{
      {"/a.so", 1, 100, 300, std::nullopt, false}, {"/b.so", 1, 200, 400, std::nullopt, false}};
  const json document = json::parse(export_perfetto(run, {}));
  expect_trace(document);
  const auto libraries = of_category(document, "library");
  ASSERT_EQ(libraries.size(), 2U);
  EXPECT_NE(libraries[0]["tid"], libraries[1]["tid"]);
}

TEST(Perfetto, CausesFillTheirPhaseAndTheirTrackSaysHow) {
  const coldstart::Run run = testing::accounted_run(5);
  const json document = json::parse(export_perfetto(run, {"tool@disk"}));
  std::int64_t sum = 0;
  for (const json& cause : of_category(document, "cause")) sum += ns(cause["dur"]);
  const ChosenStart chosen = choose_starts(run, {"tool@disk"}).at(0);
  EXPECT_EQ(sum, latency_ns(chosen.start->timeline));
  EXPECT_TRUE(testing::contains(document.dump(), "totals of a phase, end to end"));
  EXPECT_FALSE(of_category(document, "sandbox").empty());
}

TEST(ChooseStarts, WithoutAChoiceTakesTheMedianOfEachSeries) {
  const auto chosen = choose_starts(testing::plain_run({"a", "b"}, 5), {});
  ASSERT_EQ(chosen.size(), 2U);
  EXPECT_EQ(chosen[0].start->function, "a");
  EXPECT_EQ(chosen[0].start->trial, 3);
  EXPECT_EQ(chosen[0].why, "median");
}

TEST(ChooseStarts, UnderstandsTrialsPercentilesAndCacheStates) {
  const coldstart::Run run = testing::plain_run({"a"}, 11);
  EXPECT_EQ(choose_starts(run, {"a:4"}).at(0).start->trial, 4);
  EXPECT_EQ(choose_starts(run, {"a:median"}).at(0).start->trial, 6);
  EXPECT_EQ(choose_starts(run, {"a:p90"}).at(0).start->trial, 10);
  EXPECT_EQ(choose_starts(run, {"a:p0", "a:p100"}).size(), 2U);
  EXPECT_EQ(choose_starts(run, {"a:p100"}).at(0).start->trial, 11);
  const coldstart::Run states = testing::accounted_run(5);
  EXPECT_EQ(choose_starts(states, {"tool"}).size(), 2U);
  const auto disk = choose_starts(states, {"tool@disk"});
  ASSERT_EQ(disk.size(), 1U);
  EXPECT_EQ(disk[0].start->cache, "disk");
}

TEST(ChooseStarts, ANameWithColonAndAtIsAName) {
  const coldstart::Run run = testing::plain_run({"a:3", "b@1GiB"}, 5);
  EXPECT_EQ(choose_starts(run, {"a:3"}).at(0).start->trial, 3);
  EXPECT_EQ(choose_starts(run, {"a:3:5"}).at(0).start->trial, 5);
  EXPECT_EQ(choose_starts(run, {"b@1GiB:p0"}).at(0).start->function, "b@1GiB");
  EXPECT_EQ(choose_starts(run, {"b@1GiB@page-cache"}).size(), 1U);
}

TEST(ChooseStarts, SaysWhatThereIs) {
  coldstart::Run run = testing::plain_run({"a", "b"}, 2);
  const auto error = [&](const std::string& choice) {
    return testing::error_of([&] { choose_starts(run, {choice}); });
  };
  EXPECT_EQ(error("c"), "--start c: there is no function 'c' in the run; it has: a, b");
  EXPECT_TRUE(testing::contains(error("a:fast"), "'fast' is no trial and no percentile"));
  EXPECT_TRUE(testing::contains(error("a:p101"), "no percentile"));
  EXPECT_TRUE(testing::contains(error("a:9"), "no such start"));
  EXPECT_TRUE(testing::contains(error("a@disk"), "no such start"));
  for (Start& start : run.starts) start.outcome = Outcome::kTimeout;
  EXPECT_TRUE(testing::contains(testing::error_of([&] { choose_starts(run, {}); }),
                                "no start of it answered"));
  EXPECT_EQ(choose_starts(run, {"a:1"}).at(0).start->outcome, Outcome::kTimeout);
}

}  // namespace
}  // namespace coldstart::results
