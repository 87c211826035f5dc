// Where the result of a check goes: the terminal, files, GitHub.
#pragma once

#include <filesystem>

#include <CLI/CLI.hpp>

#include "harness/cli/command_line.h"
#include "results/compare/gate_report.h"

namespace coldstart::cli {

/// Empty: not wanted. "-" is standard output, which then has nothing else on it.
struct CheckOutputs {
  std::filesystem::path markdown, junit, json;
};

void add_check_outputs(CLI::App& command, CheckOutputs& outputs);

/// Throws Error where several would go to standard output, or a file cannot be written: told before
/// anything is measured.
void check_outputs(const CheckOutputs& outputs);

/// Writes everything that was asked for. Under GitHub Actions also ::error lines, and Markdown to
/// the summary of the job. Throws Error.
void tell(const results::GateReport& report, const Globals& globals, const CheckOutputs& outputs);

/// A check that ended in an error of its own: the JUnit file, where one was asked for, says so.
/// What stands in the way of that is a warning on standard error.
void tell_fault(const std::string& fault, const std::string& title, const CheckOutputs& outputs);

}  // namespace coldstart::cli
