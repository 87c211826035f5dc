#include "harness/suite/parse_budgets.h"

#include <algorithm>
#include <string_view>

#include "harness/suite/suggest.h"
#include "harness/suite/yaml_numbers.h"
#include "results/model/timeline.h"

namespace coldstart::harness {
namespace {

constexpr const char* kExample = "budgets: {java: {p90: 250ms, sandbox: 10ms}}";

// What a budget may be of: a quantile of the latency, or a phase.
std::vector<std::string_view> budget_names() {
  std::vector<std::string_view> names = {"median", "p90", "p99"};
  for (std::size_t i = 0; i < kPhaseCount; ++i)
    names.push_back(coldstart::name(static_cast<Phase>(i)));
  return names;
}

std::string remedy(std::string_view word, std::span<const std::string_view> names) {
  if (const auto meant = suggest(word, names)) return "did you mean '" + std::string(*meant) + "'?";
  return "known are: " + join(names);
}

}  // namespace

std::vector<BudgetSpec> read_budgets(const Entry& entry, const std::vector<FunctionSpec>& functions,
                                     Problems& problems) {
  std::vector<std::string_view> known_functions;
  for (const FunctionSpec& function : functions) known_functions.push_back(function.name);
  const std::vector<std::string_view> known = budget_names();
  std::vector<BudgetSpec> budgets;
  const auto of_functions = read_free_mapping(entry, kExample, problems);
  if (!of_functions) return budgets;
  for (const Entry& function : *of_functions) {
    if (std::ranges::find(known_functions, function.key) == known_functions.end()) {
      problems.add(function.key_at,
                   "a budget for '" + function.key + "', which is no function here",
                   remedy(function.key, known_functions));
    }
    const auto limits = read_free_mapping(function, kExample, problems);
    if (!limits) continue;
    for (const Entry& limit : *limits) {
      if (std::ranges::find(known, limit.key) == known.end()) {
        problems.add(limit.key_at, "there is no budget of '" + limit.key + "'",
                     remedy(limit.key, known));
        continue;
      }
      if (const auto time = read_duration(limit, kAboveZero, problems)) {
        budgets.push_back({function.key, limit.key, *time});
      }
    }
  }
  return budgets;
}

std::vector<BudgetSpec> budgets_in(const std::string& yaml, const Suite& suite) {
  Problems problems(suite.file.string());
  const YAML::Node document = load_yaml(yaml, suite.file.string());
  const auto top = read_mapping(document, position_of(document), Section::kSuite, problems);
  const Entry* entry = top ? top->find("budgets") : nullptr;
  if (entry == nullptr) return {};
  return read_budgets(*entry, suite.functions, problems);
}

}  // namespace coldstart::harness
