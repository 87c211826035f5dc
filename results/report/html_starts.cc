#include "results/report/html_starts.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/model/duration.h"
#include "results/report/causes_table.h"
#include "results/report/cells.h"
#include "results/report/palette.h"
#include "results/report/text.h"
#include "results/statistics/shown_starts.h"

namespace coldstart::results {
namespace {

using nlohmann::json;

enum Kind { kPhaseRow, kBoundaryRow, kLibraryRow, kImportRow, kModuleRow, kStepRow, kMilestoneRow };
constexpr std::initializer_list<const char*> kKinds = {
    "phase", "boundary", "library", "import", "module", "sandbox step", "milestone"};

/// The data of a page while it grows: texts and colours are kept once.
class Builder {
 public:
  std::size_t text(const std::string& value) {
    const auto [at, is_new] = texts_.try_emplace(value, strings_.size());
    if (is_new) strings_.push_back(printable(value));
    return at->second;
  }
  std::size_t color(const std::vector<Phase>& phases) {
    const auto [at, is_new] = phases_.try_emplace(phases, colors_.size());
    if (is_new) {
      colors_.push_back({{"hex", hex(color_of(phases))}, {"joined", phases.size() > 1}});
    }
    return at->second;
  }
  json document(json groups) const {
    return {
        {"kinds", kKinds},
        {"strings", strings_},
        {"colors", colors_},
        {"hint", "Point at a row, or go through the rows with the arrow keys, to read its values."},
        {"groups", std::move(groups)}};
  }

 private:
  std::map<std::string, std::size_t> texts_;
  json strings_ = json::array();
  std::map<std::vector<Phase>, std::size_t> phases_;
  json colors_ = json::array();
};

// -1: not known.
std::int64_t or_unknown(const std::optional<std::int64_t>& ns) { return ns.value_or(-1); }

void add_row(json& rows, Builder& builder, Kind kind, const std::string& name, std::int64_t begin,
             std::int64_t length, const std::string& text) {
  rows.push_back({static_cast<int>(kind), builder.text(name), begin, length, builder.text(text)});
}

std::string causes_in_words(const PhaseCauses& causes) {
  std::vector<std::pair<std::string, std::int64_t>> waits(causes.time.waits.begin(),
                                                          causes.time.waits.end());
  std::stable_sort(waits.begin(), waits.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  const TimeSplit& t = causes.time;
  std::string text = shares(t.cpu_ns, t.runnable_ns, t.disk_ns, t.wait_ns, waits);
  const std::int64_t faults = causes.minor_faults + causes.major_faults;
  text += fmt::format("; {} switch{}, {} fault{}", format_count(causes.context_switches),
                      causes.context_switches == 1 ? "" : "es", format_count(faults),
                      faults == 1 ? "" : "s");
  if (causes.read_bytes > 0) text += ", " + format_bytes(causes.read_bytes) + " read";
  return text;
}

std::string library_in_words(const Library& library) {
  std::string text = format_bytes(library.bytes);
  if (library.cached_bytes && library.bytes > 0) {
    text += fmt::format(", {:.0f} % of it in the page cache before",
                        100 * std::min(1.0, static_cast<double>(*library.cached_bytes) /
                                                static_cast<double>(library.bytes)));
  }
  if (!library.opened_ns) text += ", mapped by the kernel";
  if (library.at_startup && library.opened_ns) {
    text += *library.at_startup ? ", mapped at start-up" : ", mapped by dlopen";
  }
  return text;
}

void add_phases(json& rows, Builder& builder, const Start& start) {
  for (const PhaseSpan& span : phases_of(start.timeline)) {
    std::string text = descriptions(span.phases);
    for (const PhaseCauses& causes : start.account.causes) {
      if (causes.phase == span.name()) text += ". It was " + causes_in_words(causes);
    }
    add_row(rows, builder, kPhaseRow, short_name(span.phases), span.begin_ns, span.length_ns(),
            text);
    rows.back().push_back(builder.color(span.phases));
  }
}

void add_named_times(json& rows, Builder& builder, Kind kind, const std::vector<NamedTime>& times) {
  for (const NamedTime& time : times) {
    add_row(rows, builder, kind, time.name, time.begin_ns, time.total_ns,
            format_duration(time.self_ns) + " of it itself");
  }
}

// The steps of the sandbox are sums: they stand one after the other, and say so.
void add_sandbox(json& rows, Builder& builder, const Start& start) {
  std::int64_t at = 0;
  for (const PhaseSpan& span : phases_of(start.timeline)) {
    if (span.phases == std::vector{Phase::kSandbox}) at = span.begin_ns;
  }
  for (const SandboxStep& step : *start.account.sandbox) {
    add_row(rows, builder, kStepRow, step.name, at, step.time.total_ns(),
            fmt::format("{} system calls, summed over the phase: its place in time is not drawn",
                        format_count(step.calls)));
    at += step.time.total_ns();
  }
}

void add_events(json& rows, Builder& builder, const Start& start) {
  if (const auto forked = start.timeline[Boundary::kForked].at_ns) {
    add_row(rows, builder, kBoundaryRow, "forked", *forked, -1,
            "fork of the instance's first process");
  }
  const Account& account = start.account;
  if (account.jvm) {
    if (account.jvm->init_begin_ns) {
      add_row(rows, builder, kMilestoneRow, "JVM init begins", *account.jvm->init_begin_ns, -1,
              "its arguments are parsed");
    }
    if (account.jvm->main_class_ns) {
      add_row(rows, builder, kMilestoneRow, "first application class", *account.jvm->main_class_ns,
              -1,
              fmt::format("{} classes before it", format_count(account.jvm->classes_before_main)));
    }
  }
  const auto entered = start.timeline[Boundary::kEntered].at_ns;
  if (account.node && account.node->bootstrap_ns && entered) {
    add_row(rows, builder, kMilestoneRow, "Node.js bootstrap", *entered,
            *account.node->bootstrap_ns, "from its entry until the script is loaded");
  }
}

json rows_of(Builder& builder, const Start& start) {
  json rows = json::array();
  const Account& account = start.account;
  add_phases(rows, builder, start);
  add_events(rows, builder, start);
  if (account.sandbox) add_sandbox(rows, builder, start);
  if (account.libraries) {
    for (const Library& library : *account.libraries) {
      const bool timed = library.opened_ns && library.mapped_ns;
      add_row(rows, builder, kLibraryRow, library.path, or_unknown(library.opened_ns),
              timed ? *library.mapped_ns - *library.opened_ns : -1, library_in_words(library));
    }
  }
  if (account.python) add_named_times(rows, builder, kImportRow, account.python->top);
  if (account.node) add_named_times(rows, builder, kModuleRow, account.node->top);
  return rows;
}

json start_of(Builder& builder, const Start& start, const std::string& at,
              const std::string& rank) {
  const auto latency = latency_ns(start.timeline);
  const std::string took = latency ? format_duration(*latency) : std::string(name(start.outcome));
  return {{"at", at},
          {"label", fmt::format("{} (trial {})", took, start.trial)},
          {"title", printable(fmt::format("{}, {}, {}: trial {}, {}{}", start.function,
                                          load_title(start.load, start.function), start.cache,
                                          start.trial, took, rank))},
          {"rows", rows_of(builder, start)}};
}

json group_of(Builder& builder, const Run& run, const Summary& summary, const ShownStarts& shown,
              bool outer, bool named_fully) {
  json starts = json::array();
  for (const PlacedStart& placed : shown.placed) {
    if (!outer && !placed.place.is_median() && !placed.place.is_outer()) continue;
    starts.push_back(
        start_of(builder, run.starts[placed.start], placed.place.name,
                 fmt::format(", {} of {} from the fastest", placed.rank, shown.usable)));
  }
  if (shown.failed) {
    const Start& start = run.starts[*shown.failed];
    starts.push_back(
        start_of(builder, start, "failed", start.message.empty() ? "" : ", " + start.message));
  }
  return {{"name", named_fully ? printable(fmt::format("{} ({}, {})", summary.function,
                                                       load_title(summary.load, summary.function),
                                                       summary.cache))
                               : printable(summary.function)},
          {"starts", std::move(starts)}};
}

// "<" could end the element, or begin a comment.
std::string for_script(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return safe;
}

PageStarts with_places(const Run& run, const std::vector<Summary>& summaries,
                       const std::vector<ShownStarts>& shown, bool outer) {
  Builder builder;
  PageStarts page;
  page.reduced = !outer;
  const bool several = std::any_of(summaries.begin(), summaries.end(), [&](const Summary& s) {
    return s.load != summaries.front().load || s.cache != summaries.front().cache;
  });
  json all = json::array();
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    json of = group_of(builder, run, summaries[i], shown[i], outer, several);
    if (of["starts"].empty()) continue;
    page.starts += of["starts"].size();
    all.push_back(std::move(of));
  }
  if (all.empty()) return {};
  page.json = for_script(builder.document(std::move(all)).dump());
  return page;
}

}  // namespace

PageStarts page_starts(const Run& run, const std::vector<Summary>& summaries,
                       std::size_t most_bytes) {
  const std::vector<ShownStarts> shown = shown_starts(run, summaries);
  PageStarts page = with_places(run, summaries, shown, true);
  return page.json.size() <= most_bytes ? page : with_places(run, summaries, shown, false);
}

}  // namespace coldstart::results
