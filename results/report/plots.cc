#include "results/report/plots.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "results/model/duration.h"
#include "results/model/error.h"
#include "results/report/cells.h"
#include "results/report/gnuplot.h"
#include "results/report/load_plots.h"
#include "results/report/plot_script.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

namespace fs = std::filesystem;

std::string medians_in_words(const Block& block) {
  std::string words;
  for (const Summary* summary : block.summaries) {
    words +=
        fmt::format("{}{} {}", words.empty() ? "" : ", ", printable(summary->function),
                    summary->median_ns ? format_duration(*summary->median_ns) : "no usable start");
  }
  return words;
}

std::string longest_phases_in_words(const Block& block) {
  std::string words;
  for (const Summary* summary : block.summaries) {
    if (summary->phases.empty()) continue;
    const auto longest = std::max_element(
        summary->phases.begin(), summary->phases.end(),
        [](const PhaseMedian& a, const PhaseMedian& b) { return a.median_ns < b.median_ns; });
    words += fmt::format("{}{}: {} {}", words.empty() ? "" : ", ", printable(summary->function),
                         longest->name, format_duration(longest->median_ns));
  }
  return words;
}

std::vector<EcdfLine> ecdf_lines(const Run& run, const Block& block) {
  std::vector<EcdfLine> lines;
  for (const Summary* summary : block.summaries) {
    if (summary->n > 0) lines.push_back({summary->function, sorted_latencies(run, *summary)});
  }
  return lines;
}

void move_into(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    throw Error(to.string(), fmt::format("cannot be written: {}", error.message()),
                "choose another folder for the plots");
  }
}

std::vector<PlannedPicture> start_pictures(const Run& run, const std::vector<Summary>& summaries) {
  const std::vector<Summary> shown = without_parallel(run, summaries);
  std::vector<Block> blocks = blocks_of(shown);
  const bool several = blocks.size() > 1;
  std::erase_if(blocks, [](const Block& block) {
    return std::none_of(block.summaries.begin(), block.summaries.end(),
                        [](const Summary* s) { return s->n > 0; });
  });
  std::vector<PlannedPicture> pictures;
  for (Block& block : blocks) {
    const bool cut = keep_most_started(block, kMostFunctions) > 0;
    const Summary& first = *block.summaries.front();
    const std::string suffix = several ? file_name("-" + first.load + "-" + first.cache) : "";
    const std::string about = fmt::format(
        "{}{}{}", run.info.suite.empty() ? "" : fit(printable(run.info.suite), 60) + ", ",
        block.title, cut ? fmt::format(", the {} with the most starts", kMostFunctions) : "");
    std::string title = "Phases of a cold start: " + about;
    pictures.push_back(
        {phases_script(block.summaries, title), "phases" + suffix, title,
         fmt::format(
             "Stacked bars of the phases of a cold start. Median latency: {}. Longest phase: {}.",
             medians_in_words(block), longest_phases_in_words(block))});
    title = "First response after a cold start: " + about;
    pictures.push_back(
        {ecdf_script(ecdf_lines(run, block), title), "ecdf" + suffix, title,
         fmt::format("Distribution of the time to the first response, a line for each function. "
                     "Median: {}.",
                     medians_in_words(block))});
  }
  return pictures;
}

}  // namespace

std::vector<Picture> write_plots(const Run& run, const std::vector<Summary>& summaries,
                                 const fs::path& folder) {
  std::vector<PlannedPicture> planned = start_pictures(run, summaries);
  for (PlannedPicture& picture : load_pictures(run, summaries)) {
    planned.push_back(std::move(picture));
  }
  if (planned.empty()) return {};

  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    throw Error(folder.string(), "is not a folder and cannot be made one",
                "choose another for the plots");
  }
  const ScratchFolder scratch(folder);
  std::vector<Picture> pictures;
  for (PlannedPicture& picture : planned) {
    draw(picture.script, picture.name, scratch);
    pictures.push_back({std::move(picture.title), std::move(picture.alt),
                        folder / (picture.name + ".svg"), folder / (picture.name + ".png")});
  }
  // Only now: existing pictures are replaced together, or not at all.
  for (const Picture& picture : pictures) {
    move_into(scratch.path() / picture.svg.filename(), picture.svg);
    move_into(scratch.path() / picture.png.filename(), picture.png);
  }
  return pictures;
}

}  // namespace coldstart::results
