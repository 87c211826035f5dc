// What a report says of the loads and sweeps of a run, the same for all formats.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/report/columns.h"
#include "results/report/style.h"
#include "results/statistics/load_summary.h"
#include "results/statistics/sweeps.h"

namespace coldstart::results {

/// One load, or one sweep. Text is printable, but not escaped.
struct LoadSection {
  std::string title;                   ///< "Load steady: constant, 100 requests …"
  std::vector<std::string> sentences;  ///< the answer first, then how it was driven
  std::size_t others = 0;              ///< functions that the first sentence does not speak of
  std::vector<DetailTable> tables;
};

/// A section for each load that has requests, but those of the parallel sweep.
std::vector<LoadSection> load_sections(const Run& run, const std::vector<LoadSummary>& loads);

/// A section for the parallel sweep, and one for each sweep over memory or CPUs.
std::vector<LoadSection> sweep_sections(const std::vector<ParallelSweep>& parallel,
                                        const std::vector<SizeSweep>& sizes);

/// All of them, in this order. Empty for a run without.
std::vector<LoadSection> load_sections(const Run& run, const std::vector<Summary>& summaries);

/// The same for the terminal. Ends with a newline; empty where there are none.
std::string load_text(const std::vector<LoadSection>& sections, const TextStyle& style);

/// "128 MiB", "0.5": a size of a sweep over `key`.
std::string format_size(const std::string& key, double size);

}  // namespace coldstart::results
