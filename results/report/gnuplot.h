// Running gnuplot. Used by plots.cc only.
#pragma once

#include <filesystem>
#include <string>

#include "results/report/plot_script.h"

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

/// Draws the script twice, as `scratch`/`name`.svg and `scratch`/`name`.png (at twice the size, for
/// sharp screens). gnuplot's own words are not shown. Throws Error: gnuplot is missing, or fails.
void draw(const PlotScript& script, const std::string& name, const ScratchFolder& scratch);

}  // namespace coldstart::results
