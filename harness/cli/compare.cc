// coldstart compare: two runs, two functions, two cache states: how they differ, and why.
#include "results/compare/compare.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include "harness/cli/command_line.h"
#include "results/compare/comparison_report.h"
#include "results/model/error.h"
#include "results/store/load_run.h"

namespace coldstart::cli {
namespace {

struct CompareOptions {
  std::string a;
  std::string b;
  std::string functions;
  bool markdown = false;
  bool json = false;
};

/// Loads each run once.
class Runs {
 public:
  explicit Runs(const std::filesystem::path& db) : db_(db) {}
  const Run& get(const std::string& selector) {
    auto known = runs_.find(selector);
    if (known == runs_.end()) {
      known = runs_.emplace(selector, results::load_run(selector, db_)).first;
    }
    return known->second;
  }

 private:
  const std::filesystem::path& db_;
  std::map<std::string, Run> runs_;
};

// "FUNCTION" or "FUNCTION@CACHE". A name may contain a '@' itself (java@256MiB).
void read_function(const std::string& text, results::Operand& operand) {
  const auto& functions = operand.run->functions;
  const bool whole = std::any_of(functions.begin(), functions.end(),
                                 [&](const Function& f) { return f.name == text; });
  const auto at = text.rfind('@');
  if (whole || at == std::string::npos) {
    operand.function = text;
    return;
  }
  if (at > 0) operand.function = text.substr(0, at);
  operand.cache = text.substr(at + 1);
}

// RUN, RUN:FUNCTION or RUN:FUNCTION@CACHE. A label may contain a ':' itself: what is a run as it
// stands is one.
results::Operand read_operand(const std::string& text, Runs& runs) {
  results::Operand operand;
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || text.ends_with(".json")) {
    operand.run = &runs.get(text);
    return operand;
  }
  try {
    operand.run = &runs.get(text);
    return operand;
  } catch (const Error&) {
    operand.run = &runs.get(text.substr(0, colon));
  }
  read_function(text.substr(colon + 1), operand);
  return operand;
}

results::Comparison compare_what_was_asked(const Globals& globals, const CompareOptions& options) {
  Runs runs(globals.db);
  if (!options.functions.empty()) {
    if (!options.b.empty()) {
      throw Error("--functions", "compares functions of one run, and two runs are named",
                  "leave one of them out, or compare A:FUNCTION B:FUNCTION");
    }
    return results::compare_functions(runs.get(options.a.empty() ? "latest" : options.a),
                                      split_commas(options.functions));
  }
  if (options.b.empty()) {
    throw Error("compare", options.a.empty() ? "what with what?" : "only one run is named",
                "coldstart compare A B, or coldstart compare RUN --functions F,G; "
                "A and B are runs, RUN:FUNCTION or RUN:FUNCTION@CACHE");
  }
  const results::Operand a = read_operand(options.a, runs);
  const results::Operand b = read_operand(options.b, runs);
  return results::compare(a, b);
}

int compare(const Globals& globals, const CompareOptions& options) {
  const results::Comparison comparison = compare_what_was_asked(globals, options);
  const std::string text = options.json ? results::comparison_json(comparison)
                           : options.markdown
                               ? results::comparison_markdown(comparison)
                               : results::comparison_text(comparison, globals.style());
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

}  // namespace

void add_compare(CLI::App& app, const Globals& globals, Action& action) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand("compare", "How two runs or functions differ, and why");
  command->footer(
      "A and B: a run (latest, latest~1, an id, a label, a .json file), RUN:FUNCTION, or\n"
      "RUN:FUNCTION@CACHE, RUN:@CACHE:\n"
      "  coldstart compare latest~1 latest\n"
      "  coldstart compare latest --functions cpp,java\n"
      "  coldstart compare latest:cpp@disk latest:cpp@page-cache\n"
      "It describes and does not decide: that is `coldstart check`.\n"
      "Changes of a cause, a library, an import, … that are less than 1 % of the latency (of the\n"
      "faster side) and, where the latencies differ, less than 10 % of their difference are\n"
      "negligible: counted, not listed; phases are marked with ~. --json has all of them.\n");
  command->add_option("a", options->a, "What to compare with: A");
  command->add_option("b", options->b, "What is compared with it: B");
  command->add_option("--functions", options->functions,
                      "Functions of one run, with commas between: each with the first");
  auto* markdown = command->add_flag("--markdown", options->markdown, "Markdown");
  command->add_flag("--json", options->json, "JSON (schema coldstart.compare/1)")
      ->excludes(markdown);
  command->callback(
      [=, &globals, &action] { action = [=, &globals] { return compare(globals, *options); }; });
}

}  // namespace coldstart::cli
