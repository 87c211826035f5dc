#include "results/report/notes.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <utility>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/limits_note.h"
#include "results/report/load_parameters.h"
#include "results/report/noise_notes.h"
#include "results/report/reasons.h"
#include "results/report/text.h"
#include "results/statistics/load_summary.h"

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
  return with_setting ? fmt::format("{} ({}, {})", summary.function,
                                    load_title(summary.load, summary.function), summary.cache)
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
    if (start.outcome == outcome && !start.warmup && start.function == summary.function &&
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
      if (start.outcome != Outcome::kOk || start.warmup || start.function != summary.function ||
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

std::string first_unproven_reason(const Run& run, const Summary& summary) {
  for (const Start& start : run.starts) {
    const auto& proof = start.account.cache;
    if (proof && !proof->proven && !proof->reason.empty() && start.outcome == Outcome::kOk &&
        !start.warmup && start.function == summary.function && start.load == summary.load &&
        start.cache == summary.cache) {
      return proof->reason;
    }
  }
  return "";
}

std::vector<std::string> failure_notes(const Run& run, const std::vector<Summary>& summaries) {
  std::vector<std::string> notes;
  const bool with_setting = several_settings(summaries);
  if (std::any_of(summaries.begin(), summaries.end(),
                  [](const Summary& s) { return s.disturbed; })) {
    notes.emplace_back(kDisturbedNote);
  }
  for (const Summary& summary : summaries) {
    for (std::string& note : left_out_notes(run, summary, with_setting)) {
      notes.push_back(std::move(note));
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
    notes.emplace_back("no median: no start that can be used");
    break;
  }
  if (any([](const Summary& s) { return !s.median_interval; })) {
    notes.emplace_back("the interval needs 6 starts");
  }
  if (any([](const Summary& s) { return !s.p90_ns; })) {
    notes.push_back(fmt::format("p90 needs {} starts", kMinimumForP90));
  }
  if (any([](const Summary& s) { return !s.p99_ns; })) {
    notes.push_back(fmt::format("p99 needs {} starts", kMinimumForP99));
  }
  return notes;
}

/// What a start lacks: a boundary (by its place in the order), or a part of the account (after
/// them).
using Missing = std::pair<std::size_t, std::string>;

std::string part_in_words(const std::string& part) {
  if (part == "causes") return "why the time passed";
  if (part == "sandbox") return "the steps of the sandbox";
  if (part == "jvm") return "what the JVM did";
  if (part == "python") return "imports";
  if (part == "node") return "modules";
  if (part == "kernel_waits") return "what waits in the kernel were for";
  if (part == "cache" || part == "cache_proof") return "proof of the cache state";
  return part;
}

std::vector<std::pair<Missing, std::string>> missing_of(const Start& start) {
  std::vector<std::pair<Missing, std::string>> missing;  // what, reason
  for (std::size_t i = 1; i < kBoundaryCount; ++i) {
    const auto boundary = static_cast<Boundary>(i);
    const Mark& mark = start.timeline[boundary];
    if (mark.at_ns || mark.absence == Absence::kNotApplicable) continue;
    missing.push_back({{i, std::string(name(boundary))}, mark.reason});
  }
  for (const auto& [part, reason] : start.account.absent) {
    // By design: under load nothing is evicted or read in.
    if (part == "cache" && start.cache == "as-found") continue;
    missing.push_back({{kBoundaryCount, part_in_words(part)}, reason});
  }
  return missing;
}

// Which functions lack what, grouped by reason: "cpp" (all its starts), "cpp (2 of 30)".
std::vector<std::string> unseen_notes(const Run& run) {
  std::map<std::string, std::size_t> answered;
  std::map<std::pair<std::string, Missing>, std::map<std::string, std::size_t>> unseen;
  for (const Start& start : run.starts) {
    if (start.outcome != Outcome::kOk) continue;  // it need not have come that far
    ++answered[start.function];
    for (const auto& [what, reason] : missing_of(start)) ++unseen[{reason, what}][start.function];
  }
  // What lacks for the same reason in the same functions shares a note.
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
    notes_by_reason[{key.first, where}].push_back(key.second.second);
  }
  std::vector<std::string> notes;
  for (const auto& [key, what] : notes_by_reason) {
    notes.push_back(printable(
        fmt::format("not seen in {}: {} ({})", key.second, joined(what),
                    key.first.empty() ? "no reason recorded" : in_plain_words(key.first))));
  }
  return notes;
}

// Functions of a trace that were driven, and for which no request was due in that time.
std::string idle_note(const Run& run) {
  std::set<std::uint32_t> with_requests;
  for (const Invocation& request : run.invocations) with_requests.insert(request.function);
  std::vector<std::string> idle;
  for (std::size_t i = 0; i < run.functions.size(); ++i) {
    const Function& function = run.functions[i];
    if (function.sweep_key != "trace" || with_requests.contains(static_cast<std::uint32_t>(i))) {
      continue;
    }
    idle.push_back(function.name);
  }
  if (idle.empty()) return {};
  constexpr std::size_t kNamed = 5;
  const std::size_t more = idle.size() - std::min(idle.size(), kNamed);
  idle.resize(std::min(idle.size(), kNamed));
  return printable(fmt::format("no request was due for {} of the trace's functions: {}{}",
                               idle.size() + more, joined(idle),
                               more > 0 ? fmt::format(" and {} more", more) : std::string()));
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
  const auto sampled = std::find_if(run.starts.begin(), run.starts.end(),
                                    [](const Start& start) { return start.stacks.has_value(); });
  if (sampled != run.starts.end()) {
    notes.push_back(
        fmt::format("stacks: sampled {} times a second on each CPU, which slows the starts: do not "
                    "compare them with those of runs without",
                    format_count(sampled->stacks->rate_hz)));
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

std::string tiers_in_words(const std::string& tiers) {
  if (tiers.empty()) return "the launcher alone";
  if (tiers == "all") return "all tiers";
  return (tiers.find(',') == std::string::npos ? "tier " : "tiers ") + tiers;
}

std::string overhead_in_words(const Overhead& overhead) {
  std::string text =
      fmt::format("{}, {} {:.3f}", overhead.what, tiers_in_words(overhead.tiers), overhead.ratio);
  if (overhead.low && overhead.high) {
    text += fmt::format(" ({:.3f}–{:.3f})", *overhead.low, *overhead.high);
  }
  return text;
}

// What was measured on one day with as many pairs shares a note.
void add_overhead_notes(const RunInfo& info, std::vector<std::string>& notes) {
  if (info.overheads.empty()) {
    notes.emplace_back("our cost was never measured here; coldstart doctor --overhead");
    return;
  }
  std::vector<std::pair<std::string, std::string>> by_measurement;
  for (const Overhead& overhead : info.overheads) {
    const std::string when =
        fmt::format("our cost, measured {} ({} pair{})", overhead.measured_at.substr(0, 10),
                    overhead.pairs, overhead.pairs == 1 ? "" : "s");
    auto same = std::find_if(by_measurement.begin(), by_measurement.end(),
                             [&](const auto& entry) { return entry.first == when; });
    if (same == by_measurement.end()) {
      by_measurement.emplace_back(when, overhead_in_words(overhead));
    } else {
      same->second += "; " + overhead_in_words(overhead);
    }
  }
  for (const auto& [when, what] : by_measurement) {
    notes.push_back(printable(fmt::format("{}: {}", when, what)));
  }
}

// Where the clock starts and stops, by the contracts of the run.
std::string measured_note(const Run& run) {
  const auto is_exec = [](const Function& f) { return f.contract == "exec"; };
  const auto exec = std::count_if(run.functions.begin(), run.functions.end(), is_exec);
  const bool all = exec > 0 && exec == static_cast<std::ptrdiff_t>(run.functions.size());
  std::string note =
      fmt::format("measured: due (the load wants the {}) → responded (the client has {}",
                  all ? "call" : "request", end_of_clock(all ? "exec" : "http"));
  if (exec > 0 && !all) note += "; of `exec` functions: " + end_of_clock("exec");
  return note + ")";
}

// Functions of several contracts do not compare.
bool several_contracts(const Run& run, const std::vector<Summary>& summaries) {
  std::set<std::string> contracts;
  for (const Summary& summary : summaries) contracts.insert(contract_of(run, summary.function));
  return contracts.size() > 1;
}

std::vector<std::string> condition_notes(const Run& run, const std::vector<Summary>& summaries) {
  const RunInfo& info = run.info;
  std::vector<std::string> notes;
  notes.push_back(measured_note(run));
  if (several_contracts(run, summaries)) {
    notes.emplace_back("ratio: to the fastest function of the same contract");
  }
  std::vector<std::string> settings;
  for (const Summary& summary : summaries) {
    std::string setting =
        fmt::format("load {}, cache {}", load_title(summary.load, summary.function), summary.cache);
    if (std::find(settings.begin(), settings.end(), setting) == settings.end()) {
      settings.push_back(std::move(setting));
    }
  }
  if (!settings.empty()) notes.push_back(printable(fmt::format("{}", fmt::join(settings, "; "))));
  notes.push_back(printable(fmt::format(
      "run{}{}{}, started {}, {}, seed {}{}", info.id > 0 ? fmt::format(" {}", info.id) : "",
      info.label.empty() ? "" : fmt::format(" ({})", info.label),
      info.suite.empty() ? "" : fmt::format(" of {}", info.suite), info.started_at,
      info.finished_at.empty() ? "interrupted" : "finished " + info.finished_at, info.seed,
      info.tool_version.empty() ? "" : ", coldstart " + info.tool_version)));
  notes.push_back(printable(host_note(info.host)));
  add_probe_notes(run, notes);
  add_overhead_notes(info, notes);
  for (const Function& function : run.functions) {
    if (!function.version.empty() && !function.skipped) {
      notes.push_back(printable(fmt::format("{}: {}", function.name, function.version)));
    }
  }
  for (const Load& load : run.loads) {
    // Others have a section of their own.
    if (load.pattern != "cold") continue;
    std::string words = load_parameters_in_words(load);
    if (const std::int64_t warmup = warmup_ns(load); warmup > 0) {
      words += (words.empty() ? "warm-up " : ", warm-up ") + format_duration(warmup);
    }
    if (!words.empty()) notes.push_back(fmt::format("load {}: {}", printable(load.name), words));
  }
  if (std::string idle = idle_note(run); !idle.empty()) notes.push_back(std::move(idle));
  if (std::string limits = limits_note(run); !limits.empty()) notes.push_back(std::move(limits));
  for (std::string& note : status_notes(run, summaries)) notes.push_back(std::move(note));
  for (std::string& note : noise_notes(run, summaries)) notes.push_back(std::move(note));
  if (!info.command_line.empty()) notes.push_back(printable("repeat: " + info.command_line));
  return notes;
}

}  // namespace

std::vector<std::string> left_out_notes(const Run& run, const Summary& summary, bool with_setting) {
  std::vector<std::string> notes;
  const std::string title = title_of(summary, with_setting);
  const std::size_t all = summary.n + summary.lost + summary.unproven + summary.failed();
  for (const auto& [outcome, count] : summary.failed_by) {
    const std::string message = last_message(run, summary, outcome);
    notes.push_back(
        printable(fmt::format("{}: {} of {} failed: {}{}", title, count, all, name(outcome),
                              message.empty() ? "" : fmt::format(" ({})", message))));
  }
  if (summary.warmup > 0) {
    notes.push_back(printable(fmt::format("{}: {} start{} in the warm-up left out", title,
                                          summary.warmup, summary.warmup == 1 ? "" : "s")));
  }
  if (summary.lost > 0) {
    notes.push_back(printable(
        fmt::format("{}: {} of {} left out: probe events were lost", title, summary.lost, all)));
  }
  if (summary.unproven > 0) {
    const std::string reason = first_unproven_reason(run, summary);
    notes.push_back(printable(fmt::format(
        "{}: {} of {} left out: the cache state {} was not proven{}", title, summary.unproven, all,
        summary.cache, reason.empty() ? "" : fmt::format(" ({})", reason))));
  }
  return notes;
}

Notes notes_of(const Run& run, const std::vector<Summary>& summaries) {
  return {skipped_notes(run), failure_notes(run, summaries), absent_notes(summaries),
          unseen_notes(run), condition_notes(run, summaries)};
}

}  // namespace coldstart::results
