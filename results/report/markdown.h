// A run as Markdown (GitHub's tables): for pull requests, job summaries and READMEs.
#pragma once

#include <string>
#include <vector>

#include "results/statistics/digest.h"

namespace coldstart::results {

/// A picture to show: `link` is written as it is (a relative path or an address).
struct PictureLink {
  std::string alt;
  std::string link;
};

/// Heading, the answer, comparison, and what failed; folded: pictures, phases, cache states, why
/// the time passed, and the conditions. Ends with a newline.
std::string markdown_report(const Digest& digest, const std::vector<PictureLink>& pictures = {});

}  // namespace coldstart::results
