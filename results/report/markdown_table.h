// Text and tables as Markdown (GitHub's).
#pragma once

#include <string>
#include <vector>

#include "results/report/columns.h"

namespace coldstart::results {

/// `text` with nothing in it that Markdown, or the HTML inside it, would take for markup.
std::string markdown_escaped(const std::string& text);

/// "| a | b |" and a newline; the cells are escaped.
std::string markdown_row(const std::vector<std::string>& cells);

/// Title, table and note, with empty lines before and between them.
std::string markdown_table(const DetailTable& table);

}  // namespace coldstart::results
