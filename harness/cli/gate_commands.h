// Two commands as the sides of a check.
#pragma once

#include <optional>

#include "harness/cli/check_options.h"
#include "harness/cli/gate_sides.h"
#include "harness/platform/measure.h"

namespace coldstart::cli {

/// One function, named after the candidate's program. Throws Error where a command cannot be
/// started, or an option about commands means nothing.
Sides sides_of_commands(const CheckOptions& options);

/// Finds out, with --contract auto, whether the function listens or exits: what the baseline does
/// in a rehearsal decides for both. Returns the signal that interrupted it. Throws Error where the
/// baseline cannot be started or does not answer in time.
std::optional<int> find_contract(harness::Platform& platform, const CheckOptions& options,
                                 harness::PairedFunction& function);

}  // namespace coldstart::cli
