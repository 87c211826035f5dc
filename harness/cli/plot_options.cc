#include "harness/cli/plot_options.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "harness/cli/command_line.h"
#include "results/model/error.h"

namespace coldstart::cli {
namespace {

std::vector<results::PictureFormat> formats_of(const std::string& text) {
  std::vector<results::PictureFormat> formats;
  for (const std::string& word : split_commas(text)) {
    const auto format = results::picture_format_from_name(word);
    if (!format) {
      throw Error("--format", "'" + word + "' is no format of pictures", "svg, png and pdf are");
    }
    if (std::find(formats.begin(), formats.end(), *format) == formats.end()) {
      formats.push_back(*format);
    }
  }
  if (formats.empty()) throw Error("--format", "names no format", "svg, png and pdf are known");
  return formats;
}

// "900x500"
results::PictureSize size_of(const std::string& text) {
  constexpr int kLeastWidth = 300;
  constexpr int kLeastHeight = 200;
  constexpr int kMost = 10'000;
  results::PictureSize size;
  const char* end = text.data() + text.size();
  const auto width = std::from_chars(text.data(), end, size.width);
  const bool has_x = width.ec == std::errc() && width.ptr != end && *width.ptr == 'x';
  const auto height = has_x ? std::from_chars(width.ptr + 1, end, size.height) : width;
  if (!has_x || height.ec != std::errc() || height.ptr != end || size.width < kLeastWidth ||
      size.height < kLeastHeight || size.width > kMost || size.height > kMost) {
    throw Error("--size", "'" + text + "' is no size from 300x200 to 10000x10000",
                "write width and height in pixels: 900x500");
  }
  return size;
}

}  // namespace

void add_plot_options(CLI::App& command, PlotChoices& choices, const std::string& what) {
  CLI::Option* plots = command.add_option("--plots", choices.folder, what);
  command
      .add_option("--format", choices.formats, "Formats of --plots: svg, png, pdf, or several: a,b")
      ->needs(plots)
      ->capture_default_str();
  command.add_option("--size", choices.size, "WIDTHxHEIGHT of --plots, in pixels (PDF: points)")
      ->needs(plots);
}

results::PlotOptions plot_options(const PlotChoices& choices) {
  results::PlotOptions options{.formats = formats_of(choices.formats)};
  if (!choices.size.empty()) options.size = size_of(choices.size);
  return options;
}

}  // namespace coldstart::cli
