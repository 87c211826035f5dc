// Text for terminals: how wide it is, and making it fit. UTF-8 throughout.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coldstart::results {

/// Columns that `text` takes in a terminal: combining characters 0, East Asian wide ones 2, ANSI
/// colour sequences 0.
int display_width(std::string_view text);

/// `text` on one line, without control characters or bytes that are not UTF-8: safe to print.
std::string printable(std::string_view text);

/// `text` in at most `width` columns; what does not fit is replaced by "…" in its middle, because
/// names often differ at their ends.
std::string fit(std::string_view text, int width);

/// `text` in at most `width` columns; what does not fit is cut off its end, with "…" in its place.
std::string fit_begin(std::string_view text, int width);

/// `text` with spaces after it (before it) up to `width` columns; unchanged where it is wider.
std::string pad_right(std::string_view text, int width);
std::string pad_left(std::string_view text, int width);

/// `text` in lines of at most `width` columns, broken at spaces; lines after the first are
/// indented. A word that is too long is broken.
std::vector<std::string> wrap(std::string_view text, int width, int indent = 0);

/// Replaces the characters that our reports use ("µs", "–", "…", "×", "·", "→") by ASCII ones of
/// the same width, and everything else that is not ASCII by "?".
std::string to_ascii(std::string_view text);

}  // namespace coldstart::results
