// A comparison for the terminal, for a pull request, and for programs.
#pragma once

#include <string>

#include "results/compare/comparison.h"
#include "results/report/style.h"

namespace coldstart::results {

/// For each pair the sentence, the table of phases, the causes and the things that differ; then the
/// notes. Ends with a newline; no line is wider than the style says.
std::string comparison_text(const Comparison& comparison, const TextStyle& style);

/// Sentences first, tables folded.
std::string comparison_markdown(const Comparison& comparison);

/// Schema `coldstart.compare/1` (compare.schema.json). Keys with nothing to say are left out.
std::string comparison_json(const Comparison& comparison);

}  // namespace coldstart::results
