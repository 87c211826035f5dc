// gnuplot's SVG as a part of a page. Used by html.cc only.
#pragma once

#include <cstddef>
#include <string>

#include "results/report/plots.h"

namespace coldstart::results {

/// The <svg> element alone: without prolog, namespaces, tooltips and empty groups; with ids of its
/// own (several pictures share a page), named by `alt` for those who do not see it, and in the
/// colours of the page, so that it follows light and dark. Empty for what is no SVG.
std::string page_svg(const std::string& svg, const std::string& alt, const std::string& id);

/// A <figure> with the picture for wide and for narrow screens (of which CSS shows one), and its
/// title as caption.
std::string html_figure(const InlinePicture& picture, std::size_t index);

}  // namespace coldstart::results
