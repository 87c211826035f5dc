// Pieces of the HTML report. Used by html.cc only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/model/record.h"
#include "results/report/columns.h"

namespace coldstart::results {

/// Text that is safe between tags and inside double quotes.
std::string escaped(std::string_view text);

/// A square (or, with `style`, a piece of a bar) in the colour of the phases.
std::string swatch(const std::vector<Phase>& phases, const std::string& style);

/// A <table> with caption, in a box that scrolls sideways. The first column is the row's header;
/// `about` of a column becomes a title attribute.
std::string html_table(const DetailTable& table);

/// A <table> with a line a phase: when it begins, what it takes, and a bar in its place.
std::string html_waterfall(const Start& start);

}  // namespace coldstart::results
