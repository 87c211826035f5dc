// Flame graphs as pictures of their own. (A page has them as SVG of ours, which tells each frame's
// time where one points at it.)
#pragma once

#include <vector>

#include "results/model/record.h"
#include "results/report/pictures.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// On CPU and off CPU of each function, load and cache state whose starts have stacks. They do not
/// refer to `run` or `summaries`.
std::vector<PictureDraft> flame_pictures(const Run& run, const std::vector<Summary>& summaries);

}  // namespace coldstart::results
