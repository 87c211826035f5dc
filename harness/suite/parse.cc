// The top level of a suite file: what holds for all functions, the functions, the loads.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/suite/files.h"
#include "harness/suite/parse_budgets.h"
#include "harness/suite/parse_function.h"
#include "harness/suite/parse_load.h"
#include "harness/suite/problems.h"
#include "harness/suite/suite.h"
#include "harness/suite/yaml_reader.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

// Names must be unique: results are kept by them.
class UniqueNames {
 public:
  explicit UniqueNames(std::string kind) : kind_(std::move(kind)) {}

  void add(const std::string& name, const Mapping& mapping, Problems& problems) {
    if (name.empty()) return;
    const Entry* entry = mapping.find("name");
    const Position at = entry == nullptr ? mapping.at : entry->at;
    const auto [first, is_new] = lines_.try_emplace(name, at.line);
    if (is_new) return;
    problems.add(at,
                 "duplicate " + kind_ + " name '" + name + "', first on line " +
                     std::to_string(first->second),
                 "give each its own name");
  }

 private:
  std::string kind_;
  std::map<std::string, int> lines_;
};

void read_root(const Mapping& top, FunctionContext& context, Problems& problems) {
  const Entry* entry = top.find("root");
  if (entry == nullptr) return;
  context.root_is_there = false;
  const auto text = read_text(*entry, problems);
  if (!text) return;
  context.root = resolve(context.root, *text);
  if (auto complaint = check_folder(context.root)) {
    problems.add(entry->at, *complaint);
  } else {
    context.root_is_there = true;
  }
}

void read_defaults(const Mapping& top, FunctionSpec& defaults, Problems& problems) {
  const Entry* entry = top.find("defaults");
  if (entry == nullptr) return;
  const auto mapping = read_mapping(entry->value, entry->at, Section::kDefaults, problems);
  if (!mapping) return;
  read_common(*mapping, Section::kDefaults, defaults, problems);
}

std::vector<FunctionSpec> read_functions(const Mapping& top, const FunctionContext& context,
                                         Problems& problems) {
  std::vector<FunctionSpec> functions;
  const std::string example = "functions: [{name: hello, runtime: native, command: [./hello]}]";
  const Entry* entry = top.find("functions");
  if (entry == nullptr) {
    problems.add(top.at, "the suite has no 'functions'", "add `" + example + "`");
    return functions;
  }
  const auto nodes = read_list(*entry, example, problems);
  if (!nodes) return functions;
  if (nodes->empty()) problems.add(entry->at, "'functions' is empty", "add at least one function");
  UniqueNames names("function");
  for (const YAML::Node& node : *nodes) {
    const auto mapping =
        read_mapping(node, element_position(node, *entry), Section::kFunction, problems);
    if (!mapping) continue;
    auto read = read_function(*mapping, context, problems);
    names.add(read.front().sweep_of.empty() ? read.front().name : read.front().sweep_of, *mapping,
              problems);
    std::ranges::move(read, std::back_inserter(functions));
  }
  return functions;
}

std::vector<LoadSpec> read_loads(const Mapping& top, const LoadContext& context,
                                 Problems& problems) {
  const Entry* entry = top.find("loads");
  if (entry == nullptr) return {LoadSpec{}};
  std::vector<LoadSpec> loads;
  const auto nodes = read_list(*entry, "loads: [{name: cold, pattern: cold}]", problems);
  if (!nodes) return loads;
  if (nodes->empty()) {
    problems.add(entry->at, "'loads' is empty", "add `{name: cold, pattern: cold}`, or remove it");
  }
  UniqueNames names("load");
  for (const YAML::Node& node : *nodes) {
    const auto mapping =
        read_mapping(node, element_position(node, *entry), Section::kLoad, problems);
    if (!mapping) continue;
    loads.push_back(read_load(*mapping, context, problems));
    names.add(loads.back().name, *mapping, problems);
  }
  return loads;
}

}  // namespace

Suite parse_suite(const std::string& yaml, const fs::path& file,
                  const std::vector<std::string>& chosen) {
  const YAML::Node document = load_yaml(yaml, file.string());
  Problems problems(file.string());
  const auto top = read_mapping(document, position_of(document), Section::kSuite, problems);
  Suite suite;
  if (top) {
    suite.file = resolve(fs::current_path(), file.string());
    suite.name = file.stem().string();
    if (const Entry* name = top->find("name")) {
      suite.name = read_text(*name, problems).value_or("");
    }
    FunctionContext context;
    context.chosen = chosen;
    context.root = suite.file.parent_path();
    read_root(*top, context, problems);
    read_defaults(*top, context.defaults, problems);
    suite.functions = read_functions(*top, context, problems);
    suite.loads =
        read_loads(*top, {context.root, context.root_is_there, suite.functions}, problems);
    if (const Entry* budgets = top->find("budgets")) {
      read_budgets(*budgets, suite.functions, problems);  // for its problems
    }
  }
  problems.throw_if_any();
  return suite;
}

}  // namespace coldstart::harness
