// The subcommand `check`, declared as the others are in command_line.h.
#pragma once

#include "harness/cli/command_line.h"

namespace coldstart::cli {

void add_check(CLI::App& app, const Globals& globals, harness::Launcher& launcher, Action& action);

}  // namespace coldstart::cli
