// Reports as files.
#pragma once

#include <filesystem>

#include "results/statistics/digest.h"

namespace coldstart::cli {

/// Makes sure that files can be written there, before a long run; creates the folder. Throws Error.
void check_output_folder(const std::filesystem::path& folder);

/// Writes report.md, report.html, run.json and the plots into the folder; every start has its whole
/// account. Throws Error.
void write_report(const results::Digest& digest, const std::filesystem::path& folder);

/// Writes the page with its pictures inside (output.h: write_text_file). Throws Error.
void write_html(const results::Digest& digest, const std::filesystem::path& file);

}  // namespace coldstart::cli
