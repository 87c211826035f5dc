#include "results/report/pictures.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "results/model/duration.h"
#include "results/report/causes_table.h"
#include "results/report/cells.h"
#include "results/report/details.h"
#include "results/report/load_pictures.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

// Keeps the pictures of a run small, however many functions it has.
constexpr std::size_t kTicksOfAll = 5'000;
constexpr std::size_t kStepsOfAll = 9'000;

using Summaries = std::vector<const Summary*>;

void add_words(std::string& words, const std::string& more) {
  words += (words.empty() ? "" : ", ") + more;
}

std::string medians_in_words(const Summaries& summaries) {
  std::string words;
  for (const Summary* s : summaries) {
    add_words(words, printable(s->function) + ' ' +
                         (s->median_ns ? format_duration(*s->median_ns) : "no usable start"));
  }
  return words;
}

std::string longest_phases_in_words(const Summaries& summaries) {
  std::string words;
  for (const Summary* s : summaries) {
    if (s->phases.empty()) continue;
    const auto longest = std::max_element(
        s->phases.begin(), s->phases.end(),
        [](const PhaseMedian& a, const PhaseMedian& b) { return a.median_ns < b.median_ns; });
    add_words(words, fmt::format("{}: {} {}", printable(s->function), longest->name,
                                 format_duration(longest->median_ns)));
  }
  return words;
}

std::vector<SampleLine> sample_lines(const Run& run, const Summaries& summaries) {
  std::vector<SampleLine> lines;
  for (const Summary* s : summaries) {
    if (s->n > 0) lines.push_back({s->function, sorted_latencies(run, *s)});
  }
  return lines;
}

std::string drawn_in_words(const std::vector<SampleLine>& lines, std::size_t most_ticks) {
  std::size_t most = 0;
  for (const SampleLine& line : lines) most = std::max(most, line.sorted_ns.size());
  if (most <= most_ticks) return "each tick is one start";
  return fmt::format("each tick is one start; of more than {}, {} are drawn, evenly by rank",
                     most_ticks, most_ticks);
}

// For a title, which must be short.
std::string thinned_in_words(const std::vector<SampleLine>& lines, std::size_t most_ticks) {
  const bool thinned = std::any_of(
      lines.begin(), lines.end(),
      [most_ticks](const SampleLine& line) { return line.sorted_ns.size() > most_ticks; });
  return thinned ? fmt::format(" ({} of each)", most_ticks) : std::string();
}

std::string ranges_in_words(const std::vector<SampleLine>& lines) {
  std::string words;
  for (const SampleLine& line : lines) {
    add_words(words, fmt::format("{} {} to {}", printable(line.function),
                                 format_duration(line.sorted_ns.front()),
                                 format_duration(line.sorted_ns.back())));
  }
  return words;
}

std::string shares_in_words(const std::vector<const CausesSummary*>& causes) {
  std::string words;
  for (const CausesSummary* of : causes) {
    std::int64_t cpu = 0, runnable = 0, disk = 0, wait = 0;
    for (const PhaseCauseMedians& phase : of->phases) {
      cpu += phase.cpu_ns;
      runnable += phase.runnable_ns;
      disk += phase.disk_ns;
      wait += phase.wait_ns;
    }
    words += fmt::format("{}{}: {}", words.empty() ? "" : "; ", printable(of->function),
                         shares(cpu, runnable, disk, wait, {}));
  }
  return words;
}

/// What all pictures of a load and cache state have in common.
struct Place {
  std::size_t lines = 1;  ///< of all distributions of the run: what may be drawn is shared
  std::string suffix;     ///< of their names
  std::string about;      ///< of their titles
  std::string block;
};

void add_phases(std::vector<PictureDraft>& drafts, const Place& place, const Summaries& summaries) {
  drafts.push_back(
      {PictureSection::kPhases, "phases" + place.suffix, "Phases of a cold start: " + place.about,
       place.block,
       fmt::format(
           "Stacked bars of the phases of a cold start. Median latency: {}. Longest phase: {}.",
           medians_in_words(summaries), longest_phases_in_words(summaries)),
       [summaries](const Canvas& canvas) { return phases_script(summaries, canvas); }});
}

void add_distributions(std::vector<PictureDraft>& drafts, const Place& place, const Run& run,
                       const Summaries& summaries) {
  // Several sizes may be drawn of the same samples.
  const std::size_t ticks = std::clamp<std::size_t>(kTicksOfAll / place.lines, 40, 500);
  const std::size_t steps = std::clamp<std::size_t>(kStepsOfAll / place.lines, 100, 600);
  const auto lines = std::make_shared<const std::vector<SampleLine>>(sample_lines(run, summaries));
  drafts.push_back(
      {PictureSection::kDistribution, "ecdf" + place.suffix,
       "Share of starts that had responded: " + place.about, place.block,
       fmt::format(
           "Distribution of the time to the first response, a line for each function. Median: {}.",
           medians_in_words(summaries)),
       [lines, steps](const Canvas& canvas) { return ecdf_script(*lines, canvas, steps); }});
  drafts.push_back(
      {PictureSection::kDistribution, "density" + place.suffix,
       fmt::format("Single starts{}, density, median (95 %): {}", thinned_in_words(*lines, ticks),
                   place.about),
       place.block,
       fmt::format("Density of the time to the first response, a row for each function; {}. From "
                   "the fastest to the slowest start: {}.",
                   drawn_in_words(*lines, ticks), ranges_in_words(*lines)),
       [lines, ticks](const Canvas& canvas) { return density_script(*lines, canvas, ticks); }});
}

// One for each load that was measured in several cache states.
void add_ladders(std::vector<PictureDraft>& drafts, const std::string& suite,
                 const std::vector<Summary>& summaries) {
  std::vector<std::pair<std::string, Summaries>> loads;
  for (const Summary& s : summaries) {
    auto load =
        std::find_if(loads.begin(), loads.end(), [&](const auto& l) { return l.first == s.load; });
    if (load == loads.end()) load = loads.insert(loads.end(), {s.load, {}});
    if (s.median_ns) load->second.push_back(&s);
  }
  for (const auto& each : loads) {
    const std::string& load = each.first;
    const Summaries& of_load = each.second;
    const bool several = std::any_of(of_load.begin(), of_load.end(), [&](const Summary* s) {
      return s->cache != of_load.front()->cache;
    });
    if (!several) continue;
    std::string words;
    for (const Summary* s : of_load) {
      add_words(words, fmt::format("{} {} {}", printable(s->function), printable(s->cache),
                                   format_duration(*s->median_ns)));
    }
    drafts.push_back(
        {PictureSection::kLadder, loads.size() > 1 ? picture_file_name("ladder-" + load) : "ladder",
         fmt::format("What each cache state costs, median and 95 % interval: {}{}", suite,
                     printable(load_title(load, of_load.front()->function))),
         "", fmt::format("Medians of each cache state: {}.", words),
         [of_load = of_load](const Canvas& canvas) { return ladder_script(of_load, canvas); }});
  }
}

void add_causes(std::vector<PictureDraft>& drafts, const Place& place,
                const std::shared_ptr<const std::vector<CausesSummary>>& all,
                const Summaries& summaries) {
  std::vector<const CausesSummary*> causes;
  for (const Summary* s : summaries) {
    for (const CausesSummary& of : *all) {
      if (of.function == s->function && of.load == s->load && of.cache == s->cache) {
        causes.push_back(&of);
      }
    }
  }
  if (causes.empty()) return;
  drafts.push_back({PictureSection::kCauses, "causes" + place.suffix,
                    "Why the time to the first response passed: " + place.about, place.block,
                    fmt::format("How the time divides into causes. {}.", shares_in_words(causes)),
                    // `all` keeps alive what the pointers point to.
                    [causes, all](const Canvas& canvas) { return causes_script(causes, canvas); }});
}

}  // namespace

std::string picture_file_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.';
    name += plain ? c : '-';
  }
  return name;
}

std::vector<PictureDraft> pictures_of(const Digest& digest) {
  const Run& run = digest.run;
  const std::vector<Summary>& summaries = digest.summaries;
  std::vector<Block> blocks = blocks_of(summaries);
  drop_parallel(run, blocks);
  for (Block& block : blocks) keep_most_started(block, kMostFunctions);
  const bool several = blocks.size() > 1;
  std::erase_if(blocks, [](const Block& block) {
    return std::none_of(block.summaries.begin(), block.summaries.end(),
                        [](const Summary* s) { return s->n > 0; });
  });
  const std::string suite = run.info.suite.empty() ? "" : fit(printable(run.info.suite), 60) + ", ";
  const auto causes = std::make_shared<const std::vector<CausesSummary>>(digest.causes);
  const auto place_of = [&](const Block& block) {
    const Summary& first = *block.summaries.front();
    return Place{std::max<std::size_t>(summaries.size(), 1),
                 several ? picture_file_name("-" + first.load + "-" + first.cache) : "",
                 suite + block.title, block.title};
  };
  std::vector<PictureDraft> drafts;
  for (const Block& block : blocks) add_phases(drafts, place_of(block), block.summaries);
  for (const Block& block : blocks) {
    add_distributions(drafts, place_of(block), run, block.summaries);
  }
  add_ladders(drafts, suite, summaries);
  for (const Block& block : blocks) add_causes(drafts, place_of(block), causes, block.summaries);
  for (PictureDraft& draft : load_pictures(run, summaries)) drafts.push_back(std::move(draft));
  return drafts;
}

std::vector<PictureDraft> waterfalls_of(const Run& run, const std::vector<Summary>& summaries) {
  const bool several = blocks_of(summaries).size() > 1;
  std::vector<PictureDraft> drafts;
  for (const Summary& s : summaries) {
    if (!s.median_start) continue;
    const Start& start = run.starts[*s.median_start];
    std::string words;
    for (const PhaseSpan& span : phases_of(start.timeline)) {
      add_words(words, short_name(span.phases) + ' ' + format_duration(span.length_ns()));
    }
    if (words.empty()) continue;
    const std::string title = printable(fmt::format(
        "The median start of {} ({}, {}){}, {}", s.function, load_title(s.load, s.function),
        s.cache, time_scale_suffix(s.time_scale), place_of_median_start(run, s)));
    drafts.push_back({PictureSection::kWaterfall,
                      picture_file_name("waterfall-" + s.function +
                                        (several ? "-" + s.load + "-" + s.cache : "")),
                      title, "", fmt::format("{}: {}.", title, words),
                      [&start](const Canvas& canvas) { return waterfall_script(start, canvas); }});
  }
  return drafts;
}

}  // namespace coldstart::results
