// A bar that shows how a time divides into phases, and its legend, in terminal characters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/model/timeline.h"
#include "results/report/style.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// Divides `cells` among `lengths` in proportion (largest remainder); the sum is `cells` unless all
/// lengths are 0.
std::vector<int> apportion(const std::vector<std::int64_t>& lengths, int cells);

/// `cells` wide: blocks in the colours of the phases, or (no colour, or ASCII) their letters.
/// A phase that is shorter than half a cell may not show.
std::string phase_bar(const std::vector<PhaseMedian>& phases, int cells, const TextStyle& style);

/// `text` in the colour of the phases, where colours are on.
std::string colored(const std::string& text, const std::vector<Phase>& phases,
                    const TextStyle& style);

/// What the characters of the bars mean: "s spawn", one entry a phase, in order, without repeats.
std::vector<std::string> phase_legend(const std::vector<Summary>& summaries,
                                      const TextStyle& style);

}  // namespace coldstart::results
