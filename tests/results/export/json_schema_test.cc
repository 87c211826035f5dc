// The documents we export against the schema that we ship, by a validator that is not ours.
#include "tests/results/json_schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/export/json.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using nlohmann::json;

json schema_json() {
  return json::parse(testing::read_file(COLDSTART_SOURCE_DIR "/results/export/run.schema.json"));
}

Run full_load_run() {
  coldstart::Run run = testing::plain_run({"f"}, 2);
  run.loads = {testing::full_load("l")};
  run.invocations = {testing::full_invocation()};
  run.instances = {testing::full_instance()};
  run.functions[0].limits = {128 << 20, 0.1, 7};
  run.functions[0].sweep_of = "g";
  run.functions[0].sweep_key = "cpus";
  run.starts[0].in_flight = 16;
  return run;
}

#ifdef COLDSTART_HAVE_VALIJSON

std::string complaint(const json& document) {
  return testing::complaint(document, "results/export/run.schema.json");
}

// The validator reads numbers as signed: the largest seed would look negative to it.
json exported(Run run) {
  run.info.seed = 42;
  return json::parse(export_json(run));
}

TEST(JsonSchema, HoldsForWhatWeExport) {
  EXPECT_EQ(complaint(exported(testing::realistic_run(12))), "");
  EXPECT_EQ(complaint(exported(testing::plain_run({"a"}, 120))), "");
  EXPECT_EQ(complaint(exported(testing::plain_run({}, 0))), "");
  EXPECT_EQ(complaint(exported(testing::run_with_disturbed_pairs())), "");
  coldstart::Run run = testing::plain_run({"f"}, 1);
  run.starts.push_back(testing::full_start("f", 2));
  run.starts.push_back({});
  run.starts.back().function = "f";
  run.starts.back().outcome = Outcome::kNotStarted;
  run.info.host = {};
  run.info.tiers.clear();
  run.info.overheads = {testing::sample_overhead("cpp", "all", 1.004)};
  EXPECT_EQ(complaint(exported(run)), "");
}

TEST(JsonSchema, HoldsForRunsUnderLoad) {
  EXPECT_EQ(complaint(exported(testing::loaded_run())), "");
  EXPECT_EQ(complaint(exported(testing::parallel_run())), "");
  EXPECT_EQ(complaint(exported(testing::memory_sweep_run())), "");
  EXPECT_EQ(complaint(exported(full_load_run())), "");
}

TEST(JsonSchema, RefusesWhatTheImportRefuses) {
  const json good = exported(full_load_run());
  for (const auto& [pointer, value] : std::vector<std::pair<const char*, json>>{
           {"/schema", "coldstart.run/2"},
           {"/run/seed", -1},
           {"/functions/0/name", 3},
           {"/starts/0/outcome", "good"},
           {"/starts/0/boundaries/linked", -1},
           {"/starts/0/boundaries/linkd", 1},
           {"/starts/0/phases/napping", 1},
           {"/starts/0/absent", {{"linked", "gone"}}},
           {"/summary/0/median_ci95_ns", {1}},
           {"/starts/0/causes", {{"napping", json::object()}}},
           {"/starts/0/libraries", {{{"path", 1}}}},
           {"/starts/0/cache_proof", json::object()},
           {"/run/overhead", {{{"what", "f"}}}},
           {"/loads/0/time_scale", 0},
           {"/loads/0/parameters", 3},
           {"/invocations/0/cold", 1},
           {"/invocations/0/due_ns", -1},
           {"/invocations/0/outcome", "good"},
           {"/instances/0/requested_ns", "soon"},
           {"/functions/0/limits/cpus", -1},
           {"/starts/0/in_flight", 0},
           {"/run/probes/tiers/cpu", "perhaps"}}) {
    json bad = good;
    bad[json::json_pointer(pointer)] = value;
    EXPECT_NE(complaint(bad), "") << pointer;
  }
  json bad = good;
  bad["starts"][0].erase("boundaries");
  EXPECT_NE(complaint(bad), "");
}

#else

TEST(JsonSchema, HoldsForWhatWeExport) {
  GTEST_SKIP()
      << "no validator in this build: apt-get install libvalijson-dev, and configure again";
}

#endif

bool mentions(const json& node, const std::string& property) {
  if (node.is_object() && node.contains("properties") && node["properties"].contains(property))
    return true;
  if (!node.is_structured()) return false;
  for (const auto& child : node) {
    if (mentions(child, property)) return true;
  }
  return false;
}

void expect_documented(const json& schema, const json& document) {
  if (document.is_array()) {
    for (const auto& element : document) expect_documented(schema, element);
  }
  if (!document.is_object()) return;
  for (const auto& [key, value] : document.items()) {
    EXPECT_TRUE(mentions(schema, key)) << key;
    // Below these the keys are names of tiers, boundaries, phases and outcomes.
    static const std::vector<std::string> kByName = {
        "tiers",     "remedies", "boundaries",     "absent",           "phases",    "waits",
        "failed_by", "causes",   "account_absent", "phase_medians_ns", "parameters"};
    if (key == "causes") {
      for (const auto& phase : value) expect_documented(schema, phase);
    }
    if (std::find(kByName.begin(), kByName.end(), key) == kByName.end())
      expect_documented(schema, value);
  }
}

TEST(JsonSchema, DocumentsEveryKeyThatWeWrite) {
  coldstart::Run run = testing::realistic_run(12);
  run.starts.push_back(testing::full_start("cpp", 13));
  run.info.overheads = {testing::sample_overhead("cpp", "all", 1.004)};
  expect_documented(schema_json(), json::parse(export_json(run)));
  expect_documented(schema_json(), json::parse(export_json(full_load_run())));
}

}  // namespace
}  // namespace coldstart::results
