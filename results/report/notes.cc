#include "results/report/notes.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

#include "results/model/duration.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool several_settings(const std::vector<Summary>& summaries) {
  return std::any_of(summaries.begin(), summaries.end(), [&](const Summary& s) {
    return s.load != summaries.front().load || s.cache != summaries.front().cache;
  });
}

// "cpp", or "cpp (cold, disk)" where a run has more than one load or cache state.
std::string title_of(const Summary& summary, bool with_setting) {
  return with_setting ? fmt::format("{} ({}, {})", summary.function, summary.load, summary.cache)
                      : summary.function;
}

std::vector<std::string> skipped_notes(const Run& run) {
  std::vector<std::string> notes;
  for (const Function& function : run.functions) {
    if (function.skipped) {
      notes.push_back(printable(fmt::format("{}: skipped: {}", function.name, *function.skipped)));
    }
  }
  return notes;
}

// The last one: it also says whether the function was given up.
std::string last_message(const Run& run, const Summary& summary, Outcome outcome) {
  std::string message;
  for (const Start& start : run.starts) {
    if (start.outcome == outcome && start.function == summary.function &&
        start.load == summary.load && start.cache == summary.cache) {
      message = start.message;
    }
  }
  return message;
}

// Answers that count as good and that a user may not have meant: "answered 404 in 20 of 20 starts".
std::vector<std::string> status_notes(const Run& run, const std::vector<Summary>& summaries) {
  std::vector<std::string> notes;
  const bool with_setting = several_settings(summaries);
  for (const Summary& summary : summaries) {
    std::map<int, std::size_t> counts;
    std::size_t answered = 0;
    for (const Start& start : run.starts) {
      if (start.outcome != Outcome::kOk || start.function != summary.function ||
          start.load != summary.load || start.cache != summary.cache) {
        continue;
      }
      ++answered;
      if (start.http_status && *start.http_status >= 400) ++counts[*start.http_status];
    }
    for (const auto& [status, count] : counts) {
      notes.push_back(printable(fmt::format(
          "{}: answered {} in {} of {} starts, which counts as an answer; another `path` or "
          "`expect_status` (profile: --path, --expect-status) decides otherwise",
          title_of(summary, with_setting), status, count, answered)));
    }
  }
  return notes;
}

std::vector<std::string> failure_notes(const Run& run, const std::vector<Summary>& summaries) {
  std::vector<std::string> notes;
  const bool with_setting = several_settings(summaries);
  for (const Summary& summary : summaries) {
    const std::string title = title_of(summary, with_setting);
    const std::size_t all = summary.n + summary.lost + summary.failed();
    for (const auto& [outcome, count] : summary.failed_by) {
      const std::string message = last_message(run, summary, outcome);
      notes.push_back(
          printable(fmt::format("{}: {} of {} failed: {}{}", title, count, all, name(outcome),
                                message.empty() ? "" : fmt::format(" ({})", message))));
    }
    if (summary.lost > 0) {
      notes.push_back(printable(
          fmt::format("{}: {} of {} left out: probe events were lost", title, summary.lost, all)));
    }
  }
  return notes;
}

std::vector<std::string> absent_notes(const std::vector<Summary>& summaries) {
  std::vector<std::string> notes;
  const auto any = [&](auto&& lacks) {
    return std::any_of(summaries.begin(), summaries.end(),
                       [&](const Summary& s) { return s.n > 0 && lacks(s); });
  };
  for (const Summary& summary : summaries) {
    if (summary.n > 0) continue;
    notes.push_back("no median: no start that can be used");
    break;
  }
  if (any([](const Summary& s) { return !s.median_interval; })) {
    notes.push_back("the interval needs 6 starts");
  }
  if (any([](const Summary& s) { return !s.p90_ns; })) {
    notes.push_back(fmt::format("p90 needs {} starts", kMinimumForP90));
  }
  if (any([](const Summary& s) { return !s.p99_ns; })) {
    notes.push_back(fmt::format("p99 needs {} starts", kMinimumForP99));
  }
  return notes;
}

// Which functions lack which boundaries, grouped by reason: "cpp" (all its starts), "cpp (2 of
// 30)".
std::vector<std::string> unseen_notes(const Run& run) {
  std::map<std::string, std::size_t> answered;
  std::map<std::pair<std::string, Boundary>, std::map<std::string, std::size_t>> unseen;
  for (const Start& start : run.starts) {
    if (start.outcome != Outcome::kOk) continue;  // it need not have come that far
    ++answered[start.function];
    for (std::size_t i = 0; i < kBoundaryCount; ++i) {
      const auto boundary = static_cast<Boundary>(i);
      const Mark& mark = start.timeline[boundary];
      if (boundary == Boundary::kDue || mark.at_ns || mark.absence == Absence::kNotApplicable)
        continue;
      ++unseen[{mark.reason, boundary}][start.function];
    }
  }
  // Boundaries with the same reason and the same functions share a note.
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> notes_by_reason;
  for (const auto& [key, counts] : unseen) {
    std::vector<std::string> functions;
    bool all = counts.size() == answered.size();
    for (const Function& function : run.functions) {
      const auto count = counts.find(function.name);
      if (count == counts.end()) continue;
      const std::size_t of = answered[function.name];
      const bool every = count->second == of;
      all = all && every;
      functions.push_back(every ? function.name
                                : fmt::format("{} ({} of {})", function.name, count->second, of));
    }
    const std::string where = all && answered.size() > 1 ? "all functions" : joined(functions);
    notes_by_reason[{key.first, where}].emplace_back(name(key.second));
  }
  std::vector<std::string> notes;
  for (const auto& [key, boundaries] : notes_by_reason) {
    notes.push_back(printable(fmt::format("not seen in {}: {} ({})", key.second, joined(boundaries),
                                          key.first.empty() ? "no reason recorded" : key.first)));
  }
  return notes;
}

std::string host_note(const Host& host) {
  std::vector<std::string> parts;
  for (const std::string* part : {&host.name, &host.os}) {
    if (!part->empty()) parts.push_back(*part);
  }
  if (!host.kernel.empty()) parts.push_back("kernel " + host.kernel);
  if (!host.cpu.empty()) parts.push_back(host.cpu);
  if (host.cpus > 0) parts.push_back(fmt::format("{} CPU{}", host.cpus, host.cpus == 1 ? "" : "s"));
  if (host.memory_bytes > 0) {
    constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
    parts.push_back(fmt::format("{:.1f} GiB", static_cast<double>(host.memory_bytes) / kGiB));
  }
  return "host: " + (parts.empty() ? "not recorded" : joined(parts));
}

void add_probe_notes(const Run& run, std::vector<std::string>& notes) {
  std::vector<std::string> on;
  for (const Tier& tier : run.info.tiers) {
    if (tier.on) on.push_back(tier.name);
  }
  notes.push_back(printable(fmt::format("probes on: {}; lost events: {}",
                                        on.empty() ? "none" : joined(on), run.info.lost_events)));
  for (const Tier& tier : run.info.tiers) {
    if (tier.on) continue;
    notes.push_back(printable(fmt::format("probes off: {}{}{}", tier.name,
                                          tier.reason.empty() ? "" : ": " + tier.reason,
                                          tier.remedy.empty() ? "" : "; " + tier.remedy)));
  }
  std::set<std::int64_t> intervals;
  for (const Start& start : run.starts) {
    if (start.readiness_poll_ns) intervals.insert(*start.readiness_poll_ns);
  }
  if (!intervals.empty()) {
    notes.push_back(
        fmt::format("readiness was polled every {}: latency may include that much waiting",
                    format_duration(*intervals.rbegin())));
  }
}

std::vector<std::string> condition_notes(const Run& run, const std::vector<Summary>& summaries) {
  const RunInfo& info = run.info;
  std::vector<std::string> notes;
  notes.push_back(
      "measured: due (the load wants the request) → responded (the client has the first byte of "
      "the "
      "answer)");
  std::vector<std::string> settings;
  for (const Summary& summary : summaries) {
    std::string setting = fmt::format("load {}, cache {}", summary.load, summary.cache);
    if (std::find(settings.begin(), settings.end(), setting) == settings.end()) {
      settings.push_back(std::move(setting));
    }
  }
  if (!settings.empty()) notes.push_back(printable(joined(settings)));
  notes.push_back(printable(fmt::format(
      "run{}{}{}, started {}, {}, seed {}{}", info.id > 0 ? fmt::format(" {}", info.id) : "",
      info.label.empty() ? "" : fmt::format(" ({})", info.label),
      info.suite.empty() ? "" : fmt::format(" of {}", info.suite), info.started_at,
      info.finished_at.empty() ? "interrupted" : "finished " + info.finished_at, info.seed,
      info.tool_version.empty() ? "" : ", coldstart " + info.tool_version)));
  notes.push_back(printable(host_note(info.host)));
  add_probe_notes(run, notes);
  for (const Function& function : run.functions) {
    if (!function.version.empty() && !function.skipped) {
      notes.push_back(printable(fmt::format("{}: {}", function.name, function.version)));
    }
  }
  for (std::string& note : status_notes(run, summaries)) notes.push_back(std::move(note));
  if (!info.command_line.empty()) notes.push_back(printable("repeat: " + info.command_line));
  return notes;
}

}  // namespace

Notes notes_of(const Run& run, const std::vector<Summary>& summaries) {
  return {skipped_notes(run), failure_notes(run, summaries), absent_notes(summaries),
          unseen_notes(run), condition_notes(run, summaries)};
}

}  // namespace coldstart::results
