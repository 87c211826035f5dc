#include "results/report/load_pictures.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <utility>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/load_sections.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr std::size_t kTimelines = 6;         // a load
constexpr std::size_t kColumnsOfAll = 2'000;  // of the timelines of a run, to keep a page small
constexpr int kFewest = 3;                    // starts in flight for which there is a picture

using Drafts = std::vector<PictureDraft>;

std::string with_suite(const Run& run, const std::string& about) {
  return run.info.suite.empty() ? about : fit(printable(run.info.suite), 60) + ", " + about;
}

std::string duration_or(const std::optional<std::int64_t>& ns, const char* otherwise) {
  return ns ? format_duration(*ns) : otherwise;
}

std::string timeline_alt(const LoadSummary& s) {
  std::string text =
      fmt::format("Timeline: {} request{}, at most {} instance{} at once.",
                  format_count(static_cast<std::int64_t>(s.invocations)),
                  s.invocations == 1 ? "" : "s", s.max_instances, s.max_instances == 1 ? "" : "s");
  if (s.cold_share) {
    text +=
        fmt::format(" {} of the requests were cold; median of the cold ones {}, of the warm {}.",
                    format_share(static_cast<std::int64_t>(s.cold_share->part),
                                 static_cast<std::int64_t>(s.cold_share->total)),
                    duration_or(s.cold.median_ns, "none"), duration_or(s.warm.median_ns, "none"));
  }
  const std::size_t lost = s.invocations - s.answered;
  if (lost > 0) text += fmt::format(" {} were not answered.", lost);
  return text;
}

void add_timelines(const Run& run, const std::vector<LoadSummary>& loads, Drafts& drafts) {
  std::map<std::uint32_t, std::vector<LoadSummary>> by_load;
  for (const LoadSummary& s : loads) {
    if (!parallel_of(run.loads[s.load])) by_load[s.load].push_back(s);
  }
  std::size_t count = 0;
  for (auto& [index, summaries] : by_load) {
    std::stable_sort(summaries.begin(), summaries.end(),
                     [](const auto& a, const auto& b) { return a.invocations > b.invocations; });
    if (summaries.size() > kTimelines) summaries.resize(kTimelines);
    count += summaries.size();
  }
  const std::size_t columns =
      std::clamp<std::size_t>(kColumnsOfAll / std::max<std::size_t>(count, 1), 40, 400);
  for (const auto& [index, summaries] : by_load) {
    const Load& load = run.loads[index];
    for (const LoadSummary& s : summaries) {
      const std::string& function = run.functions[s.function].name;
      std::string title =
          "Timeline: " +
          with_suite(run, fmt::format("{} under {}{}", printable(function), printable(load.name),
                                      time_scale_suffix(load.time_scale)));
      if (s.invocations + s.warmup > 3 * columns) {
        title += "; of many points the lowest, middle and highest of each moment";
      }
      drafts.push_back({PictureSection::kLoad,
                        picture_file_name("timeline-" + load.name + "-" + function), title, "",
                        timeline_alt(s), [&run, s, columns](const Canvas& canvas) {
                          return timeline_script(run, s, canvas, columns);
                        }});
    }
  }
}

std::string growth_alt(const std::vector<Summary>& rows) {
  std::string text = "Stacked bars of the phases by starts in flight. Median latency: ";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", rows[i].function,
                        duration_or(rows[i].median_ns, "no usable start"));
  }
  return text + ".";
}

void add_growth(std::vector<Summary> rows, const std::string& name, const std::string& title,
                Drafts& drafts) {
  const std::string alt = growth_alt(rows);
  const auto kept = std::make_shared<const std::vector<Summary>>(std::move(rows));
  drafts.push_back({PictureSection::kLoad, picture_file_name(name),
                    "Phases by starts in flight: " + title, "", alt, [kept](const Canvas& canvas) {
                      std::vector<const Summary*> pointers;
                      for (const Summary& row : *kept) pointers.push_back(&row);
                      return phases_script(pointers, canvas);
                    }});
}

// The rows of phases_script are named after functions: here after k.
void add_parallel(const Run& run, const std::vector<Summary>& summaries, Drafts& drafts) {
  const std::vector<ParallelSweep> sweeps = parallel_sweeps(run, summaries);
  std::map<std::string, int> caches;
  for (const ParallelSweep& sweep : sweeps) ++caches[sweep.cache];
  for (const ParallelSweep& sweep : sweeps) {
    std::vector<Summary> rows;
    bool usable = false;
    for (const ParallelPoint& point : sweep.points) {
      Summary& row = rows.emplace_back(*point.summary);
      row.function = fmt::format("{} at once", point.k);
      if (point.starts_per_s)
        row.function += fmt::format(" ({}/s)", format_rate(*point.starts_per_s));
      usable = usable || row.n > 0;
    }
    if (!usable) continue;
    const std::string cache = caches.size() > 1 ? sweep.cache : "";
    add_growth(
        rows, "parallel-" + sweep.function + (cache.empty() ? "" : "-" + cache),
        with_suite(run, printable(sweep.function) + (cache.empty() ? "" : ", " + printable(cache))),
        drafts);
  }
}

// 1, 2, 3–4, 5–8, …: the last number of the bucket.
int bucket_of(int in_flight) {
  int bucket = 1;
  while (bucket < in_flight) bucket *= 2;
  return bucket;
}

std::string bucket_name(int bucket) {
  return bucket <= 2 ? fmt::format("{} in flight", bucket)
                     : fmt::format("{}–{} in flight", bucket / 2 + 1, bucket);
}

void add_in_flight(const Run& run, Drafts& drafts) {
  for (const Load& load : run.loads) {
    if (parallel_of(load)) continue;
    for (const Function& function : run.functions) {
      std::map<int, std::vector<Start>> buckets;
      for (const Start& start : run.starts) {
        if (start.load != load.name || start.function != function.name || !start.in_flight)
          continue;
        Start& copy = buckets[bucket_of(*start.in_flight)].emplace_back(start);
        copy.function = bucket_name(bucket_of(*start.in_flight));
      }
      if (buckets.empty() || buckets.rbegin()->first < kFewest) continue;
      coldstart::Run part;
      for (auto& [bucket, starts] : buckets) {
        part.functions.push_back(function);
        part.functions.back().name = bucket_name(bucket);
        part.starts.insert(part.starts.end(), std::make_move_iterator(starts.begin()),
                           std::make_move_iterator(starts.end()));
      }
      std::vector<Summary> rows = summarize(part);
      if (std::none_of(rows.begin(), rows.end(), [](const Summary& s) { return s.n > 0; }))
        continue;
      add_growth(
          rows, "in-flight-" + load.name + "-" + function.name,
          with_suite(run, fmt::format("{} under {}{}", printable(function.name),
                                      printable(load.name), time_scale_suffix(load.time_scale))),
          drafts);
    }
  }
}

std::string sizes_alt(const SizeSweep& sweep) {
  std::string text = "Latency against size. Median of cold starts: ";
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    const SizePoint& point = sweep.points[i];
    text += fmt::format(
        "{}{} {}", i == 0 ? "" : ", ", format_size(sweep.key, point.size),
        duration_or(point.summary ? point.summary->median_ns : std::nullopt, "no usable start"));
    if (point.starts_out_of_memory > 0) {
      text += fmt::format(" ({} out of memory)", point.starts_out_of_memory);
    }
  }
  return text + ".";
}

void add_sizes(const Run& run, const std::vector<Summary>& summaries,
               const std::shared_ptr<const std::vector<LoadSummary>>& loads, Drafts& drafts) {
  for (const SizeSweep& sweep : size_sweeps(run, summaries, *loads)) {
    const bool usable = std::any_of(sweep.points.begin(), sweep.points.end(), [](const auto& p) {
      return p.summary != nullptr && p.summary->median_ns;
    });
    if (!usable) continue;
    const std::string title =
        with_suite(run, fmt::format("{} by {}, {}{}{}{}", printable(sweep.function),
                                    sweep.key == "cpus" ? "CPUs" : "memory", printable(sweep.load),
                                    sweep.cache.empty() ? "" : ", ", printable(sweep.cache),
                                    time_scale_suffix(sweep.time_scale)));
    drafts.push_back(
        {PictureSection::kLoad,
         picture_file_name(fmt::format("{}-{}-{}{}{}", sweep.key, sweep.function, sweep.load,
                                       sweep.cache.empty() ? "" : "-", sweep.cache)),
         title, "", sizes_alt(sweep),
         // `loads` keeps alive what the sweep points to.
         [sweep, loads](const Canvas& canvas) { return size_script(sweep, canvas); }});
  }
}

}  // namespace

std::vector<PictureDraft> load_pictures(const Run& run, const std::vector<Summary>& summaries) {
  const auto loads = std::make_shared<const std::vector<LoadSummary>>(summarize_loads(run));
  Drafts drafts;
  add_timelines(run, *loads, drafts);
  add_parallel(run, summaries, drafts);
  add_in_flight(run, drafts);
  add_sizes(run, summaries, loads, drafts);
  return drafts;
}

}  // namespace coldstart::results
