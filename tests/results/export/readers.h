// The programs that our exports are for, where this machine has them.
#pragma once

#include <optional>
#include <string>

namespace coldstart::results::testing {

/// Where the program is: in PATH, or among the readers that ./dev test unpacks. Absent: it is not
/// there, and the test that wants it is skipped.
std::optional<std::string> find_reader(const std::string& program);

struct CommandResult {
  int status = -1;     ///< exit code; -1: it did not end by itself
  std::string output;  ///< standard output and error
};

/// Runs a command line by the shell.
CommandResult run_command(const std::string& command_line);

}  // namespace coldstart::results::testing
