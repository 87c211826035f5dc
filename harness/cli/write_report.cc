#include "harness/cli/write_report.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <unistd.h>

#include "harness/cli/output.h"
#include "results/export/json.h"
#include "results/model/error.h"
#include "results/report/html.h"
#include "results/report/markdown.h"
#include "results/report/plots.h"

namespace coldstart::cli {
namespace {

std::string read_text_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string page(const Run& run, const std::vector<results::Summary>& summaries,
                 const std::vector<results::Picture>& pictures) {
  std::vector<results::InlinePicture> inline_pictures;
  for (const results::Picture& picture : pictures) {
    inline_pictures.push_back({picture.title, picture.alt, read_text_file(picture.svg)});
  }
  return results::html_report(run, summaries, inline_pictures);
}

// Plots for a page lie in a folder of their own only until they are inside the page.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "coldstart-plots-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw Error(pattern, std::strerror(errno));
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Without gnuplot a report has no pictures, and says so on standard error.
std::vector<results::Picture> plots(const Run& run, const std::vector<results::Summary>& summaries,
                                    const std::filesystem::path& folder) {
  if (const auto obstacle = results::plot_obstacle()) {
    std::fprintf(stderr, "%s\n", obstacle->c_str());
    return {};
  }
  return results::write_plots(run, summaries, folder);
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

void write_report(const Run& run, const std::vector<results::Summary>& summaries,
                  const std::filesystem::path& folder) {
  // First what cannot be measured again; plots can always be drawn later.
  write_text_file(folder / "run.json", results::export_json(run));
  const auto pictures = plots(run, summaries, folder);
  std::vector<results::PictureLink> links;
  for (const results::Picture& picture : pictures) {
    links.push_back({picture.alt, picture.png.filename().string()});
  }
  write_text_file(folder / "report.md", results::markdown_report(run, summaries, links));
  write_text_file(folder / "report.html", page(run, summaries, pictures));
}

void write_html(const Run& run, const std::vector<results::Summary>& summaries,
                const std::filesystem::path& file) {
  const TemporaryFolder folder;
  write_text_file(file, page(run, summaries, plots(run, summaries, folder.path())));
}

}  // namespace coldstart::cli
