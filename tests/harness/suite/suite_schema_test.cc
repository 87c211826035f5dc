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

// The keys that the schema forbids where `selector` has `value`.
Names forbidden(const std::string& selector, std::string_view value) {
  Names names;
  for (const json& rule : section_schema(Section::kFunction).at("allOf")) {
    const json& condition = rule.at("if").at("properties");
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
    EXPECT_EQ(forbidden("runtime", runtime_names()[kind]), foreign) << runtime_names()[kind];
  }
  for (std::size_t kind = 0; kind < contract_names().size(); ++kind) {
    Names foreign;
    for (const Key& key : known_keys()) {
      if ((key.contracts & (1U << kind)) == 0) foreign.emplace(key.name);
    }
    EXPECT_EQ(forbidden("contract", contract_names()[kind]), foreign) << contract_names()[kind];
  }
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
  const json function = {{"name", "f"}, {"runtime", "node"}, {"script", "app.js"}};
  write("build/app.js");
  for (const Key& key : known_keys()) {
    const json description = key_schema(key);
    json examples = description.value("examples", description.value("enum", json::array()));
    if (key.section == Section::kSuite && key.name == "root") examples = {"build", "./build/"};
    for (const json& example : examples) {
      json suite = {{"functions", json::array({function})}};
      if (key.section == Section::kSuite) {
        suite[std::string(key.name)] = example;
      } else if (key.section == Section::kDefaults) {
        suite["defaults"][std::string(key.name)] = example;
      } else if (key.section == Section::kLoad) {
        suite["loads"] = json::array({{{"pattern", "cold"}, {std::string(key.name), example}}});
      }
      EXPECT_EQ(errors(suite.dump()), Lines{}) << suite.dump();
    }
  }
}

}  // namespace
}  // namespace coldstart::harness
