// Which pictures a run has. To add one: a script of its own (plot_script.h), and an entry here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/report/canvas.h"
#include "results/report/plot_script.h"
#include "results/statistics/digest.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// Where in a report a picture belongs.
enum class PictureSection { kPhases, kDistribution, kLadder, kCauses, kLoad, kWaterfall, kStacks };

struct PictureDraft {
  PictureSection section = PictureSection::kPhases;
  std::string name;   ///< of its file, without ending: "phases", or "phases-cold-disk"
  std::string title;  ///< "Phases of a cold start: hello-world, cold, disk", for a heading
  std::string block;  ///< Block::title where it belongs to one load and cache state, or empty
  std::string alt;    ///< what it shows, in words and numbers, for people who do not see it
  std::function<PlotScript(const Canvas&)> script;
};

/// What may stand in a file name; everything else becomes '-'.
std::string picture_file_name(const std::string& text);

/// The pictures of a run in the order of the report: phases, distributions, cache states, causes,
/// loads and sweeps (load_pictures.h). None of a load and cache state without a usable start. They
/// refer to `run` and `summaries`, which have to outlive them.
std::vector<PictureDraft> pictures_of(const Digest& digest);

/// The waterfall of the median start of each function, load and cache state. (A page draws those
/// itself, of more starts than the median.)
std::vector<PictureDraft> waterfalls_of(const Run& run, const std::vector<Summary>& summaries);

}  // namespace coldstart::results
