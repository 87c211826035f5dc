// Reports as files.
#pragma once

#include <filesystem>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::cli {

/// Makes sure that files can be written there, before a long run; creates the folder. Throws Error.
void check_output_folder(const std::filesystem::path& folder);

/// Writes report.md, report.html, run.json and the plots into the folder. Throws Error.
void write_report(const Run& run, const std::vector<results::Summary>& summaries,
                  const std::filesystem::path& folder);

/// Writes the page with its pictures inside (output.h: write_text_file). Throws Error.
void write_html(const Run& run, const std::vector<results::Summary>& summaries,
                const std::filesystem::path& file);

}  // namespace coldstart::cli
