// The pictures of a run, drawn by gnuplot: into files, or to be shown inside a page.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/report/canvas.h"
#include "results/report/pictures.h"
#include "results/statistics/digest.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

enum class PictureFormat { kSvg, kPng, kPdf };

/// "svg", "png", "pdf"
std::string_view name(PictureFormat format);
std::optional<PictureFormat> picture_format_from_name(std::string_view text);

struct PlotOptions {
  std::vector<PictureFormat> formats = {PictureFormat::kSvg, PictureFormat::kPng};
  std::optional<PictureSize> size;  ///< of each picture; absent: what it asks for
  /// Also what a page draws itself: waterfalls of the median starts, flame graphs.
  bool drawn_by_page = false;
};

/// One picture, in files.
struct Picture {
  PictureSection section = PictureSection::kPhases;
  std::string title;  ///< "Phases of a cold start", for a heading
  std::string alt;    ///< what it shows, in words and numbers, for people who do not see it
  std::filesystem::path svg = {}, png = {}, pdf = {};  ///< empty: not drawn in that format
};

/// One picture to show inside a page: an SVG document for wide screens, and one for narrow ones.
/// Neither has a title or a background.
struct InlinePicture {
  PictureSection section = PictureSection::kPhases;
  std::string title;
  std::string block;  ///< PictureDraft::block
  std::string alt;
  std::string wide;
  std::string narrow;
};
inline constexpr int kWidePicture = 1040;  ///< pixels
inline constexpr int kNarrowPicture = 360;

/// Why no picture can be drawn on this machine, and what to do; absent: gnuplot is there.
std::optional<std::string> plot_obstacle();

/// Writes every picture (pictures.h) into `folder` (created where it is missing), in each format.
/// Existing files are replaced, whole or not at all. Nothing is written for a run without a
/// usable start. Throws Error: gnuplot is missing or fails, the folder cannot be written.
std::vector<Picture> write_plots(const Digest& digest, const std::filesystem::path& folder,
                                 const PlotOptions& options = {});

/// The same, in memory. Throws Error: gnuplot is missing or fails.
std::vector<InlinePicture> inline_pictures(const Digest& digest);

}  // namespace coldstart::results
