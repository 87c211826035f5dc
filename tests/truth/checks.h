// What must be true of the starts of a case. Each check fails the running test.
#pragma once

#include <string_view>

#include "tests/truth/trials.h"

namespace coldstart::truth {

/// How far a size may be off what the program logged: 1 % or 200 µs, whichever is larger.
std::int64_t tolerance_ns(std::int64_t logged_ns);

/// In every start: all boundaries that it has come one after the other, none two at once (launched
/// and execed may be one exec), and those whose act the program logged (listen, receive, send) lie
/// within that act.
void expect_boundaries_as_logged(const Trials& trials);

/// In every delayed start: the delays were logged, and begin and end of each lie in the phase.
void expect_delay_in_its_phase(const Case& which, const Trials& trials);

/// The phase is longer by the delay. By tolerance_ns where the delay fills the phase (both
/// medians); else the rest of the phase, which varies, may not have grown by half of the delay.
void expect_size_of_phase(const Case& which, const Trials& trials);

/// No other phase of the delayed starts moved: its median is below the longest of the controls plus
/// half of the delay.
void expect_other_phases_unmoved(const Case& which, const Trials& trials);

/// Causes (tier cpu): they add up to each phase, and that of the delay is right in kind and size.
/// Where the tier does not exist here or is off, says so and checks nothing.
void expect_cause(const Case& which, const Trials& trials, const probes::Session& session);

/// What the account says beyond causes, where the program's construction tells it: the libraries,
/// the file, the import, the classes. Where the tier files does not exist here or is off, what is
/// absent is said and not checked.
void expect_account(const Case& which, const Trials& trials, const probes::Session& session);

/// The causes of one phase of a start; null if it has none.
const PhaseCauses* causes_of(const Start& start, std::string_view phase);

}  // namespace coldstart::truth
