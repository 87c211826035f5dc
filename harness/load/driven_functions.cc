#include "harness/load/driven_functions.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "harness/load/trace.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

std::vector<FunctionSpec> chosen_by(const LoadSpec& load,
                                    const std::vector<FunctionSpec>& functions) {
  std::vector<FunctionSpec> chosen;
  for (const FunctionSpec& function : functions) {
    const bool is_named = load.functions.empty() ||
                          std::ranges::find(load.functions, function.name) != load.functions.end();
    if (is_named) chosen.push_back(function);
  }
  return chosen;
}

// The shortest beginnings of the hashes, of at least six digits, that differ; functions of several
// apps may have the same hash, then the second one gets "-2" at its end.
std::vector<std::string> short_names(const Trace& trace) {
  constexpr std::size_t kShortest = 6;
  std::set<std::string> hashes;
  std::size_t longest = kShortest;
  for (const TraceFunction& function : trace.functions) {
    hashes.insert(function.function);
    longest = std::max(longest, function.function.size());
  }
  std::size_t digits = kShortest;
  for (; digits < longest; ++digits) {
    std::set<std::string> beginnings;
    for (const std::string& hash : hashes) beginnings.insert(hash.substr(0, digits));
    if (beginnings.size() == hashes.size()) break;
  }
  std::map<std::string, int> given;
  std::vector<std::string> names;
  names.reserve(trace.functions.size());
  for (const TraceFunction& function : trace.functions) {
    std::string name = function.function.substr(0, digits);
    const int times = ++given[function.function];
    if (times > 1) name += "-" + std::to_string(times);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

std::vector<FunctionSpec> driven_functions(LoadSpec& load,
                                           const std::vector<FunctionSpec>& functions) {
  std::vector<FunctionSpec> chosen = chosen_by(load, functions);
  auto* pattern = std::get_if<TracePattern>(&load.pattern);
  if (pattern == nullptr || chosen.empty()) return chosen;
  if (!pattern->trace) pattern->trace = std::make_shared<const Trace>(read_trace(*pattern));

  const std::vector<std::string> names = short_names(*pattern->trace);
  std::vector<FunctionSpec> copies;
  copies.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    FunctionSpec copy = chosen[i % chosen.size()];
    copy.sweep_of = copy.name;
    copy.sweep_key = "trace";
    copy.name += ":" + names[i];
    copies.push_back(std::move(copy));
  }
  return copies;
}

}  // namespace coldstart::harness
