// The two versions that a check compares: where they come from, and which of their functions belong
// together.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/platform/paired.h"
#include "harness/suite/suite.h"
#include "results/compare/gate_budget.h"

namespace coldstart::cli {

struct Sides {
  std::string title;     ///< of the suite, or the command
  std::string baseline;  ///< as it is told
  std::string candidate;
  std::vector<harness::PairedFunction> functions;
  std::vector<results::Budget> budgets;
  /// Functions of one side only, and what the baseline's own suite says differently.
  std::vector<std::string> notes;
};

/// The suite `suite` in two checkouts: the same file, read from the candidate's checkout (or where
/// it is, if it is in neither), its relative paths beginning at the same place inside each.
/// `functions`: only these; empty: all. Throws Error.
Sides sides_of_checkouts(const std::filesystem::path& suite, const std::filesystem::path& baseline,
                         const std::filesystem::path& candidate,
                         const std::vector<std::string>& functions);

/// The budgets that the text of a suite file has for the functions of `suite`.
std::vector<results::Budget> budgets_of(const std::string& yaml, const harness::Suite& suite);

/// A whole file. Throws Error.
std::string read_text(const std::filesystem::path& file);

/// What the two sides of a check were called in its command line: folders, commands, revisions.
/// Absent: it does not say, or is no line of a check.
struct SideNames {
  std::string baseline;
  std::string candidate;
};
std::optional<SideNames> side_names(const std::string& command_line);

/// Words of a command line as a shell would split them: blanks, quotes, backslashes; nothing is
/// expanded. Throws Error for a quote that is not closed, or no word at all.
std::vector<std::string> split_command(const std::string& option, const std::string& text);

/// The functions of a suite that are named, in the order of the names; all where none is. Throws
/// Error for a name that the suite does not have.
void keep_functions(std::vector<harness::FunctionSpec>& functions,
                    const std::vector<std::string>& names);

}  // namespace coldstart::cli
