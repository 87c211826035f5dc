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

// The keys of a suite in which two functions differ, of those that a check goes by.
std::string differing_keys(const harness::FunctionSpec& a, const harness::FunctionSpec& b) {
  std::string keys;
  const auto compare = [&](const char* key, bool equal) {
    if (!equal) keys += (keys.empty() ? "" : ", ") + std::string(key);
  };
  compare("runtime", a.runtime == b.runtime);
  compare("contract", a.contract == b.contract);
  compare("command", a.command == b.command);
  compare("args", a.args == b.args);
  compare("env", a.env == b.env);
  compare("directory", a.directory == b.directory);
  compare("timeout", a.timeout == b.timeout);
  compare("stop_timeout", a.stop_timeout == b.stop_timeout);
  compare("path", a.path == b.path);
  compare("port", a.port == b.port);
  compare("expect_status", a.expected_status == b.expected_status);
  compare("engine", a.engine == b.engine);
  compare("rootfs", a.rootfs == b.rootfs);
  compare("java", a.java == b.java);
  compare("main", a.main == b.main);
  compare("jar", a.jar == b.jar);
  compare("classpath", a.classpath == b.classpath);
  compare("jvm_args", a.jvm_args == b.jvm_args);
  compare("interpreter", a.interpreter == b.interpreter);
  compare("script", a.script == b.script);
  compare("module", a.module == b.module);
  compare("interpreter_args", a.interpreter_args == b.interpreter_args);
  compare("limits", a.limits.memory_bytes == b.limits.memory_bytes &&
                        a.limits.cpus == b.limits.cpus && a.limits.pids == b.limits.pids);
  return keys;
}

// Both sides are started as the candidate's suite says; where the baseline's own says something
// else, the answer may be about the suite and not about the programs.
void compare_suites(const fs::path& old_file, const harness::Suite& candidate,
                    const std::vector<std::string>& chosen, Sides& sides) {
  if (!is_there(old_file)) {
    sides.notes.push_back("the baseline has no " + old_file.filename().string() +
                          ": both sides are started as the candidate's says");
    return;
  }
  harness::Suite own;
  try {
    std::vector<std::string> names;
    for (const auto& side : sides.functions) names.push_back(side.baseline.name);
    own = harness::parse_suite(read_text(old_file), old_file, names);
  } catch (const Error& error) {
    sides.notes.push_back("the baseline's own suite cannot be read (" + std::string(error.what()) +
                          "): both sides are started as the candidate's says");
    return;
  }
  for (const harness::FunctionSpec& function : own.functions) {
    const bool wanted = chosen.empty() || std::ranges::find(chosen, function.name) != chosen.end();
    if (wanted && find(candidate.functions, function.name) == nullptr) {
      sides.notes.push_back(function.name +
                            ": only in the suite of the baseline, so it is not judged");
    }
  }
  for (const auto& side : sides.functions) {
    const auto* function = find(own.functions, side.baseline.name);
    if (function == nullptr) continue;
    const std::string keys = differing_keys(*function, side.baseline);
    if (keys.empty()) continue;
    sides.notes.push_back(side.baseline.name + ": the baseline's own suite differs in " + keys +
                          "; both sides are started as the candidate's says");
  }
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
  for (const harness::FunctionSpec& function : read.functions) {
    if (auto before = in_baseline(yaml, old_root / place, function.name, sides)) {
      sides.functions.push_back({std::move(*before), function});
    }
  }
  if (sides.functions.empty()) {
    // The whole of it, to see all that is wrong.
    harness::parse_suite(yaml, old_root / place, functions);
    throw Error(place.string(), "names no function that both checkouts have");
  }
  // A suite of neither checkout has no other version there.
  if (is_there(new_file)) compare_suites(old_root / place, read, functions, sides);
  return sides;
}

std::optional<SideNames> side_names(const std::string& command_line) {
  std::vector<std::string> words;
  try {
    words = split_command("command line", command_line);
  } catch (const Error&) {
    return std::nullopt;
  }
  const auto value_of = [&](const std::string& option) -> std::optional<std::string> {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].starts_with(option + "=")) return words[i].substr(option.size() + 1);
      if (words[i] == option && i + 1 < words.size()) return words[i + 1];
    }
    return std::nullopt;
  };
  for (const std::string suffix : {"", "-cmd"}) {
    const auto baseline = value_of("--baseline" + suffix);
    const auto candidate = value_of("--candidate" + suffix);
    if (baseline && candidate) return SideNames{*baseline, *candidate};
  }
  const auto range = value_of("--git");
  const std::size_t dots = range ? range->find("..") : std::string::npos;
  if (dots == std::string::npos) return std::nullopt;
  return SideNames{range->substr(0, dots), range->substr(dots + 2)};
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
