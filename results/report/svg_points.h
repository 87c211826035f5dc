// The points of gnuplot's pictures, drawn with fewer bytes. Used by html_pictures.cc only.
#pragma once

#include <string>
#include <string_view>

namespace coldstart::results {

/// gnuplot draws each point as a symbol of its own, which takes about a hundred bytes. Where `svg`
/// begins with points of one symbol, size and colour, they are taken off it and returned as one
/// path that looks the same, to a tenth of a pixel. Else `svg` stays as it is, and the result is
/// empty.
std::string take_points(std::string_view& svg);

}  // namespace coldstart::results
