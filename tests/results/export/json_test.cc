#include "results/export/json.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string_view>

#include <nlohmann/json.hpp>

#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using nlohmann::ordered_json;
using testing::contains;
using testing::error_of;
using testing::full_start;
using testing::plain_run;
using testing::realistic_run;

Run reimported(const Run& run) { return import_json(export_json(run), "test"); }

TEST(Json, ExportOfAnImportIsTheSameDocument) {
  coldstart::Run run = realistic_run(12);
  run.starts.push_back(full_start("cpp", 13));
  const std::string text = export_json(run);
  EXPECT_EQ(export_json(import_json(text, "test")), text);
}

// A million of them must not be one text in memory, nor one line that no tool can show.
TEST(Json, ALongRunIsWrittenInShortPartsWithALineAStart) {
  const coldstart::Run run = realistic_run(100);
  std::string text;
  std::size_t largest = 0;
  export_json(run, [&](std::string_view part) {
    text += part;
    largest = std::max(largest, part.size());
  });
  EXPECT_EQ(text, export_json(run));
  EXPECT_LT(largest, 100'000U);
  EXPECT_GT(text.size(), 4 * largest);
  std::size_t lines = 0;
  for (const std::string& line : testing::lines_of(text)) {
    if (line.starts_with("{\"function\":") && line.find("\"boundaries\":") != std::string::npos) {
      ++lines;
    }
  }
  EXPECT_EQ(lines, run.starts.size());
}

TEST(Json, EveryFieldOfARunComesBack) {
  coldstart::Run run = realistic_run(1);
  run.info.id = 7;
  run.info.verdict = "FAIL";
  const RunInfo info = reimported(run).info;
  EXPECT_EQ(info.id, 7);
  EXPECT_EQ(info.label, run.info.label);
  EXPECT_EQ(info.suite, run.info.suite);
  EXPECT_EQ(info.started_at, run.info.started_at);
  EXPECT_EQ(info.finished_at, run.info.finished_at);
  EXPECT_EQ(info.verdict, run.info.verdict);
  EXPECT_EQ(info.seed, run.info.seed);
  EXPECT_EQ(info.tool_version, run.info.tool_version);
  EXPECT_EQ(info.command_line, run.info.command_line);
  EXPECT_EQ(info.host.name, run.info.host.name);
  EXPECT_EQ(info.host.kernel, run.info.host.kernel);
  EXPECT_EQ(info.host.os, run.info.host.os);
  EXPECT_EQ(info.host.cpu, run.info.host.cpu);
  EXPECT_EQ(info.host.cpus, run.info.host.cpus);
  EXPECT_EQ(info.host.memory_bytes, run.info.host.memory_bytes);
  EXPECT_EQ(info.lost_events, run.info.lost_events);
  ASSERT_EQ(info.tiers.size(), run.info.tiers.size());
  for (std::size_t i = 0; i < info.tiers.size(); ++i) {
    EXPECT_EQ(info.tiers[i].name, run.info.tiers[i].name);
    EXPECT_EQ(info.tiers[i].on, run.info.tiers[i].on);
    EXPECT_EQ(info.tiers[i].reason, run.info.tiers[i].reason);
    EXPECT_EQ(info.tiers[i].remedy, run.info.tiers[i].remedy);
  }
  EXPECT_TRUE(info.overheads.empty());
}

TEST(Json, OurOwnCostComesBackExactly) {
  coldstart::Run run = plain_run({"f"}, 0);
  run.info.overheads = {testing::sample_overhead("cpp", "all", 1.0 + 1.0 / 3),
                        testing::sample_overhead("empty static program", "", 0.998)};
  run.info.overheads[1].low.reset();
  run.info.overheads[1].high.reset();
  EXPECT_EQ(reimported(run).info.overheads, run.info.overheads);
  const auto json = ordered_json::parse(export_json(run))["run"]["overhead"];
  EXPECT_EQ(json[0]["what"], "cpp");
  EXPECT_EQ(json[0]["tiers"], "all");
  EXPECT_EQ(json[0]["pairs"], 200);
  EXPECT_FALSE(json[1].contains("low"));
}

TEST(Json, EveryFieldOfAFunctionComesBack) {
  coldstart::Run run = plain_run({"f"}, 0);
  run.functions[0] = {"f", "jvm", "lambda", {"java", "", "a b"}, "openjdk 17", "no java"};
  const Function f = reimported(run).functions.at(0);
  EXPECT_EQ(f.name, "f");
  EXPECT_EQ(f.runtime, "jvm");
  EXPECT_EQ(f.contract, "lambda");
  EXPECT_EQ(f.command, run.functions[0].command);
  EXPECT_EQ(f.version, "openjdk 17");
  EXPECT_EQ(f.skipped, "no java");
}

TEST(Json, AStackOfFramesThatAreNotThereIsRefusedWithItsPlace) {
  coldstart::Run run = plain_run({"f"}, 1);
  run.starts[0].stacks = testing::full_stacks();
  auto document = ordered_json::parse(export_json(run));
  document["starts"][0]["stacks"]["stacks"][1]["frames"][0] = 99;
  EXPECT_EQ(testing::error_of([&] { import_json(document.dump(), "test"); }),
            "test: /starts/0/stacks/stacks/1/frames/0: names no frame");
}

TEST(Json, EveryFieldOfAStartComesBack) {
  coldstart::Run run = plain_run({"f"}, 0);
  Start start = full_start("f", 4);
  start.order = 9;
  start.instance = 77;
  start.load = "burst";
  run.starts = {start};
  const Start s = reimported(run).starts.at(0);
  EXPECT_EQ(s.function, "f");
  EXPECT_EQ(s.load, "burst");
  EXPECT_EQ(s.cache, "disk");
  EXPECT_EQ(s.trial, 4);
  EXPECT_EQ(s.order, 9);
  EXPECT_EQ(s.instance, 77U);
  EXPECT_EQ(s.outcome, Outcome::kBadResponse);
  EXPECT_EQ(s.message, start.message);
  EXPECT_EQ(s.due_ns, start.due_ns);
  EXPECT_EQ(s.lost_events, 2U);
  EXPECT_EQ(s.readiness_poll_ns, 200'000);
  EXPECT_EQ(s.connect_retries, 0);
  EXPECT_EQ(s.pid, 4711);
  EXPECT_EQ(s.port, 8080);
  EXPECT_EQ(s.http_status, 500);
  EXPECT_EQ(s.exit_status, 0);
  EXPECT_EQ(s.exit_signal, 9);
  EXPECT_EQ(s.account, start.account);
  EXPECT_EQ(s.stacks, start.stacks);
  for (std::size_t i = 0; i < kBoundaryCount; ++i) {
    const auto b = static_cast<Boundary>(i);
    EXPECT_EQ(s.timeline[b].at_ns, start.timeline[b].at_ns) << name(b);
    EXPECT_EQ(s.timeline[b].absence, start.timeline[b].absence) << name(b);
    EXPECT_EQ(s.timeline[b].reason, start.timeline[b].reason) << name(b);
  }
}

TEST(Json, KeysWithNothingToSayAreLeftOut) {
  coldstart::Run run = plain_run({"f"}, 2);
  run.info.label.clear();
  run.info.finished_at.clear();
  run.info.host = {};
  run.info.tiers.clear();
  const auto json = ordered_json::parse(export_json(run));
  for (const char* key : {"label", "finished_at", "host", "overhead"})
    EXPECT_FALSE(json["run"].contains(key)) << key;
  EXPECT_FALSE(json["run"]["probes"].contains("tiers"));
  for (const char* key : {"version", "skipped"})
    EXPECT_FALSE(json["functions"][0].contains(key)) << key;
  for (const char* key : {"message", "absent", "pid", "http_status", "exit_status",
                          "readiness_poll_ns", "causes", "libraries", "files", "sandbox", "jvm",
                          "python", "node", "cache_proof", "account_absent"}) {
    EXPECT_FALSE(json["starts"][0].contains(key)) << key;
  }
  for (const char* key : {"p90_ns", "p99_ns", "median_ci95_ns", "failed_by", "lost"}) {
    EXPECT_FALSE(json["summary"][0].contains(key)) << key;
  }
}

TEST(Json, SaysWhatTheDesignSays) {
  coldstart::Run run = plain_run({"f"}, 30);
  run.info.tiers = {{"process", true, "", ""}, {"loader", false, "needs CAP_SYS_ADMIN", ""}};
  run.starts[0].timeline.set_not_applicable(Boundary::kLinked, "static program");
  run.starts[0].timeline.set_unseen(Boundary::kRuntimeReady, "tier runtime is off");
  const auto json = ordered_json::parse(export_json(run));
  EXPECT_EQ(json["schema"], "coldstart.run/1");
  EXPECT_EQ(json["run"]["probes"]["tiers"]["process"], "on");
  EXPECT_EQ(json["run"]["probes"]["tiers"]["loader"], "off: needs CAP_SYS_ADMIN");
  const auto& start = json["starts"][0];
  EXPECT_EQ(start["outcome"], "ok");
  EXPECT_EQ(start["latency_ns"], 1'001'000);
  EXPECT_EQ(start["boundaries"]["due"], 0);
  EXPECT_EQ(start["boundaries"]["responded"], 1'001'000);
  EXPECT_EQ(start["absent"]["linked"], "not applicable: static program");
  EXPECT_EQ(start["absent"]["runtime_ready"], "unseen: tier runtime is off");
  EXPECT_EQ(start["phases"]["runtime+app"], 200'200);
  EXPECT_EQ(start["lost_events"], 0);
  const auto& summary = json["summary"][0];
  EXPECT_EQ(summary["n"], 30);
  EXPECT_EQ(summary["failed"], 0);
  EXPECT_EQ(summary["median_ns"], 1'015'500);
  EXPECT_EQ(summary["median_ci95_ns"], (ordered_json{1'010'000, 1'021'000}));
  EXPECT_EQ(summary["min_ns"], 1'001'000);
}

TEST(Json, TextThatIsNotUtf8DoesNotStopAnExport) {
  coldstart::Run run = plain_run({"f"}, 1);
  run.starts[0].message = "broken \xff\xfe bytes";
  EXPECT_TRUE(contains(reimported(run).starts[0].message, "broken"));
}

TEST(Json, UnknownKeysAreIgnored) {
  auto json = ordered_json::parse(export_json(plain_run({"f"}, 1)));
  json["new"] = {1, 2};
  json["starts"][0]["causes"] = {{"spawn", {{"cpu", 1}}}};
  json.erase("summary");
  EXPECT_EQ(import_json(json.dump(), "test").starts.size(), 1U);
}

// ---- what is refused, and how ----

std::string import_error(const std::string& text) {
  std::string error = error_of([&] { import_json(text, "run.json"); });
  EXPECT_FALSE(contains(error, "\n")) << error;
  return error;
}

TEST(BadJson, ASyntaxErrorHasLineAndColumn) {
  EXPECT_TRUE(contains(import_error("{\n  \"schema\": oops\n}"), "run.json:2:13: is not JSON"));
  EXPECT_TRUE(contains(import_error(""), "run.json:1:1: is not JSON"));
  EXPECT_TRUE(contains(import_error("{\"a\": 1"), "run.json:1:"));
}

TEST(BadJson, AnotherDocumentIsRefused) {
  for (const char* text : {"{}", "[]", "1", "null", "{\"schema\": 3}"}) {
    EXPECT_TRUE(contains(import_error(text), "run.json: is not a run of coldstart")) << text;
  }
  EXPECT_TRUE(
      contains(import_error("{\"schema\": \"coldstart.run/2\"}"),
               "run.json: /schema: 'coldstart.run/2' is not 'coldstart.run/1'; update coldstart"));
}

struct BadValue {
  const char* pointer;
  ordered_json value;
  const char* error;
};

TEST(BadJson, AWrongValueIsNamedByItsPointer) {
  const std::vector<BadValue> cases = {
      {"/run", 3, "/run: must be an object"},
      {"/run/seed", -1, "/run/seed: is out of range"},
      {"/run/seed", 1.5, "/run/seed: must be a whole number"},
      {"/run/started_at", nullptr, "/run/started_at: must be a string"},
      {"/run/probes/tiers/cpu", "perhaps", "/run/probes/tiers/cpu: must be \"on\", \"off\""},
      {"/functions", {{"a", 1}}, "/functions: must be an array"},
      {"/functions/0", "f", "/functions/0: must be an object"},
      {"/functions/0/command/0", 1, "/functions/0/command/0: must be a string"},
      {"/functions/1/name", "a", "/functions/1/name: appears twice"},
      {"/starts/1/function", "x", "/starts/1/function: 'x' is not among the functions"},
      {"/starts/1/outcome", "good", "/starts/1/outcome: unknown outcome 'good'"},
      {"/starts/1/trial", 3'000'000'000, "/starts/1/trial: is out of range"},
      {"/starts/1/boundaries", ordered_json::array(), "/starts/1/boundaries: must be an object"},
      {"/starts/1/boundaries/due", 5, "/starts/1/boundaries/due: must be 0"},
      {"/starts/1/boundaries/linked", -5, "/starts/1/boundaries/linked: is negative"},
      {"/starts/1/boundaries/linked", "0", "/starts/1/boundaries/linked: must be a whole number"},
      {"/starts/1/boundaries/linked", 1, "/starts/1/boundaries/linked: is before 'execed'"},
      {"/starts/1/boundaries/responded", 18'446'744'073'709'551'615ULL,
       "responded: is out of range"},
      {"/starts/1/boundaries/linkd", 1,
       "/starts/1/boundaries/linkd: is not a boundary that this coldstart knows"},
      {"/starts/1/causes/link/cpu", -1, "/starts/1/causes/link/cpu: is negative"},
      {"/starts/1/causes", 3, "/starts/1/causes: must be an object"},
      {"/starts/1/libraries", {{"a", 1}}, "/starts/1/libraries: must be an array"},
      {"/starts/1/cache_proof", {{"files", 1}}, "/starts/1/cache_proof: has no key 'proven'"},
      {"/starts/1/cache_proof/proven", 1, "/starts/1/cache_proof/proven: must be true or false"},
      {"/run/overhead", 1, "/run/overhead: must be an array"},
      {"/run/overhead", ordered_json::array({{{"what", "f"}, {"measured_at", ""}, {"ratio", 0}}}),
       "/run/overhead/0/ratio: must be more than 0"},
      {"/starts/1/absent",
       {{"forked", "gone"}},
       "/starts/1/absent/forked: must be \"not applicable\""},
  };
  const auto good = ordered_json::parse(export_json(plain_run({"a", "b"}, 2)));
  for (const BadValue& bad : cases) {
    auto json = good;
    json[ordered_json::json_pointer(bad.pointer)] = bad.value;
    const std::string error = import_error(json.dump());
    EXPECT_TRUE(contains(error, bad.error)) << bad.pointer << " → " << error;
    EXPECT_TRUE(contains(error, "run.json: /")) << error;
  }
}

TEST(BadJson, AMissingKeyIsNamedByItsPlace) {
  for (const auto& [pointer, key, error] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"", "functions", "run.json: /: has no key 'functions'"},
           {"/run", "started_at", "run.json: /run: has no key 'started_at'"},
           {"/functions/0", "name", "run.json: /functions/0: has no key 'name'"},
           {"/starts/0", "boundaries", "run.json: /starts/0: has no key 'boundaries'"}}) {
    auto json = ordered_json::parse(export_json(plain_run({"a"}, 1)));
    json[ordered_json::json_pointer(pointer)].erase(key);
    EXPECT_TRUE(contains(import_error(json.dump()), error)) << error;
  }
}

TEST(BadJson, AStartThatAnsweredHasALatency) {
  auto json = ordered_json::parse(export_json(plain_run({"a"}, 1)));
  json["starts"][0]["boundaries"].erase("responded");
  EXPECT_TRUE(
      contains(import_error(json.dump()),
               "run.json: /starts/0/boundaries: has no 'responded', but the outcome is ok"));
}

TEST(BadJson, NoPrefixOfADocumentIsARun) {
  const std::string text = export_json(plain_run({"a"}, 1));
  for (std::size_t n = 0; n + 2 < text.size(); n += 7)
    EXPECT_NE(import_error(text.substr(0, n)), "") << n;
}

TEST(Json, DisturbedPairsAreMarkedInStartsAndSummary) {
  const std::string text = export_json(testing::run_with_disturbed_pairs());
  const auto json = ordered_json::parse(text);
  for (const char* list : {"starts", "summary"}) {
    for (const auto& entry : json[list]) {
      EXPECT_EQ(entry.contains("disturbed"), entry["load"] == "disturbed") << entry;
    }
  }
  EXPECT_EQ(export_json(import_json(text, "test")), text);
}

}  // namespace
}  // namespace coldstart::results
