// What the programs know of their boundaries (programs/delay.h: marks): between which moments each
// one lies, and which part of a phase the program itself saw.
//
// Held against moments, not against lengths, a boundary is right or wrong however long a busy
// machine takes over what lies between.
#pragma once

#include <optional>
#include <string>

#include "tests/truth/trials.h"

namespace coldstart::truth {

/// CLOCK_MONOTONIC. Absent: the program cannot tell.
struct Bracket {
  std::optional<std::int64_t> not_before;
  std::optional<std::int64_t> not_after;
};

Bracket bracket_of(const Trial& trial, Boundary boundary);

/// How much of a phase passed before the first and after the last moment that the program logged in
/// it; all of it where it logged none. 0 where a start has no such phase.
std::int64_t unseen_ns(const Trial& trial, Phase phase);

/// The shortest of several lengths: a busy machine makes some longer and none shorter, and what
/// moved by mistake moved in every start.
std::int64_t shortest(const std::vector<std::int64_t>& lengths);

}  // namespace coldstart::truth
