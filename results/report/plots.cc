#include "results/report/plots.h"

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "results/model/error.h"
#include "results/report/gnuplot.h"
#include "results/report/plot_flame.h"

namespace coldstart::results {
namespace {

namespace fs = std::filesystem;

void move_into(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    throw Error(to.string(), fmt::format("cannot be written: {}", error.message()),
                "choose another folder for the plots");
  }
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

fs::path& file_of(Picture& picture, PictureFormat format) {
  switch (format) {
    case PictureFormat::kPng:
      return picture.png;
    case PictureFormat::kPdf:
      return picture.pdf;
    case PictureFormat::kSvg:
      break;
  }
  return picture.svg;
}

}  // namespace

std::string_view name(PictureFormat format) {
  switch (format) {
    case PictureFormat::kPng:
      return "png";
    case PictureFormat::kPdf:
      return "pdf";
    case PictureFormat::kSvg:
      break;
  }
  return "svg";
}

std::optional<PictureFormat> picture_format_from_name(std::string_view text) {
  for (const PictureFormat format :
       {PictureFormat::kSvg, PictureFormat::kPng, PictureFormat::kPdf}) {
    if (text == name(format)) return format;
  }
  return std::nullopt;
}

std::vector<Picture> write_plots(const Digest& digest, const fs::path& folder,
                                 const PlotOptions& options) {
  std::vector<PictureDraft> drafts = pictures_of(digest);
  if (options.drawn_by_page) {
    for (PictureDraft& draft : waterfalls_of(digest.run, digest.summaries))
      drafts.push_back(std::move(draft));
    for (PictureDraft& draft : flame_pictures(digest.run, digest.summaries))
      drafts.push_back(std::move(draft));
  }
  if (drafts.empty()) return {};
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    throw Error(folder.string(), "is not a folder and cannot be made one",
                "choose another for the plots");
  }
  const ScratchFolder scratch(folder);
  std::vector<Drawing> drawings;
  std::vector<Picture> pictures;
  std::set<std::string> names;
  for (const PictureDraft& draft : drafts) {
    // "a/b" and "a-b" are the same in a file name.
    std::string file_name = draft.name;
    for (int i = 2; !names.insert(file_name).second; ++i) {
      file_name = fmt::format("{}-{}", draft.name, i);
    }
    Canvas canvas{.title = draft.title};
    if (options.size) {
      canvas.width = options.size->width;
      canvas.height = options.size->height;
    }
    const PlotScript script = draft.script(canvas);
    Picture& picture = pictures.emplace_back(Picture{draft.section, draft.title, draft.alt});
    for (const PictureFormat format : options.formats) {
      const std::string file = fmt::format("{}.{}", file_name, name(format));
      // Who asks for a size means the pixels; else twice as many, for sharp screens.
      drawings.push_back({script, format, file, true, options.size ? 1 : 2});
      file_of(picture, format) = folder / file;
    }
  }
  draw(drawings, scratch);
  // Only now: existing pictures are replaced together, or not at all.
  for (const Drawing& drawing : drawings) {
    move_into(scratch.path() / drawing.file, folder / drawing.file);
  }
  return pictures;
}

std::vector<InlinePicture> inline_pictures(const Digest& digest) {
  const std::vector<PictureDraft> drafts = pictures_of(digest);
  if (drafts.empty()) return {};
  const ScratchFolder scratch(fs::temp_directory_path());
  std::vector<Drawing> drawings;
  for (const PictureDraft& draft : drafts) {
    drawings.push_back(
        {draft.script({.width = kWidePicture}), PictureFormat::kSvg, draft.name + ".svg", false});
    drawings.push_back({draft.script({.width = kNarrowPicture}), PictureFormat::kSvg,
                        draft.name + "-narrow.svg", false});
  }
  draw(drawings, scratch);
  std::vector<InlinePicture> pictures;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    pictures.push_back({drafts[i].section, drafts[i].title, drafts[i].block, drafts[i].alt,
                        content_of(scratch.path() / drawings[2 * i].file),
                        content_of(scratch.path() / drawings[2 * i + 1].file)});
  }
  return pictures;
}

}  // namespace coldstart::results
