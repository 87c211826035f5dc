#include "harness/cli/gate_sides.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "harness/suite/parse_budgets.h"
#include "harness/suite/suite.h"
#include "results/model/error.h"

namespace coldstart::cli {
namespace {

namespace fs = std::filesystem;

fs::path checked_folder(const std::string& option, const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw Error(option, "'" + folder.string() + "' is no folder", "name a checkout");
  }
  return fs::canonical(folder);
}

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

// Where the suite is inside a checkout.
fs::path place_in_checkout(const fs::path& suite, const fs::path& baseline,
                           const fs::path& candidate) {
  if (suite.is_relative() && (is_there(candidate / suite) || is_there(baseline / suite)))
    return suite;
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(suite, error);
  for (const fs::path& checkout : {candidate, baseline}) {
    fs::path inside = whole.lexically_relative(checkout);
    if (!inside.empty() && *inside.begin() != "..") return inside;
  }
  return suite.filename();
}

const harness::FunctionSpec* find(const std::vector<harness::FunctionSpec>& functions,
                                  const std::string& name) {
  const auto found = std::ranges::find(functions, name, &harness::FunctionSpec::name);
  return found == functions.end() ? nullptr : &*found;
}

// The function as the baseline has it. Absent, with a note: it cannot be started there.
std::optional<harness::FunctionSpec> in_baseline(const std::string& yaml, const fs::path& file,
                                                 const std::string& name, Sides& sides) {
  try {
    const harness::Suite suite = harness::parse_suite(yaml, file, {name});
    if (const auto* function = find(suite.functions, name)) return *function;
  } catch (const Error& error) {
    sides.notes.push_back(name + ": only in the candidate, so it is not judged (" + error.what() +
                          ")");
  }
  return std::nullopt;
}

}  // namespace

std::string read_text(const fs::path& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    throw Error(file.string(),
                "cannot be read: " + std::generic_category().message(errno == 0 ? EIO : errno),
                "check the path and its permissions");
  }
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void keep_functions(std::vector<harness::FunctionSpec>& functions,
                    const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::string known;
  for (const auto& function : functions) known += (known.empty() ? "" : ", ") + function.name;
  std::vector<harness::FunctionSpec> kept;
  for (const std::string& name : names) {
    const auto* function = find(functions, name);
    if (function == nullptr) {
      throw Error("--functions", "the suite has no function '" + name + "'", "it has: " + known);
    }
    if (find(kept, name) != nullptr) {
      throw Error("--functions", "names '" + name + "' twice", "name it once");
    }
    kept.push_back(*function);
  }
  functions = std::move(kept);
}

std::vector<results::Budget> budgets_of(const std::string& yaml, const harness::Suite& suite) {
  std::vector<results::Budget> budgets;
  for (const harness::BudgetSpec& budget : harness::budgets_in(yaml, suite)) {
    // Of functions that --functions left out nothing is measured.
    if (find(suite.functions, budget.function) == nullptr) continue;
    budgets.push_back({budget.function, budget.what, budget.limit.count()});
  }
  return budgets;
}

Sides sides_of_checkouts(const fs::path& suite, const fs::path& baseline, const fs::path& candidate,
                         const std::vector<std::string>& functions) {
  const fs::path old_root = checked_folder("--baseline", baseline);
  const fs::path new_root = checked_folder("--candidate", candidate);
  const fs::path place = place_in_checkout(suite, old_root, new_root);
  const fs::path new_file = new_root / place;
  const std::string yaml = read_text(is_there(new_file) ? new_file : suite);

  Sides sides;
  sides.baseline = baseline.string();
  sides.candidate = candidate.string();
  harness::Suite read = harness::parse_suite(yaml, new_file, functions);
  keep_functions(read.functions, functions);
  sides.title = read.name;
  sides.budgets = budgets_of(yaml, read);
  for (harness::FunctionSpec& function : read.functions) {
    if (auto before = in_baseline(yaml, old_root / place, function.name, sides)) {
      sides.functions.push_back({std::move(*before), std::move(function)});
    }
  }
  if (sides.functions.empty()) {
    // The whole of it, to see all that is wrong.
    harness::parse_suite(yaml, old_root / place, functions);
    throw Error(place.string(), "names no function that both checkouts have");
  }
  return sides;
}

std::vector<std::string> split_command(const std::string& option, const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else if (c == '\\' && quote == '"' && i + 1 < text.size() &&
                 (text[i + 1] == '"' || text[i + 1] == '\\')) {
        word += text[++i];
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == '\\' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) throw Error(option, "a quote is not closed in: " + text, "close it");
  if (in_word) words.push_back(std::move(word));
  if (words.empty()) throw Error(option, "names no command", "name a program and its arguments");
  return words;
}

}  // namespace coldstart::cli
