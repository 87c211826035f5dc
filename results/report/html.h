// A run as one HTML file that needs nothing else: no network, no script, no other file.
#pragma once

#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// A picture to show inside the page.
struct InlinePicture {
  std::string title;
  std::string alt;
  std::string svg;  ///< an SVG document; its XML prolog is left out
};

/// The page: comparison, pictures, phases, notes and conditions; light and dark.
std::string html_report(const Run& run, const std::vector<Summary>& summaries,
                        const std::vector<InlinePicture>& pictures = {});

}  // namespace coldstart::results
