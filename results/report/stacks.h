// Sampled stacks in reports: where threads ran and where they waited, and how far to trust it.
#pragma once

#include <string>
#include <vector>

#include "results/report/columns.h"
#include "results/report/style.h"
#include "results/statistics/hot_frames.h"

namespace coldstart::results {

/// What must be known to read them, a sentence each: how many, how many of them are lost, cut or
/// broken, that sampling slows the start.
std::vector<std::string> stack_sentences(const HotFrames& hot);

/// A table of the hottest functions of each phase, on CPU and off; times are means over the starts.
/// What is less than a hundredth of its phase is left out.
std::vector<DetailTable> stack_tables(const HotFrames& hot);

/// Both for the terminal. Ends with a newline; empty where no start has stacks.
std::string stacks_text(const HotFrames& hot, const TextStyle& style);

}  // namespace coldstart::results
