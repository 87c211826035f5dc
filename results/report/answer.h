// What a run says, in one sentence for each load and cache state.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/report/cells.h"

namespace coldstart::results {

struct Answer {
  std::string about;     ///< Block::title; empty where the run has only one
  std::string sentence;  ///< ends with a full stop; plain text, printable
};

/// "cpp answers its first request in 1.90 ms, java in 142 ms (74.7×); 61 % of java's is runtime and
/// application init." Medians; the fastest first, at most four by name. Where the 95 % intervals of
/// two overlap it says so instead of a ratio. Functions of different contracts, which do not
/// compare, have a sentence each. Functions that never answered are named.
std::vector<Answer> answers_of(const Run& run, const std::vector<Block>& blocks);

}  // namespace coldstart::results
