// Everything a report must say besides numbers, gathered once for all formats.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// What is to be known of summaries that are marked as disturbed.
inline constexpr const char* kDisturbedNote =
    "disturbed: other tasks took CPUs while these pairs were measured; the check measured them "
    "again and judged the repetitions only";

/// Each entry is one sentence or line of plain UTF-8 text without line breaks or control
/// characters.
struct Notes {
  std::vector<std::string> skipped;  ///< "java: skipped: no `java`; apt-get install …"
  /// "cpp: 2 failed: timeout ×2 (no answer within 30 s)"; that some starts were disturbed.
  std::vector<std::string> failures;
  std::vector<std::string> absent;  ///< "p99 needs 100 starts", one a kind
  /// Boundaries, and parts of the account, that were not seen although they would apply.
  std::vector<std::string> unseen;  ///< "not seen in python: runtime_ready (tier runtime is off)"
  std::vector<std::string>
      conditions;  ///< what was measured, host, probes, lost events, how to repeat
};

/// What became of the starts of one function that are not in its numbers: those that failed, lost
/// probe events, were due in the warm-up, or whose cache state was not proven. `with_setting`: name
/// load and cache state too.
std::vector<std::string> left_out_notes(const Run& run, const Summary& summary, bool with_setting);

Notes notes_of(const Run& run, const std::vector<Summary>& summaries);

}  // namespace coldstart::results
