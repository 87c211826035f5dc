// Running gnuplot. Used by plots.cc only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "results/report/plot_script.h"
#include "results/report/plots.h"

namespace coldstart::results {

/// A new folder inside `parent` that is removed, with what is in it, at the end of the scope.
class ScratchFolder {
 public:
  /// Throws Error if `parent` cannot be written.
  explicit ScratchFolder(const std::filesystem::path& parent);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// One file to draw.
struct Drawing {
  PlotScript script;
  PictureFormat format = PictureFormat::kSvg;
  std::string file;        ///< its name inside the scratch folder
  bool background = true;  ///< white; else none
  /// Pixels of a PNG for each of the script's, in either direction; fewer where it would be larger
  /// than an image may be.
  int png_scale = 2;
};

/// Draws them all with one gnuplot, in order. gnuplot's own words are not shown. Throws Error:
/// gnuplot is missing, or fails.
void draw(const std::vector<Drawing>& drawings, const ScratchFolder& scratch);

}  // namespace coldstart::results
