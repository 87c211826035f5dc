// What must be true of the starts of a case. Each check fails the running test.
#pragma once

#include <string_view>

#include "tests/truth/trials.h"

namespace coldstart::truth {

/// How far a size may be off what the program logged: 1 % or 200 µs, whichever is larger.
std::int64_t tolerance_ns(std::int64_t logged_ns);

/// In every start: all boundaries that it has come one after the other, none two at once (launched
/// and execed may be one exec), and each lies between the moments that the program knows
/// (brackets.h).
void expect_boundaries_as_logged(const Trials& trials);

/// In every delayed start: the delays were logged, and begin and end of each lie in the phase.
void expect_delay_in_its_phase(const Case& which, const Trials& trials);

/// The phase of the delay is as long as the program says: what it does not know of its begin and
/// end is shorter than tolerance_ns of the delay (Case::seen), or differs from the controls by no
/// more. No other phase moved: what the program does not know of it differs from the controls by no
/// more.
void expect_lengths(const Case& which, const Trials& trials);

/// Whether that holds already. If not, and all else does, a few more starts tell whether a busy
/// machine disturbed all of those: a phase that moved by mistake moves in them too.
bool lengths_agree(const Case& which, const Trials& trials);

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
