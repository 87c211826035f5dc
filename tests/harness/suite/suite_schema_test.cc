// The parser and suite.schema.json say the same.
#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "harness/suite/keys.h"
#include "tests/harness/suite/suite_folder.h"

namespace coldstart::harness {
namespace {

using nlohmann::json;
using Names = std::set<std::string>;

const json& schema() {
  static const json document = json::parse(std::ifstream(COLDSTART_SUITE_SCHEMA));
  return document;
}

const json& section_schema(Section section) {
  switch (section) {
    case Section::kSuite:
      return schema();
    case Section::kDefaults:
      return schema().at("definitions").at("defaults");
    case Section::kFunction:
      return schema().at("definitions").at("function");
    case Section::kLoad:
      return schema().at("definitions").at("load");
    case Section::kStage:
      return schema().at("definitions").at("stage");
    case Section::kPlatform:
      return schema().at("definitions").at("platform");
    case Section::kLimits:
      return schema().at("definitions").at("limits");
    case Section::kSweep:
      return schema().at("definitions").at("function").at("properties").at("sweep");
  }
  return schema();
}

// What the schema says of a key, a reference followed.
json key_schema(const Key& key) {
  json found = section_schema(key.section).at("properties").at(std::string(key.name));
  const json* reference = found.contains("$ref") ? &found : nullptr;
  if (found.contains("allOf")) reference = &found.at("allOf").at(0);
  if (reference == nullptr) return found;
  const std::string pointer = reference->at("$ref").get<std::string>().substr(1);
  json merged = schema().at(json::json_pointer(pointer));
  merged.update(found);
  return merged;
}

// The keys that the schema forbids in a section where `selector` has `value`.
Names forbidden(Section section, const std::string& selector, std::string_view value) {
  Names names;
  for (const json& rule : section_schema(section).at("allOf")) {
    const json condition = rule.at("if").value("properties", json::object());
    if (!condition.contains(selector) || condition.at(selector).at("const") != value) continue;
    for (const auto& [key, allowed] : rule.at("then").at("properties").items()) {
      if (allowed == false) names.insert(key);
    }
  }
  return names;
}

class SuiteSchema : public SuiteFolder {};

TEST_F(SuiteSchema, HasTheKeysThatTheParserKnows) {
  for (const Section section : kSections) {
    Names known;
    for (const Key& key : known_keys()) {
      if (key.section == section) known.emplace(key.name);
    }
    Names documented;
    for (const auto& item : section_schema(section).at("properties").items()) {
      documented.insert(item.key());
    }
    EXPECT_EQ(known, documented) << name(section);
    EXPECT_EQ(section_schema(section).at("additionalProperties"), false) << name(section);
  }
}

TEST_F(SuiteSchema, DescribesEveryKey) {
  for (const Key& key : known_keys()) {
    EXPECT_GT(key_schema(key).value("description", "").size(), 20U) << key.name;
  }
}

TEST_F(SuiteSchema, HasTheSameChoices) {
  for (const Key& key : known_keys()) {
    Names choices(key.choices.begin(), key.choices.end());
    Names documented;
    const json description = key_schema(key);
    if (description.contains("enum")) documented = description.at("enum").get<Names>();
    if (description.contains("anyOf")) {  // one of the choices, or a list of them
      const std::string reference = description.at("anyOf").at(0).at("$ref").get<std::string>();
      EXPECT_EQ(description.at("anyOf").at(1).at("items").at("$ref"), reference);
      documented = schema().at(json::json_pointer(reference.substr(1))).at("enum").get<Names>();
    }
    EXPECT_EQ(choices, documented) << key.name;
  }
}

TEST_F(SuiteSchema, ForbidsTheSameKeysOfOtherRuntimesAndContracts) {
  for (std::size_t kind = 0; kind < runtime_names().size(); ++kind) {
    Names foreign;
    for (const Key& key : known_keys()) {
      if ((key.runtimes & (1U << kind)) == 0) foreign.emplace(key.name);
    }
    EXPECT_EQ(forbidden(Section::kFunction, "runtime", runtime_names()[kind]), foreign)
        << runtime_names()[kind];
  }
  for (std::size_t kind = 0; kind < contract_names().size(); ++kind) {
    Names foreign;
    for (const Key& key : known_keys()) {
      if ((key.contracts & (1U << kind)) == 0) foreign.emplace(key.name);
    }
    EXPECT_EQ(forbidden(Section::kFunction, "contract", contract_names()[kind]), foreign)
        << contract_names()[kind];
  }
}

TEST_F(SuiteSchema, ForbidsTheSameKeysOfOtherPatterns) {
  for (std::size_t kind = 0; kind < pattern_names().size(); ++kind) {
    Names foreign;
    for (const Key& key : known_keys()) {
      if ((key.patterns & (1U << kind)) == 0) foreign.emplace(key.name);
    }
    EXPECT_EQ(forbidden(Section::kLoad, "pattern", pattern_names()[kind]), foreign)
        << pattern_names()[kind];
  }
}

// A scale that the defaults set is beyond a schema, so it only knows what is certain.
TEST_F(SuiteSchema, ForbidsKeepAliveToKnative) {
  const json& platform = section_schema(Section::kPlatform);
  EXPECT_EQ(platform.at("if").at("properties").at("scale").at("const"), "knative");
  EXPECT_EQ(platform.at("then").at("properties"), json({{"keep_alive", false}}));
}

// What each pattern demands, and a value for it.
json minimal_load(std::size_t pattern) {
  static const std::vector<json> loads = {
      {},
      {{"clients", 1}, {"duration", "1s"}},
      {{"rate", 1}, {"duration", "1s"}},
      {{"stages", {{{"to", 1}, {"duration", "1s"}}}}},
      {{"size", 1}},
      {{"rate", 1}, {"on", "1s"}, {"off", "1s"}, {"duration", "1s"}},
      {{"mean", 10}, {"amplitude", 1}, {"period", "1s"}, {"duration", "1s"}},
      {{"expression", "* * * * *"}, {"duration", "1s"}},
      {{"times", {"0s"}}},
      {{"file", "app.js"}, {"format", "azure-2019"}},
  };
  json load = loads.at(pattern);
  load["pattern"] = pattern_names()[pattern];
  return load;
}

TEST_F(SuiteSchema, DemandsTheSameKeysOfEachPattern) {
  const std::string function = R"({"name": "f", "runtime": "node", "script": "app.js"})";
  for (std::size_t kind = 0; kind < pattern_names().size(); ++kind) {
    Names documented;
    for (const json& rule : section_schema(Section::kLoad).at("allOf")) {
      const json condition = rule.at("if").value("properties", json::object());
      if (condition.value("pattern", json::object()).value("const", "") != pattern_names()[kind]) {
        continue;
      }
      for (const json& key : rule.at("then").value("required", json::array())) {
        documented.insert(key.get<std::string>());
      }
    }
    json load = minimal_load(kind);
    const auto suite = [&] {
      return R"({"functions": [)" + function + R"(], "loads": [)" + load.dump() + "]}";
    };
    EXPECT_EQ(errors(suite()), Lines{}) << suite();
    for (const std::string& key : documented) {
      const json value = load.at(key);
      load.erase(key);
      EXPECT_NE(errors(suite()), Lines{}) << suite();
      load[key] = value;
    }
    EXPECT_EQ(documented.size() + 1 + (load.contains("size") ? 1 : 0), load.size()) << load;
  }
}

TEST_F(SuiteSchema, DocumentsTheDefaultsOfThePlatformThatTheParserApplies) {
  const json& keys = section_schema(Section::kPlatform).at("properties");
  const PlatformSpec plain = parse_function("runtime: native, command: [./program]").platform;
  const auto duration = [&](const char* key) {
    return parse_duration(keys.at(key).at("default").get<std::string>());
  };
  EXPECT_EQ(keys.at("scale").at("default"), std::string(name(plain.scale)));
  EXPECT_EQ(keys.at("min_instances").at("default"), plain.min_instances);
  EXPECT_EQ(keys.at("concurrency").at("default"), plain.concurrency);
  EXPECT_EQ(duration("keep_alive"), plain.keep_alive);
  EXPECT_EQ(keys.at("target_utilization").at("default"), plain.target_utilization);
  EXPECT_EQ(duration("stable_window"), plain.stable_window);
  EXPECT_EQ(duration("panic_window"), plain.panic_window);
  EXPECT_EQ(keys.at("panic_threshold").at("default"), plain.panic_threshold);
  EXPECT_EQ(duration("tick"), plain.tick);
  EXPECT_EQ(duration("scale_to_zero_grace"), plain.scale_to_zero_grace);
  EXPECT_EQ(keys.at("max_scale_up_rate").at("default"), plain.max_scale_up_rate);
  EXPECT_EQ(keys.at("max_scale_down_rate").at("default"), plain.max_scale_down_rate);
}

TEST_F(SuiteSchema, DocumentsTheDefaultsThatTheParserApplies) {
  const json& definitions = schema().at("definitions");
  const FunctionSpec plain = parse_function("runtime: native, command: [./program]");
  EXPECT_EQ(definitions.at("trials").at("default"), plain.trials);
  EXPECT_EQ(parse_duration(definitions.at("timeout").at("default").get<std::string>()),
            plain.timeout);
  EXPECT_EQ(parse_duration(definitions.at("stop_timeout").at("default").get<std::string>()),
            plain.stop_timeout);
  EXPECT_EQ(definitions.at("contract").at("default"), std::string(name(plain.contract)));
  EXPECT_EQ(definitions.at("cache").at("default"), std::string(name(plain.caches.at(0))));
  EXPECT_EQ(section_schema(Section::kFunction).at("properties").at("path").at("default"),
            plain.path);
}

// Suites with every example of the schema: a function of each runtime that the key is for, with
// what that runtime demands besides.
TEST_F(SuiteSchema, GivesExamplesThatTheParserAccepts) {
  for (const char* file : {"bench/functions/hello.js", "target/app.jar", "lib/x.jar",
                           "bench/functions/java/Hello.class", "build/release/x"}) {
    write(file);
  }
  write("bench/functions/hello", true);
  write("bench/rootfs/hello/bin/hello", true);
  const std::vector<json> minimal = {
      {{"runtime", "native"}, {"command", {"./program"}}},
      {{"runtime", "container"},
       {"engine", "crun"},
       {"rootfs", "rootfs"},
       {"command", {"/bin/hello"}}},
      {{"runtime", "jvm"}, {"main", "Hello"}, {"classpath", "classes"}},
      {{"runtime", "node"}, {"script", "app.js"}},
      {{"runtime", "python"}, {"script", "app.py"}},
      {{"runtime", "command"}, {"command", {"./program"}}},
  };
  for (const Key& key : known_keys()) {
    if (key.section != Section::kFunction || key.name == "runtime") continue;
    const json description = key_schema(key);
    const json examples = description.value("examples", description.value("enum", json::array()));
    EXPECT_FALSE(examples.empty()) << key.name;
    for (std::size_t kind = 0; kind < minimal.size(); ++kind) {
      if ((key.runtimes & (1U << kind)) == 0) continue;
      const bool is_container = runtime_names()[kind] == "container";
      if (is_container && (key.name == "command" || key.name == "directory")) continue;
      for (const json& example : examples) {
        json function = minimal[kind];
        function["name"] = "f";
        function[std::string(key.name)] = example;
        if (key.name == "jar") function.erase("main"), function.erase("classpath");
        if (key.name == "module") function.erase("script");
        const json suite = {{"functions", json::array({function})}};  // JSON is YAML
        EXPECT_EQ(errors(suite.dump()), Lines{}) << suite.dump();
      }
    }
  }
}

TEST_F(SuiteSchema, GivesExamplesOfTheWholeSuiteThatTheParserAccepts) {
  const json function = {{"name", "cpp"}, {"runtime", "node"}, {"script", "app.js"}};
  write("build/app.js");
  write("bench/traces/azure-2019-invocations.csv");
  write("bench/traces/azure-2019-durations.csv");
  for (const Key& key : known_keys()) {
    const json description = key_schema(key);
    json examples = description.value("examples", description.value("enum", json::array()));
    if (key.section == Section::kSuite && key.name == "root") examples = {"build", "./build/"};
    for (const json& example : examples) {
      json suite = {{"functions", json::array({function})}};
      const std::string name(key.name);
      if (key.section == Section::kSuite) {
        suite[name] = example;
      } else if (key.section == Section::kDefaults) {
        suite["defaults"][name] = example;
      } else if (key.section == Section::kStage) {
        suite["loads"] = {{{"pattern", "stages"}, {"stages", {{{"to", 1}, {"duration", "1s"}}}}}};
        suite["loads"][0]["stages"][0][name] = example;
      } else if (key.section == Section::kPlatform) {
        const bool is_demand = (key.scales & kinds(PlatformSpec::Scale::kDemand)) != 0;
        suite["defaults"]["platform"]["scale"] = is_demand ? "demand" : "knative";
        suite["defaults"]["platform"][name] = example;
      } else if (key.section == Section::kLimits) {
        suite["defaults"]["limits"][name] = example;
      } else if (key.section == Section::kSweep) {
        suite["functions"][0]["sweep"][name] = example;
      }
      EXPECT_EQ(errors(suite.dump()), Lines{}) << suite.dump();
    }
  }
}

TEST_F(SuiteSchema, GivesExamplesOfALoadThatTheParserAccepts) {
  const json function = {{"name", "cpp"}, {"runtime", "node"}, {"script", "app.js"}};
  write("bench/traces/azure-2019-invocations.csv");
  write("bench/traces/azure-2019-durations.csv");
  for (const Key& key : known_keys()) {
    if (key.section != Section::kLoad || key.name == "pattern") continue;
    const json description = key_schema(key);
    const json examples = description.value("examples", description.value("enum", json::array()));
    EXPECT_FALSE(examples.empty()) << key.name;
    for (std::size_t kind = 0; kind < pattern_names().size(); ++kind) {
      if ((key.patterns & (1U << kind)) == 0) continue;
      const bool is_trace = pattern_names()[kind] == "trace";
      for (const json& example : examples) {
        json load = minimal_load(kind);
        if (load.contains("duration")) load["duration"] = "1h";  // longer than any warm-up
        if (key.name == "sizes") load.erase("size");
        if (key.name == "sizes" || key.name == "count") load["interval"] = "1s";
        if (key.name == "overflow") load["max_in_flight"] = 1;
        load[std::string(key.name)] = example;
        if (key.name == "functions" && is_trace) load["functions"] = 3;
        const json suite = {{"functions", json::array({function})}, {"loads", json::array({load})}};
        EXPECT_EQ(errors(suite.dump()), Lines{}) << suite.dump();
      }
    }
  }
}

}  // namespace
}  // namespace coldstart::harness
