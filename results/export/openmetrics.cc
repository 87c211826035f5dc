#include "results/export/openmetrics.h"

#include <cmath>
#include <cstdint>
#include <ctime>
#include <fmt/format.h>
#include <initializer_list>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "results/export/load_series.h"
#include "results/export/series.h"
#include "results/model/error.h"
#include "results/report/text.h"
#include "results/statistics/causes.h"

namespace coldstart::results {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

// A label's value: a backslash and a quote get a backslash; other characters that have no place in
// it are gone.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

std::string labels_text(const Labels& labels) {
  std::string text;
  for (const auto& [key, value] : labels) {
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", key, escaped(value));
  }
  return text.empty() ? text : '{' + text + '}';
}

std::string seconds(std::int64_t ns) {
  constexpr double kSecond = 1e9;
  return fmt::format("{}", static_cast<double>(ns) / kSecond);
}

// Unix time of "2026-01-01T00:00:00Z".
std::int64_t unix_time(const RunInfo& info) {
  const std::string& text = info.finished_at.empty() ? info.started_at : info.finished_at;
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') {
    throw Error("run " + std::to_string(info.id), "'" + printable(text) + "' is no time",
                "leave --timestamps out");
  }
  return timegm(&parts);
}

class Exposition {
 public:
  explicit Exposition(std::string timestamp) : timestamp_(std::move(timestamp)) {}

  void family(std::string_view name, std::string_view type, std::string_view unit,
              std::string_view help) {
    family_ = name;
    text_ += fmt::format("# TYPE {} {}\n", name, type);
    if (!unit.empty()) text_ += fmt::format("# UNIT {} {}\n", name, unit);
    text_ += fmt::format("# HELP {} {}\n", name, help);
  }
  void sample(std::string_view suffix, const Labels& labels, const std::string& value) {
    text_ += fmt::format("{}{}{} {}{}\n", family_, suffix, labels_text(labels), value, timestamp_);
  }
  std::string finish() { return std::move(text_) + "# EOF\n"; }

 private:
  std::string text_;
  std::string family_;
  std::string timestamp_;
};

Labels labels_of(const Series& series) {
  Labels labels = {{"function", series.summary.function},
                   {"load", series.summary.load},
                   {"cache", series.summary.cache}};
  if (series.function != nullptr) labels.emplace_back("runtime", series.function->runtime);
  return labels;
}

Labels with(Labels labels, std::initializer_list<std::pair<std::string_view, std::string>> more) {
  labels.insert(labels.end(), more.begin(), more.end());
  return labels;
}

void put_latencies(Exposition& out, const std::vector<Series>& all) {
  out.family("coldstart_latency_seconds", "summary", "seconds",
             "From the moment a request was due to the first byte of its answer, of cold starts.");
  for (const Series& series : all) {
    const Summary& s = series.summary;
    const Labels labels = labels_of(series);
    for (const auto& [quantile, value] :
         {std::pair("0.5", s.median_ns), std::pair("0.9", s.p90_ns), std::pair("0.99", s.p99_ns)}) {
      if (value) out.sample("", with(labels, {{"quantile", quantile}}), seconds(*value));
    }
    std::int64_t sum = 0;
    for (const std::int64_t ns : series.latencies_ns()) sum += ns;
    out.sample("_sum", labels, seconds(sum));
    out.sample("_count", labels, std::to_string(series.starts.size()));
  }
  out.family("coldstart_latency_median_bound_seconds", "gauge", "seconds",
             "The two ends of the 95 % interval of the median latency.");
  for (const Series& series : all) {
    if (const auto& interval = series.summary.median_interval) {
      out.sample("", with(labels_of(series), {{"bound", "lower"}}), seconds(interval->low));
      out.sample("", with(labels_of(series), {{"bound", "upper"}}), seconds(interval->high));
    }
  }
}

void put_phases(Exposition& out, const Run& run, const std::vector<Series>& all) {
  out.family("coldstart_phase_median_seconds", "gauge", "seconds",
             "Median length of a phase of the cold start.");
  for (const Series& series : all) {
    for (const PhaseMedian& phase : series.summary.phases) {
      out.sample("", with(labels_of(series), {{"phase", phase.name}}), seconds(phase.median_ns));
    }
  }
  const std::vector<CausesSummary> causes = summarize_causes(run);
  if (causes.empty()) return;
  out.family(
      "coldstart_phase_cause_median_seconds", "gauge", "seconds",
      "Median time of a phase by cause: on a CPU, waiting for one, for the disk, otherwise.");
  for (const Series& series : all) {
    const Summary& s = series.summary;
    for (const CausesSummary& of : causes) {
      if (of.function != s.function || of.load != s.load || of.cache != s.cache) continue;
      for (const PhaseCauseMedians& phase : of.phases) {
        for (const auto& [cause, ns] :
             {std::pair("cpu", phase.cpu_ns), std::pair("runnable", phase.runnable_ns),
              std::pair("disk", phase.disk_ns), std::pair("wait", phase.wait_ns)}) {
          out.sample("", with(labels_of(series), {{"phase", phase.phase}, {"cause", cause}}),
                     seconds(ns));
        }
      }
    }
  }
}

void put_counts(Exposition& out, const std::vector<Series>& all) {
  out.family("coldstart_starts", "gauge", "", "Cold starts of the run by outcome.");
  for (const Series& series : all) {
    const Summary& s = series.summary;
    std::map<std::string, std::size_t> counts = {{"ok", s.n}};
    for (const auto& [outcome, count] : s.failed_by) counts[std::string(name(outcome))] = count;
    // Answered, but not used.
    if (s.lost > 0) counts["lost-events"] = s.lost;
    if (s.unproven > 0) counts["unproven-cache"] = s.unproven;
    for (const auto& [outcome, count] : counts) {
      out.sample("", with(labels_of(series), {{"outcome", outcome}}), std::to_string(count));
    }
  }
}

Labels labels_of(const Run& run, const LoadSummary& summary) {
  const Function& function = run.functions.at(summary.function);
  return {{"function", function.name},
          {"load", run.loads.at(summary.load).name},
          {"runtime", function.runtime}};
}

void put_request_latencies(Exposition& out, const std::vector<LoadSeries>& all) {
  out.family("coldstart_request_latency_seconds", "summary", "seconds",
             "From the moment a request was due to the first byte of its answer, under load.");
  for (const LoadSeries& series : all) {
    const LatencySummary& latency = series.latency;
    const Labels labels = {{"function", series.function->name},
                           {"load", series.load->name},
                           {"runtime", series.function->runtime},
                           {"start", series.cold ? "cold" : "warm"}};
    for (const auto& [quantile, value] :
         {std::pair("0.5", latency.median_ns), std::pair("0.9", latency.p90_ns),
          std::pair("0.99", latency.p99_ns), std::pair("1", latency.max_ns)}) {
      if (value) out.sample("", with(labels, {{"quantile", quantile}}), seconds(*value));
    }
    out.sample("_count", labels, std::to_string(latency.n));
  }
}

// Of runs with loads that are not `cold`.
void put_loads(Exposition& out, const Run& run) {
  const std::vector<LoadSummary> all = summarize_loads(run);
  if (all.empty()) return;
  out.family("coldstart_requests", "gauge", "",
             "Requests of a load by outcome, without those of its warm-up.");
  for (const LoadSummary& s : all) {
    const Labels labels = labels_of(run, s);
    // Those that one looks for are told where they are none, too.
    std::map<std::string, std::size_t> counts = {
        {"ok", s.answered}, {"dropped", 0}, {"timeout", 0}};
    for (const auto& [outcome, count] : s.failed_by) counts[std::string(name(outcome))] = count;
    for (const auto& [outcome, count] : counts) {
      out.sample("", with(labels, {{"outcome", outcome}}), std::to_string(count));
    }
  }
  out.family("coldstart_requests_cold", "gauge", "",
             "Requests of a load that waited for the start of an instance.");
  for (const LoadSummary& s : all) {
    if (s.cold_share) out.sample("", labels_of(run, s), std::to_string(s.cold_share->part));
  }
  put_request_latencies(out, load_series_of(run, all));
  out.family("coldstart_instances_started", "gauge", "", "Instances that a load started.");
  for (const LoadSummary& s : all) {
    out.sample("", labels_of(run, s), std::to_string(s.instances));
  }
  out.family("coldstart_instances_max", "gauge", "",
             "Most instances of a load that lived at once, those that still started included.");
  for (const LoadSummary& s : all) {
    out.sample("", labels_of(run, s), std::to_string(s.max_instances));
  }
  out.family("coldstart_load_time_scale", "gauge", "",
             "By what factor the time of a load passed faster; latencies are as measured.");
  for (const Load& load : run.loads) {
    out.sample("", {{"load", load.name}, {"pattern", load.pattern}},
               fmt::format("{}", load.time_scale));
  }
}

void put_run(Exposition& out, const Run& run) {
  const RunInfo& info = run.info;
  Labels labels = {{"run", std::to_string(info.id)}};
  for (const auto& [key, value] :
       {std::pair("label", info.label), std::pair("suite", info.suite),
        std::pair("host", info.host.name), std::pair("kernel", info.host.kernel),
        std::pair("cpu", info.host.cpu), std::pair("version", info.tool_version)}) {
    if (!value.empty()) labels.emplace_back(key, value);
  }
  out.family("coldstart_run_info", "gauge", "", "Which run this is and where it was measured.");
  out.sample("", labels, "1");
  out.family("coldstart_lost_probe_events", "gauge", "", "Probe events lost in the whole run.");
  out.sample("", {}, std::to_string(info.lost_events));
}

}  // namespace

std::string export_openmetrics(const Run& run, bool timestamps) {
  const std::vector<Series> all = series_of(run);
  Exposition out(timestamps ? fmt::format(" {}", unix_time(run.info)) : std::string());
  put_run(out, run);
  put_latencies(out, all);
  put_phases(out, run, all);
  put_counts(out, all);
  put_loads(out, run);
  return out.finish();
}

}  // namespace coldstart::results
