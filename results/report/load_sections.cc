#include "results/report/load_sections.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/load_parameters.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr std::size_t kSpokenOf = 5;  // functions that get a sentence
constexpr std::size_t kRows = 20;     // functions that get a row

std::string duration_or_absent(const std::optional<std::int64_t>& ns) {
  return ns ? format_duration(*ns) : kAbsent;
}

std::string requests(std::size_t count) {
  return format_count(static_cast<std::int64_t>(count)) + (count == 1 ? " request" : " requests");
}

std::string count_cell(std::size_t count) { return format_count(static_cast<std::int64_t>(count)); }

std::string share_cell(const std::optional<Share>& share) {
  if (!share) return kAbsent;
  return format_share(static_cast<std::int64_t>(share->part),
                      static_cast<std::int64_t>(share->total));
}

std::string share_in_words(const Share& share) {
  return fmt::format("{} (95 %: {:.1f}–{:.1f} %)", share_cell(share), 100 * share.low,
                     100 * share.high);
}

std::string name_of(const Run& run, const LoadSummary& summary) {
  return printable(run.functions[summary.function].name);
}

std::string verdict(const Run& run, const LoadSummary& s) {
  std::string text = name_of(run, s) + ": ";
  if (!s.cold_share) return text + "no request got an instance";
  text += s.cold_share->part == 0
              ? fmt::format("no request of {} was cold (95 %: at most {:.2g} %)",
                            count_cell(s.cold_share->total), 100 * s.cold_share->high)
              : share_in_words(*s.cold_share) + " of the requests were cold";
  if (s.cold.median_ns && s.warm.median_ns) {
    text += fmt::format("; a cold one took {}, a warm one {}", format_duration(*s.cold.median_ns),
                        format_duration(*s.warm.median_ns));
    if (*s.warm.median_ns > 0) {
      text += fmt::format(" (medians, {})", format_ratio(static_cast<double>(*s.cold.median_ns) /
                                                         static_cast<double>(*s.warm.median_ns)));
    }
  } else if (const auto& median = s.cold.median_ns ? s.cold.median_ns : s.warm.median_ns) {
    text += fmt::format("; the median took {}", format_duration(*median));
  }
  return text;
}

/// The first message of each load × function × outcome.
using Messages = std::map<std::tuple<std::uint32_t, std::uint32_t, Outcome>, std::string>;

Messages first_messages(const Run& run) {
  Messages messages;
  for (const Invocation& i : run.invocations) {
    if (!i.message.empty()) messages.try_emplace({i.load, i.function, i.outcome}, i.message);
  }
  return messages;
}

// "java: 12 of 803 requests not answered: dropped ×10 (the queue was full), timeout ×2 (…)"
std::string failures(const Run& run, const LoadSummary& s, const Messages& messages) {
  std::string text;
  std::size_t count = 0;
  for (const auto& [outcome, times] : s.failed_by) {
    text += fmt::format("{}{} ×{}", text.empty() ? "" : ", ", name(outcome), count_cell(times));
    const auto first = messages.find({s.load, s.function, outcome});
    if (first != messages.end()) text += " (" + printable(first->second) + ")";
    count += times;
  }
  if (count == 0) return "";
  return fmt::format("{}: {} of {} not answered: {}", name_of(run, s), count_cell(count),
                     requests(s.invocations), text);
}

std::vector<std::string> sentences_of(const Run& run, const Load& load,
                                      const std::vector<const LoadSummary*>& summaries,
                                      const Messages& messages) {
  std::vector<std::string> sentences;
  std::size_t warmup = 0;
  std::size_t count = 0;
  for (const LoadSummary* s : summaries) {
    if (sentences.size() < kSpokenOf && s->invocations > 0) sentences.push_back(verdict(run, *s));
    warmup += s->warmup;
    count += s->invocations;
  }
  std::size_t unspoken = 0;
  for (const LoadSummary* s : summaries) {
    if (sentences.size() >= 2 * kSpokenOf) {
      if (s->answered < s->invocations) ++unspoken;
    } else if (std::string text = failures(run, *s, messages); !text.empty()) {
      sentences.push_back(std::move(text));
    }
  }
  if (unspoken > 0) {
    sentences.push_back(
        fmt::format("{} more functions have requests that were not answered", unspoken));
  }
  std::string driven = fmt::format("{}: {}", printable(load.pattern), requests(count));
  if (load.duration_ns) driven += fmt::format(" in {}", format_duration(*load.duration_ns));
  if (const std::string words = load_parameters_in_words(load); !words.empty())
    driven += "; " + words;
  sentences.push_back(std::move(driven));
  if (!load.duration_ns) {
    sentences.emplace_back("this load was interrupted: what had ended by then is counted");
  }
  if (warmup_ns(load) > 0) {
    sentences.push_back(fmt::format("warm-up: {} that were due in the first {} are left out",
                                    requests(warmup), format_duration(warmup_ns(load))));
  }
  if (load.time_scale != 1) {
    sentences.push_back(fmt::format(
        "time ×{:g}: arrivals, keep-alive and what a trace says of durations passed {:g} "
        "times as fast; starts are as measured, and so {:g} times as dense as in real "
        "time",
        load.time_scale, load.time_scale, load.time_scale));
  }
  return sentences;
}

DetailTable overview(const Run& run, const std::vector<const LoadSummary*>& summaries,
                     const std::string& scaled) {
  Column function{"function", {}, true};
  Column n{"n", {}, false, TooWide::kKeep, "requests"};
  Column cold_share{"cold",
                    {},
                    false,
                    TooWide::kKeep,
                    "share of the requests with an instance that waited for its start"};
  Column cold{"cold p50", {}, false, TooWide::kKeep, "median of the cold ones, due to first byte"};
  Column cold_p99{"cold p99", {}, false, TooWide::kKeep, "of the cold ones"};
  Column warm{"warm p50", {}, false, TooWide::kKeep, "median of the others, which may have queued"};
  Column warm_p99{"warm p99", {}, false, TooWide::kKeep, "of the others"};
  Column queue{"queue", {}, false, TooWide::kKeep, "p99 of due to sent, of all that were sent"};
  Column drops{"drops", {}, false, TooWide::kKeep, "requests for which there was no room"};
  Column instances{"inst", {}, false, TooWide::kKeep, "most instances at once"};
  for (const LoadSummary* s : summaries) {
    function.cells.push_back(name_of(run, *s));
    n.cells.push_back(count_cell(s->invocations));
    cold_share.cells.push_back(share_cell(s->cold_share));
    cold.cells.push_back(duration_or_absent(s->cold.median_ns));
    cold_p99.cells.push_back(duration_or_absent(s->cold.p99_ns));
    warm.cells.push_back(duration_or_absent(s->warm.median_ns));
    warm_p99.cells.push_back(duration_or_absent(s->warm.p99_ns));
    queue.cells.push_back(duration_or_absent(s->queue.p99_ns));
    drops.cells.push_back(count_cell(s->failed(Outcome::kDropped)));
    instances.cells.push_back(count_cell(s->max_instances));
  }
  return {
      "Requests" + scaled + ":",
      {function, n, cold_share, cold, cold_p99, warm, warm_p99, queue, drops, instances},
      "cold: share, median (p50) and p99 of those that waited for a start; warm: median and p99 of "
      "the others; queue: p99 of due → sent; inst: most instances at once"};
}

struct LatencyRows {
  Column function{"function", {}, true};
  Column which{"of", {}, true};
  Column n{"n"};
  Column median{"median"};
  Column interval{"95 % interval"};
  Column p90{"p90"};
  Column p99{"p99"};
  Column max{"max"};

  void add(const std::string& name, const char* what, const LatencySummary& latency) {
    if (latency.n == 0) return;
    function.cells.push_back(name);
    which.cells.emplace_back(what);
    n.cells.push_back(count_cell(latency.n));
    median.cells.push_back(duration_or_absent(latency.median_ns));
    const auto& i = latency.median_interval;
    interval.cells.push_back(i ? format_interval(i->low, i->high) : kAbsent);
    p90.cells.push_back(duration_or_absent(latency.p90_ns));
    p99.cells.push_back(duration_or_absent(latency.p99_ns));
    max.cells.push_back(duration_or_absent(latency.max_ns));
  }
};

DetailTable latencies(const Run& run, const std::vector<const LoadSummary*>& summaries,
                      const std::string& scaled) {
  LatencyRows rows;
  for (const LoadSummary* s : summaries) {
    const std::string name = name_of(run, *s);
    rows.add(name, "cold", s->cold);
    rows.add(name, "warm", s->warm);
    rows.add(name, "queue", s->queue);
    rows.add(name, "arrival", s->arrival_error);
  }
  return {
      "Latency, from due to the first byte of the answer" + scaled + ":",
      {rows.function, rows.which, rows.n, rows.median, rows.interval, rows.p90, rows.p99, rows.max},
      "queue: due → sent, of all that were sent; arrival: the same where the instance was idle, "
      "our own lateness. – : p90 needs 10, p99 100, the interval 6"};
}

std::string per_second(const std::optional<double>& rate) {
  return rate ? format_rate(*rate) : kAbsent;
}

DetailTable traffic(const Run& run, const std::vector<const LoadSummary*>& summaries,
                    const std::string& scaled) {
  Column function{"function", {}, true};
  Column offered{"due/s"};
  Column answered{"ok/s", {}, false, TooWide::kKeep, "answers a second"};
  Column ok{"ok", {}, false, TooWide::kKeep, "answered"};
  Column drops{"drops"};
  Column timeouts{"timeout"};
  Column failed{"failed"};
  Column instances{"started"};
  Column most{"at once"};
  Column starting{"starting"};
  Column memory{"memory"};
  bool any_memory = false;
  for (const LoadSummary* s : summaries) {
    function.cells.push_back(name_of(run, *s));
    offered.cells.push_back(per_second(s->offered_per_s));
    answered.cells.push_back(per_second(s->answered_per_s));
    ok.cells.push_back(count_cell(s->answered));
    drops.cells.push_back(count_cell(s->failed(Outcome::kDropped)));
    timeouts.cells.push_back(count_cell(s->failed(Outcome::kTimeout)));
    failed.cells.push_back(count_cell(s->failed_otherwise()));
    instances.cells.push_back(count_cell(s->instances));
    most.cells.push_back(count_cell(s->max_instances));
    starting.cells.push_back(count_cell(s->max_starting));
    memory.cells.push_back(s->peak_memory_bytes ? format_bytes(*s->peak_memory_bytes) : kAbsent);
    any_memory = any_memory || s->peak_memory_bytes;
  }
  DetailTable table{
      "Traffic and instances" + scaled + ":",
      {function, offered, answered, ok, drops, timeouts, failed, instances, most, starting},
      "due/s, ok/s: requests and answers a second, over the load's duration, or from the first to "
      "the "
      "last; started: instances in all; at once: most that lived; starting: most starts in "
      "flight"};
  if (any_memory) {
    table.columns.push_back(memory);
    table.note += "; memory: the highest of an instance";
  }
  return table;
}

// Of all functions together, where there are too many for a row each.
std::string sum_of(const std::vector<const LoadSummary*>& summaries) {
  std::size_t invocations = 0;
  std::size_t answered = 0;
  std::size_t placed = 0;
  std::size_t cold = 0;
  std::size_t dropped = 0;
  for (const LoadSummary* s : summaries) {
    invocations += s->invocations;
    answered += s->answered;
    dropped += s->failed(Outcome::kDropped);
    if (!s->cold_share) continue;
    placed += s->cold_share->total;
    cold += s->cold_share->part;
  }
  std::string text = fmt::format("all {} functions: {}, {} answered, {} dropped", summaries.size(),
                                 requests(invocations), count_cell(answered), count_cell(dropped));
  if (placed > 0) {
    text += fmt::format("; {} of those that got an instance were cold",
                        share_in_words(share_of(cold, placed, kConfidence)));
  }
  return text + fmt::format(" (below: the {} with the most requests)", kRows);
}

LoadSection section_of(const Run& run, std::uint32_t index,
                       std::vector<const LoadSummary*> summaries, const Messages& messages) {
  const Load& load = run.loads[index];
  const std::string scaled = time_scale_suffix(load.time_scale);
  LoadSection section;
  section.title = fmt::format("Load {}{}", printable(load.name), scaled);
  section.sentences = sentences_of(run, load, summaries, messages);
  const auto with_requests = static_cast<std::size_t>(std::count_if(
      summaries.begin(), summaries.end(), [](const auto* s) { return s->invocations > 0; }));
  section.others = std::max<std::size_t>(with_requests, 1) - 1;
  if (summaries.size() > kRows) {
    section.sentences.insert(section.sentences.begin(), sum_of(summaries));
    section.others = 0;  // it speaks of all
    std::stable_sort(summaries.begin(), summaries.end(),
                     [](const auto* a, const auto* b) { return a->invocations > b->invocations; });
    summaries.resize(kRows);
  }
  section.tables = {overview(run, summaries, scaled), latencies(run, summaries, scaled),
                    traffic(run, summaries, scaled)};
  if (section.tables[1].columns.front().cells.empty())
    section.tables.erase(section.tables.begin() + 1);
  return section;
}

}  // namespace

std::vector<LoadSection> load_sections(const Run& run, const std::vector<LoadSummary>& loads) {
  const Messages messages = first_messages(run);
  std::vector<LoadSection> sections;
  for (std::size_t i = 0; i < run.loads.size(); ++i) {
    if (parallel_of(run.loads[i])) continue;  // has a section of its own, with all k side by side
    std::vector<const LoadSummary*> of_load;
    for (const LoadSummary& summary : loads) {
      if (summary.load == i) of_load.push_back(&summary);
    }
    if (!of_load.empty())
      sections.push_back(section_of(run, static_cast<std::uint32_t>(i), of_load, messages));
  }
  return sections;
}

std::vector<LoadSection> load_sections(const Run& run, const std::vector<Summary>& summaries) {
  const std::vector<LoadSummary> loads = summarize_loads(run);
  std::vector<LoadSection> sections = load_sections(run, loads);
  for (LoadSection& section :
       sweep_sections(parallel_sweeps(run, summaries), size_sweeps(run, summaries, loads))) {
    sections.push_back(std::move(section));
  }
  return sections;
}

std::string load_text(const std::vector<LoadSection>& sections, const TextStyle& style) {
  // What the columns mean is said once, where it stands last.
  std::map<std::string, const DetailTable*> last;
  for (const LoadSection& section : sections) {
    for (const DetailTable& table : section.tables) last[table.note] = &table;
  }
  std::string text;
  for (const LoadSection& section : sections) {
    text += (text.empty() ? "" : "\n") + bold(fit(section.title, style.width), style) + '\n';
    for (const std::string& sentence : section.sentences) {
      for (const std::string& line : wrap(sentence, style.width, 2)) text += line + '\n';
    }
    for (const DetailTable& table : section.tables) {
      DetailTable shown = table;
      if (last.at(table.note) != &table) shown.note.clear();
      text += '\n' + render(shown, style);
    }
  }
  return style.unicode ? text : to_ascii(text);
}

}  // namespace coldstart::results
