// Loads, requests and instances as JSON.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/export/json.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using nlohmann::ordered_json;
using testing::contains;
using testing::error_of;
using testing::plain_run;

Run full_run() {
  coldstart::Run run = plain_run({"f"}, 1);
  run.loads = {testing::full_load("l")};
  run.invocations = {testing::full_invocation()};
  run.instances = {testing::full_instance()};
  run.functions[0].limits = {128 << 20, 0.1, 7};
  run.functions[0].sweep_of = "g";
  run.functions[0].sweep_key = "cpus";
  run.starts[0].in_flight = 16;
  return run;
}

Run reimported(const Run& run) { return import_json(export_json(run), "test"); }

TEST(LoadJson, EveryFieldComesBack) {
  const coldstart::Run run = full_run();
  const coldstart::Run again = reimported(run);
  EXPECT_EQ(again.loads, run.loads);
  EXPECT_EQ(again.invocations, run.invocations);
  EXPECT_EQ(again.instances, run.instances);
  EXPECT_EQ(again.functions.at(0).limits, run.functions[0].limits);
  EXPECT_EQ(again.functions.at(0).sweep_of, "g");
  EXPECT_EQ(again.functions.at(0).sweep_key, "cpus");
  EXPECT_EQ(again.starts.at(0).in_flight, 16);
}

TEST(LoadJson, ARunUnderLoadComesBackExactly) {
  const coldstart::Run run = testing::loaded_run();
  const coldstart::Run again = reimported(run);
  EXPECT_EQ(again.loads, run.loads);
  EXPECT_EQ(again.invocations, run.invocations);
  EXPECT_EQ(again.instances, run.instances);
  EXPECT_EQ(export_json(again), export_json(run));
}

TEST(LoadJson, WhatIsAbsentHasNoKey) {
  coldstart::Run run = plain_run({"f"}, 1);
  run.loads = {{"l", "list", "", 1, 5, std::nullopt}};
  run.invocations.resize(1);
  run.invocations[0].outcome = Outcome::kDropped;
  run.instances.resize(1);
  const auto json = ordered_json::parse(export_json(run));
  EXPECT_EQ(json["loads"].dump(), R"([{"name":"l","pattern":"list","begin_ns":5}])");
  EXPECT_EQ(json["invocations"].dump(),
            R"([{"function":"f","load":"l","cold":false,"due_ns":0,"outcome":"dropped"}])");
  EXPECT_EQ(json["instances"].dump(),
            R"([{"function":"f","load":"l","instance":0,"requested_ns":0,"invocations":0}])");
  EXPECT_FALSE(json["functions"][0].contains("limits"));
  EXPECT_FALSE(json["functions"][0].contains("sweep"));
  EXPECT_FALSE(json["starts"][0].contains("in_flight"));
  const coldstart::Run again = reimported(run);
  EXPECT_EQ(again.loads, run.loads);
  EXPECT_EQ(again.invocations, run.invocations);
  EXPECT_EQ(again.instances, run.instances);
}

TEST(LoadJson, ARunWithoutLoadsIsExportedAsBefore) {
  const auto json = ordered_json::parse(export_json(plain_run({"f"}, 1)));
  EXPECT_FALSE(json.contains("loads"));
  EXPECT_FALSE(json.contains("invocations"));
  EXPECT_FALSE(json.contains("instances"));
}

TEST(LoadJson, WhatIsWrongIsNamedByItsPlace) {
  const auto good = ordered_json::parse(export_json(full_run()));
  struct Case {
    const char* pointer;
    ordered_json value;
    const char* complaint;
  };
  for (const Case& c : std::vector<Case>{
           {"/invocations/0/load", "x", "/invocations/0/load: 'x' is not among the loads"},
           {"/invocations/0/function", "x", "'x' is not among the functions"},
           {"/invocations/0/cold", 1, "/invocations/0/cold: must be true or false"},
           {"/invocations/0/due_ns", -1, "/invocations/0/due_ns: is negative"},
           {"/invocations/0/done_ns", 5, "/invocations/0/done_ns: is before the moment"},
           {"/invocations/0/outcome", "good", "unknown outcome 'good'"},
           {"/instances/0/load", "x", "/instances/0/load: 'x' is not among the loads"},
           {"/loads/0/time_scale", 0, "/loads/0/time_scale: must be more than 0"},
           {"/loads/0/parameters", 3, "/loads/0/parameters: must be an object"},
           {"/functions/0/limits/cpus", -1, "/functions/0/limits/cpus: must be more than 0"}}) {
    ordered_json bad = good;
    bad[ordered_json::json_pointer(c.pointer)] = c.value;
    const std::string error = error_of([&] { import_json(bad.dump(), "test"); });
    EXPECT_TRUE(contains(error, c.complaint)) << c.pointer << ": " << error;
  }
  ordered_json bad = good;
  bad["loads"].push_back(bad["loads"][0]);
  EXPECT_TRUE(contains(error_of([&] { import_json(bad.dump(), "test"); }), "appears twice"));
  bad = good;
  bad["invocations"][0] = {
      {"function", "f"}, {"load", "l"}, {"cold", false}, {"due_ns", 1}, {"outcome", "ok"}};
  EXPECT_TRUE(contains(error_of([&] { import_json(bad.dump(), "test"); }), "the outcome is ok"));
}

}  // namespace
}  // namespace coldstart::results
