#include "harness/cli/write_report.h"

#include <cerrno>
#include <cstdio>
#include <unistd.h>

#include "harness/cli/output.h"
#include "results/export/json.h"
#include "results/model/error.h"
#include "results/report/html.h"
#include "results/report/markdown.h"
#include "results/report/plots.h"

namespace coldstart::cli {
namespace {

// Without gnuplot a report has no pictures, and says so on standard error.
bool can_plot() {
  const auto obstacle = results::plot_obstacle();
  if (obstacle) std::fprintf(stderr, "%s\n", obstacle->c_str());
  return !obstacle;
}

std::string page(const results::Digest& digest, bool pictures) {
  return results::html_report(
      digest, pictures ? results::inline_pictures(digest) : std::vector<results::InlinePicture>());
}

}  // namespace

void check_output_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error && ::access(folder.c_str(), W_OK | X_OK) != 0) {
    error = std::error_code(errno, std::generic_category());
  }
  if (error) {
    throw Error(folder.string(), "cannot be written: " + error.message(),
                "choose another folder with --output");
  }
}

void write_report(const results::Digest& digest, const std::filesystem::path& folder) {
  // First what cannot be measured again; plots can always be drawn later.
  write_text_file(folder / "run.json",
                  [&](const TextSink& sink) { results::export_json(digest.run, sink); });
  const bool pictures = can_plot();
  std::vector<results::PictureLink> links;
  if (pictures) {
    for (const results::Picture& picture : results::write_plots(digest, folder)) {
      links.push_back({picture.alt, picture.png.filename().string()});
    }
  }
  write_text_file(folder / "report.md", results::markdown_report(digest, links));
  write_text_file(folder / "report.html", page(digest, pictures));
}

void write_html(const results::Digest& digest, const std::filesystem::path& file) {
  write_text_file(file, page(digest, can_plot()));
}

}  // namespace coldstart::cli
