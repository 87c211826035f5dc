#include "results/export/perfetto.h"

#include <gtest/gtest.h>
#include <map>
#include <set>

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

struct TraceSliceSeen {
  std::string name, category;
  std::int64_t begin = 0, end = 0;
  std::int64_t pid = 0, tid = 0;
  json args;
};

// The slices of a trace by begin, and what the trace event format asks: every event has its fields,
// tracks and processes are named before, on one track time never runs back, and each end is that of
// the slice that began last.
std::vector<TraceSliceSeen> slices_of(const json& document) {
  std::vector<TraceSliceSeen> slices;
  EXPECT_TRUE(document.at("traceEvents").is_array());
  EXPECT_TRUE(document.at("displayTimeUnit") == "ns");
  std::set<std::int64_t> named_threads;
  std::set<std::int64_t> named_processes;
  std::map<std::int64_t, std::vector<std::size_t>> open;  // by track
  std::map<std::int64_t, std::int64_t> latest;
  for (const json& event : document["traceEvents"]) {
    const std::string ph = event.at("ph");
    EXPECT_TRUE(event.at("name").is_string() && event.at("ts").is_number()) << event;
    const auto pid = event.at("pid").get<std::int64_t>();
    const auto tid = event.at("tid").get<std::int64_t>();
    if (ph == "M") {
      const std::string what = event["name"];
      if (what == "process_name") {
        EXPECT_TRUE(named_processes.insert(pid).second) << "twice: " << event;
      }
      if (what == "thread_name") {
        EXPECT_TRUE(named_threads.insert(tid).second) << "twice: " << event;
      }
      EXPECT_TRUE(event.at("args").contains(what.ends_with("_name") ? "name" : "sort_index"));
      continue;
    }
    EXPECT_TRUE(named_threads.contains(tid)) << event;
    EXPECT_TRUE(named_processes.contains(pid)) << event;
    EXPECT_TRUE(event.at("cat").is_string());
    const std::int64_t at = ns(event["ts"]);
    EXPECT_GE(at, latest[tid]) << "not in order: " << event;
    latest[tid] = at;
    if (ph == "i") {
      EXPECT_EQ(event.at("s"), "t");
    } else if (ph == "B") {
      open[tid].push_back(slices.size());
      slices.push_back(
          {event["name"], event["cat"], at, at, pid, tid, event.value("args", json::object())});
    } else if (ph == "E") {
      if (open[tid].empty()) {
        ADD_FAILURE() << "ends what did not begin: " << event;
        continue;
      }
      TraceSliceSeen& slice = slices[open[tid].back()];
      EXPECT_EQ(slice.name, event["name"]) << "overlaps";
      slice.end = at;
      open[tid].pop_back();
    } else {
      ADD_FAILURE() << event;
    }
  }
  for (const auto& [tid, left] : open) EXPECT_TRUE(left.empty()) << "no end on " << tid;
  return slices;
}

void expect_trace(const json& document) { EXPECT_FALSE(slices_of(document).empty()); }

std::vector<TraceSliceSeen> of_category(const json& document, const std::string& category) {
  std::vector<TraceSliceSeen> slices = slices_of(document);
  std::erase_if(slices, [&](const TraceSliceSeen& slice) { return slice.category != category; });
  return slices;
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
  EXPECT_EQ(phases[0].name, "cold start");
  EXPECT_EQ(phases[0].end, 12'345'670);
  std::int64_t at = 0;
  for (std::size_t i = 1; i < phases.size(); ++i) {
    EXPECT_EQ(phases[i].begin, at);
    at = phases[i].end;
  }
  EXPECT_EQ(at, 12'345'670);
}

TEST(Perfetto, BoundariesThatWereNotSeenAreNotDrawn) {
  coldstart::Run run = testing::plain_run({"f"}, 0);
  run.starts = {testing::full_start("f", 1)};
  std::set<std::string> names;
  const json document = json::parse(export_perfetto(run, {"f:1"}));
  for (const json& event : document.at("traceEvents")) {
    if (event.at("ph") == "i" && event.at("cat") == "boundary") names.insert(event["name"]);
  }
  EXPECT_EQ(names.size(), kBoundaryCount - 3);
  EXPECT_FALSE(names.contains("linked"));
  EXPECT_TRUE(names.contains("listening"));
}

TEST(Perfetto, LibrariesGoFromOpenToMapped) {
  const coldstart::Run run = testing::accounted_run(5);
  const auto libraries =
      of_category(json::parse(export_perfetto(run, {"tool@page-cache"})), "library");
  ASSERT_EQ(libraries.size(), 2U);  // the loader itself was mapped by the kernel
  EXPECT_EQ(libraries[0].name, "/lib/x86_64-linux-gnu/libc.so.6");
  EXPECT_EQ(libraries[0].begin, 900'000);
  EXPECT_EQ(libraries[0].end, 1'300'000);
  EXPECT_EQ(libraries[0].args["bytes"], 1'922'136);
}

TEST(Perfetto, LibrariesThatOverlapGoToASecondTrack) {
  coldstart::Run run = testing::plain_run({"f"}, 1);
  run.starts[0].account.libraries = std::vector<Library>{
      {"/a.so", 1, 100, 300, std::nullopt, false}, {"/b.so", 1, 200, 400, std::nullopt, false}};
  const json document = json::parse(export_perfetto(run, {}));
  expect_trace(document);
  const auto libraries = of_category(document, "library");
  ASSERT_EQ(libraries.size(), 2U);
  EXPECT_NE(libraries[0].tid, libraries[1].tid);
}

TEST(Perfetto, CausesFillTheirPhaseAndTheirTrackSaysHow) {
  const coldstart::Run run = testing::accounted_run(5);
  const json document = json::parse(export_perfetto(run, {"tool@disk"}));
  std::int64_t sum = 0;
  for (const auto& cause : of_category(document, "cause")) sum += cause.end - cause.begin;
  const ChosenStart chosen = choose_starts(run, {"tool@disk"}).at(0);
  EXPECT_EQ(sum, latency_ns(chosen.start->timeline));
  EXPECT_TRUE(testing::contains(document.dump(), "totals of a phase, end to end"));
  EXPECT_FALSE(of_category(document, "sandbox").empty());
}

TEST(Perfetto, EachProcessAndEachThreadHasItsTrack) {
  const json document = json::parse(export_perfetto(testing::tracked_run(), {}));
  expect_trace(document);
  std::map<int, std::string> processes;
  std::map<int, std::pair<int, std::string>> threads;
  for (const json& event : document["traceEvents"]) {
    if (event["name"] == "process_name") processes[event["pid"]] = event["args"]["name"];
    if (event["name"] == "thread_name") {
      threads[event["tid"]] = {event["pid"], event["args"]["name"]};
    }
  }
  ASSERT_TRUE(processes.contains(700) && processes.contains(701)) << document;
  EXPECT_TRUE(processes[700].starts_with("sh (f: median of cold"));
  EXPECT_TRUE(processes[701].starts_with("server ("));
  EXPECT_EQ(threads[700], std::pair(700, std::string("sh")));
  EXPECT_EQ(threads[701], std::pair(701, std::string("server")));
  EXPECT_EQ(threads[702], std::pair(701, std::string("thread")));
}

TEST(Perfetto, StatesOfAThreadFollowEachOtherToItsEnd) {
  const json document = json::parse(export_perfetto(testing::tracked_run(), {}));
  std::string states;
  std::int64_t at = 200;
  for (const auto& slice : of_category(document, "sched")) {
    if (slice.tid != 701) continue;
    EXPECT_EQ(slice.begin, at);
    at = slice.end;
    states += slice.name + "; ";
  }
  EXPECT_EQ(states, "on CPU; disk; on CPU; ");
  EXPECT_EQ(at, 1'000'000);
  EXPECT_TRUE(testing::contains(document.dump(), "wait: child"));
  EXPECT_TRUE(of_category(document, "cause").empty()) << "totals beside what happened when";
}

TEST(Perfetto, ProgramsGoFromExecToExecAndAForkIsACopyBefore) {
  std::string programs;
  for (const auto& slice :
       of_category(json::parse(export_perfetto(testing::tracked_run(), {})), "exec")) {
    programs += slice.name + ' ' + std::to_string(slice.begin) + "; ";
  }
  EXPECT_EQ(programs, "fork 100; sh 120; fork of sh 200; server 250; ");
}

TEST(Perfetto, WhatWasExecutedByItsDescriptorIsCalledWhatTheKernelCallsIt) {
  coldstart::Run run = testing::tracked_run();
  (*run.starts[0].account.processes)[0].programs[0].path = "/proc/self/fd/7";
  const json document = json::parse(export_perfetto(run, {}));
  EXPECT_EQ(of_category(document, "exec").at(1).name, "sh");
  EXPECT_EQ(of_category(document, "exec").at(1).args["path"], "/proc/self/fd/7");
}

TEST(Perfetto, ProcessesOfTwoStartsAreTwoThoughTheyHadOneNumber) {
  coldstart::Run run = testing::tracked_run();
  run.starts.push_back(run.starts[0]);
  run.starts[1].trial = 2;
  const json document = json::parse(export_perfetto(run, {"f:1", "f:2"}));
  expect_trace(document);
  std::set<std::int64_t> pids;
  for (const auto& slice : slices_of(document)) pids.insert(slice.pid);
  EXPECT_EQ(pids.size(), 6U);
}

TEST(Perfetto, SaysThatThreadsWereNotKept) {
  EXPECT_TRUE(json::parse(export_perfetto(testing::plain_run({"f"}, 1), {}))["otherData"].contains(
      "threads"));
  EXPECT_FALSE(
      json::parse(export_perfetto(testing::tracked_run(), {}))["otherData"].contains("threads"));
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

TEST(Perfetto, SaysThatTheLoadCompressedItsTime) {
  coldstart::Run run = testing::plain_run({"a"}, 3);
  EXPECT_FALSE(testing::contains(export_perfetto(run, {}), "time_scale"));
  run.loads = {{"cold", "cold", "", 60, 0, std::nullopt}};
  const std::string text = export_perfetto(run, {});
  EXPECT_TRUE(testing::contains(text, "a: median of cold, page-cache (trial 2) (time ×60)"));
  EXPECT_TRUE(testing::contains(text, "\"time_scale\": 60"));
}

TEST(Perfetto, AStartOfADisturbedPairSaysSo) {
  const coldstart::Run run = testing::run_with_disturbed_pairs();
  const std::string text = export_perfetto(run, {});
  EXPECT_TRUE(
      testing::contains(text, "cpp@baseline: median of disturbed (not judged), page-cache"));
  EXPECT_TRUE(testing::contains(text, "\"disturbed\": true"));
}

}  // namespace
}  // namespace coldstart::results
