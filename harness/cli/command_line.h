// The command line: what all subcommands share, and one function a subcommand that declares it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "harness/process/launcher.h"
#include "results/report/style.h"

namespace coldstart::cli {

/// Options that every subcommand understands.
struct Globals {
  std::filesystem::path db = "coldstart.db";
  bool quiet = false;
  std::string color = "auto";
  std::string command_line;  ///< as it was typed, for the record

  /// How to draw on standard output: its width ($COLUMNS where it is set), colour unless NO_COLOR
  /// or not a terminal, ASCII where the locale is not UTF-8.
  results::TextStyle style() const;
};

/// What a subcommand does once the line is parsed; returns the exit code.
using Action = std::function<int()>;

/// Each adds its subcommand to `app`; when it is chosen, it sets `action`.
void add_run(CLI::App& app, const Globals& globals, harness::Launcher& launcher, Action& action);
void add_profile(CLI::App& app, const Globals& globals, harness::Launcher& launcher,
                 Action& action);
void add_report(CLI::App& app, const Globals& globals, Action& action);
void add_export(CLI::App& app, const Globals& globals, Action& action);
void add_compare(CLI::App& app, const Globals& globals, Action& action);
void add_history(CLI::App& app, const Globals& globals, Action& action);
void add_list(CLI::App& app, const Globals& globals, Action& action);
void add_doctor(CLI::App& app, const Globals& globals, harness::Launcher& launcher, Action& action);

/// Words with commas between, empty ones and the blanks around them left out.
std::vector<std::string> split_commas(const std::string& text);

}  // namespace coldstart::cli
