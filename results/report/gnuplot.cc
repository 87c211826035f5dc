#include "results/report/gnuplot.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <signal.h>
#include <stdlib.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include <gnuplot-iostream.h>

#include "results/model/error.h"
#include "results/report/plot_frame.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNotFound = "not found in PATH";
constexpr const char* kInstallIt = "apt-get install gnuplot-nox";

/// While it lives, writing to a gnuplot that has died is a failed write and not our death.
class SigpipeBlocked {
 public:
  SigpipeBlocked() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~SigpipeBlocked() {
    const timespec now{};
    while (sigtimedwait(&pipe_, nullptr, &now) == SIGPIPE) continue;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeBlocked(const SigpipeBlocked&) = delete;
  SigpipeBlocked& operator=(const SigpipeBlocked&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

std::string shell_quoted(const fs::path& path) {
  std::string quoted = "'";
  for (const char c : path.string()) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool is_drawn(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return !error && size > 0;
}

// Cairo refuses images of more pixels in a direction. The picture of a trace's 400 functions is
// tall: it gets fewer pixels for each of the script's, below one if it must be.
constexpr double kMostPixels = 32'000;

double png_scale_of(const Drawing& drawing) {
  const double longest = std::max(drawing.script.width, drawing.script.height);
  return std::min<double>(drawing.png_scale, kMostPixels / longest);
}

std::string terminal_of(const Drawing& drawing) {
  const PlotScript& script = drawing.script;
  const std::string background = drawing.background ? " background '#ffffff'" : "";
  switch (drawing.format) {
    case PictureFormat::kPng: {
      const double scale = png_scale_of(drawing);
      return fmt::format(
          "set terminal pngcairo noenhanced size {:.0f},{:.0f} font 'Sans,10' fontscale {:.4g} "
          "linewidth {:.4g}{}\n",
          scale * script.width, scale * script.height, scale, scale, background);
    }
    case PictureFormat::kPdf: {
      constexpr double kPointsPerInch = 72;
      return fmt::format(
          "set terminal pdfcairo noenhanced size {:.4f}in,{:.4f}in font 'Sans,10' linewidth 1{}\n",
          script.width / kPointsPerInch, script.height / kPointsPerInch, background);
    }
    case PictureFormat::kSvg:
      break;
  }
  return fmt::format("set terminal svg noenhanced size {},{} dynamic font 'sans-serif,12'{}\n",
                     script.width, script.height, background);
}

}  // namespace

ScratchFolder::ScratchFolder(const fs::path& parent) {
  std::string name = (fs::absolute(parent) / ".coldstart-plots-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw Error(parent.string(), fmt::format("cannot be written: {}", std::strerror(errno)),
                "choose another folder for the plots");
  }
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::optional<std::string> plot_obstacle() {
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const fs::path program = fs::path(folders.substr(0, end)) / "gnuplot";
    if (::access(program.c_str(), X_OK) == 0) return std::nullopt;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return fmt::format("no plots: gnuplot: {}; {}", kNotFound, kInstallIt);
}

void draw(const std::vector<Drawing>& drawings, const ScratchFolder& scratch) {
  const fs::path words = scratch.path() / "words";
  const fs::path status = scratch.path() / "status";
  {
    const SigpipeBlocked blocked;
    // gnuplot-iostream prints when its command fails: keep the status for ourselves instead.
    // -d: without the user's own gnuplot settings.
    Gnuplot gnuplot(fmt::format("gnuplot -d >/dev/null 2>{} ; echo $? >{}", shell_quoted(words),
                                shell_quoted(status)));
    for (const Drawing& drawing : drawings) {
      gnuplot << "reset\nset encoding utf8\n"
              << terminal_of(drawing)
              << fmt::format("set output {}\n{}unset output\n",
                             plot_quoted((scratch.path() / drawing.file).string()),
                             drawing.script.text);
    }
    gnuplot.flush();
  }
  const std::string code = printable(content_of(status));
  if (code == "127") throw Error("gnuplot", kNotFound, kInstallIt);
  // Of several, the first that is not there: gnuplot stops at its first error.
  const auto missing = std::find_if(drawings.begin(), drawings.end(), [&](const Drawing& drawing) {
    return !is_drawn(scratch.path() / drawing.file);
  });
  if (code != "0" || missing != drawings.end()) {
    const std::string said = printable(content_of(words));
    const std::string& file = missing == drawings.end() ? drawings.back().file : missing->file;
    throw Error("gnuplot",
                fmt::format("could not draw {} ({})", file, said.empty() ? "no message" : said),
                "check `gnuplot --version` (5.4 works) and the space on the disk");
  }
}

}  // namespace coldstart::results
