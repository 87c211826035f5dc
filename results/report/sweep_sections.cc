#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/load_sections.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

std::string duration_or_absent(const std::optional<std::int64_t>& ns) {
  return ns ? format_duration(*ns) : kAbsent;
}

std::string interval_cell(const std::optional<Interval>& interval) {
  return interval ? format_interval(interval->low, interval->high) : kAbsent;
}

std::string ratio_cell(const std::optional<std::int64_t>& of,
                       const std::optional<std::int64_t>& to) {
  if (!of || !to || *to <= 0) return kAbsent;
  return format_ratio(static_cast<double>(*of) / static_cast<double>(*to));
}

// "java: 102 ms alone, 310 ms at 8 at once (3.0×); runtime grew most, from 40 ms to 180 ms"
std::string sentence_of(const ParallelSweep& sweep, bool with_cache) {
  const ParallelPoint& first = sweep.points.front();
  const ParallelPoint& last = sweep.points.back();
  std::string text = printable(sweep.function);
  if (with_cache) text += fmt::format(" ({})", printable(sweep.cache));
  if (!first.summary->median_ns || !last.summary->median_ns) {
    return text + ": no start that can be used at " +
           std::to_string(first.summary->median_ns ? last.k : first.k) + " at once";
  }
  text += fmt::format(": {} with {} at once", format_duration(*first.summary->median_ns), first.k);
  if (sweep.points.size() < 2) return text;
  text += fmt::format(", {} with {} ({})", format_duration(*last.summary->median_ns), last.k,
                      ratio_cell(last.summary->median_ns, first.summary->median_ns));
  if (!sweep.grew_most) return text + "; no phase grew";
  return text + fmt::format("; {} grew most, from {} to {}", sweep.grew_most->phase,
                            format_duration(sweep.grew_most->from_ns),
                            format_duration(sweep.grew_most->to_ns));
}

DetailTable scaling_table(const std::vector<ParallelSweep>& sweeps, bool with_cache) {
  Column function{"function", {}, true};
  Column cache{"cache", {}, true};
  Column k{"k", {}, false, TooWide::kKeep, "starts at once"};
  Column n{"n"};
  Column failed{"failed"};
  Column rate{"starts/s",
              {},
              false,
              TooWide::kKeep,
              "answered starts over the time in which one was under way"};
  Column median{"median"};
  Column interval{"95 % interval"};
  Column p90{"p90"};
  Column ratio{"ratio", {}, false, TooWide::kKeep, "to the smallest k"};
  for (const ParallelSweep& sweep : sweeps) {
    for (const ParallelPoint& point : sweep.points) {
      const Summary& s = *point.summary;
      function.cells.push_back(printable(sweep.function));
      cache.cells.push_back(printable(sweep.cache));
      k.cells.push_back(std::to_string(point.k));
      n.cells.push_back(format_count(static_cast<std::int64_t>(s.n)));
      failed.cells.push_back(format_count(static_cast<std::int64_t>(s.failed())));
      rate.cells.push_back(point.starts_per_s ? format_rate(*point.starts_per_s) : kAbsent);
      median.cells.push_back(duration_or_absent(s.median_ns));
      interval.cells.push_back(interval_cell(s.median_interval));
      p90.cells.push_back(duration_or_absent(s.p90_ns));
      ratio.cells.push_back(ratio_cell(s.median_ns, sweep.points.front().summary->median_ns));
    }
  }
  DetailTable table{"Latency of k starts at once:",
                    {function, k, n, failed, rate, median, interval, p90, ratio},
                    "starts/s: answered starts over the time in which at least one was under way"};
  if (with_cache) table.columns.insert(table.columns.begin() + 1, cache);
  return table;
}

// k × phases, of one function.
DetailTable phases_of(const ParallelSweep& sweep, bool with_cache) {
  DetailTable table;
  table.title = fmt::format("Phases of {}{}, medians:", printable(sweep.function),
                            with_cache ? fmt::format(" ({})", printable(sweep.cache)) : "");
  table.columns.push_back({"k"});
  std::map<std::pair<std::vector<Phase>, std::string>, std::size_t> columns;
  for (const ParallelPoint& point : sweep.points) {
    for (const PhaseMedian& phase : point.summary->phases) {
      columns.emplace(std::pair(phase.phases, phase.name), 0);
    }
  }
  for (auto& [phase, index] : columns) {
    index = table.columns.size();
    table.columns.push_back({short_name(phase.first)});
  }
  for (const ParallelPoint& point : sweep.points) {
    table.columns.front().cells.push_back(std::to_string(point.k));
    for (std::size_t i = 1; i < table.columns.size(); ++i) table.columns[i].cells.emplace_back();
    for (const PhaseMedian& phase : point.summary->phases) {
      table.columns[columns.at({phase.phases, phase.name})].cells.back() =
          format_duration(phase.median_ns);
    }
  }
  return table;
}

LoadSection parallel_section(const std::vector<ParallelSweep>& sweeps) {
  const bool with_cache = std::any_of(sweeps.begin(), sweeps.end(), [&](const ParallelSweep& s) {
    return s.cache != sweeps.front().cache;
  });
  LoadSection section;
  section.title = "Starts in parallel";
  for (const ParallelSweep& sweep : sweeps) {
    section.sentences.push_back(sentence_of(sweep, with_cache));
  }
  section.tables.push_back(scaling_table(sweeps, with_cache));
  for (const ParallelSweep& sweep : sweeps) {
    DetailTable phases = phases_of(sweep, with_cache);
    if (phases.columns.size() > 1) section.tables.push_back(std::move(phases));
  }
  return section;
}

const char* header_of(const std::string& key) { return key == "cpus" ? "CPUs" : "memory"; }

// Whether the interval of one median lies wholly below that of the other.
bool is_faster(const SizePoint& point, const SizePoint& than) {
  const auto& a = point.summary->median_interval;
  const auto& b = than.summary->median_interval;
  return a && b && a->high < b->low;
}

std::string in_words(const SizeSweep& sweep, const SizePoint& point) {
  return fmt::format("{} ({})", format_size(sweep.key, point.size),
                     format_duration(*point.summary->median_ns));
}

// Which size is enough, and whether more of it helps.
std::string sentence_of(const SizeSweep& sweep) {
  const SizePoint* smallest = nullptr;
  const SizePoint* fastest = nullptr;
  for (const SizePoint& point : sweep.points) {
    if (point.summary == nullptr || !point.summary->median_ns) continue;
    if (point.starts_out_of_memory > 0 || point.requests_out_of_memory > 0) continue;
    if (smallest == nullptr) smallest = &point;
    if (fastest == nullptr || *point.summary->median_ns < *fastest->summary->median_ns) {
      fastest = &point;
    }
  }
  if (smallest == nullptr) {
    return sweep.key == "memory" ? "at every size starts failed or were out of memory"
                                 : "no start that can be used at any size";
  }
  std::string text =
      (sweep.key == "memory" ? "the smallest that was never out of memory: " : "the smallest: ") +
      in_words(sweep, *smallest);
  return text + (is_faster(*fastest, *smallest)
                     ? "; the fastest: " + in_words(sweep, *fastest)
                     : "; none that is larger has a median that is lower beyond doubt");
}

LoadSection size_section(const SizeSweep& sweep) {
  Column size{header_of(sweep.key)};
  Column n{"n"};
  Column median{"median"};
  Column interval{"95 % interval"};
  Column p90{"p90"};
  Column ratio{"ratio", {}, false, TooWide::kKeep, "to the smallest size"};
  Column warm{"warm", {}, false, TooWide::kKeep, "median of warm requests"};
  Column killed{"out of memory", {}, false, TooWide::kKeep, "starts; requests"};
  Column failed{"failed", {}, false, TooWide::kKeep, "starts that failed otherwise"};
  bool any_load = false;
  const SizePoint* base = nullptr;
  for (const SizePoint& point : sweep.points) {
    const Summary* s = point.summary;
    if (base == nullptr && s != nullptr && s->median_ns) base = &point;
    size.cells.push_back(format_size(sweep.key, point.size));
    n.cells.push_back(s ? format_count(static_cast<std::int64_t>(s->n)) : kAbsent);
    median.cells.push_back(s ? duration_or_absent(s->median_ns) : kAbsent);
    interval.cells.push_back(s ? interval_cell(s->median_interval) : kAbsent);
    p90.cells.push_back(s ? duration_or_absent(s->p90_ns) : kAbsent);
    ratio.cells.push_back(s && base ? ratio_cell(s->median_ns, base->summary->median_ns) : kAbsent);
    warm.cells.push_back(point.load ? duration_or_absent(point.load->warm.median_ns) : kAbsent);
    killed.cells.push_back(
        point.load ? fmt::format("{}; {}", point.starts_out_of_memory, point.requests_out_of_memory)
                   : std::to_string(point.starts_out_of_memory));
    failed.cells.push_back(s ? std::to_string(s->failed() - point.starts_out_of_memory) : kAbsent);
    any_load = any_load || point.load != nullptr;
  }
  const std::string scaled = time_scale_suffix(sweep.time_scale);
  LoadSection section;
  section.title =
      fmt::format("{} by {}{}", printable(sweep.function), header_of(sweep.key), scaled);
  section.sentences = {sentence_of(sweep)};
  DetailTable table{fmt::format("Cold starts at each size ({}{}{}){}:", printable(sweep.load),
                                sweep.cache.empty() ? "" : ", ", printable(sweep.cache), scaled),
                    {size, n, median, interval, p90, ratio},
                    ""};
  if (any_load) table.columns.push_back(warm);
  if (sweep.key == "memory") table.columns.push_back(killed);
  table.columns.push_back(failed);
  if (any_load) {
    table.note = "warm: median of warm requests";
    if (sweep.key == "memory") table.note += "; out of memory: starts; requests";
  }
  section.tables = {std::move(table)};
  return section;
}

}  // namespace

std::string format_size(const std::string& key, double size) {
  if (key == "cpus") return fmt::format("{:g}", size);
  constexpr double kMiB = 1 << 20;
  // As people write it: 1536 MiB is not 1.50 GiB to them.
  return std::fmod(size, kMiB) == 0 ? fmt::format("{:.0f} MiB", size / kMiB)
                                    : format_bytes(static_cast<std::int64_t>(size));
}

std::vector<LoadSection> sweep_sections(const std::vector<ParallelSweep>& parallel,
                                        const std::vector<SizeSweep>& sizes) {
  std::vector<LoadSection> sections;
  if (!parallel.empty()) sections.push_back(parallel_section(parallel));
  for (const SizeSweep& sweep : sizes) sections.push_back(size_section(sweep));
  return sections;
}

}  // namespace coldstart::results
