#include "results/export/json.h"

#include <fmt/format.h>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/export/account_json.h"
#include "results/export/json_put.h"
#include "results/export/load_json.h"
#include "results/export/overhead_json.h"
#include "results/export/stacks_json.h"
#include "results/statistics/disturbed_starts.h"
#include "results/statistics/summary.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

// "on" / "off: reason", "unseen: reason": a state, and a reason if there is one.
std::string with_reason(std::string_view state, const std::string& reason) {
  return reason.empty() ? std::string(state) : fmt::format("{}: {}", state, reason);
}

Json host_json(const Host& host) {
  Json json = Json::object();
  put(json, "name", host.name);
  put(json, "kernel", host.kernel);
  put(json, "os", host.os);
  put(json, "cpu", host.cpu);
  if (host.cpus > 0) json["cpus"] = host.cpus;
  if (host.memory_bytes > 0) json["memory_bytes"] = host.memory_bytes;
  return json;
}

Json probes_json(const RunInfo& info) {
  Json tiers = Json::object();
  Json remedies = Json::object();
  for (const Tier& tier : info.tiers) {
    tiers[tier.name] = with_reason(tier.on ? "on" : "off", tier.reason);
    if (!tier.remedy.empty()) remedies[tier.name] = tier.remedy;
  }
  Json json = Json::object();
  put_object(json, "tiers", std::move(tiers));
  put_object(json, "remedies", std::move(remedies));
  json["lost_events"] = info.lost_events;
  return json;
}

Json run_json(const RunInfo& info) {
  Json json = Json::object();
  json["id"] = info.id;
  put(json, "label", info.label);
  put(json, "suite", info.suite);
  json["started_at"] = info.started_at;
  put(json, "finished_at", info.finished_at);
  put(json, "verdict", info.verdict);
  json["seed"] = info.seed;
  put(json, "tool_version", info.tool_version);
  put(json, "command_line", info.command_line);
  put_object(json, "host", host_json(info.host));
  json["probes"] = probes_json(info);
  put_object(json, "overhead", overheads_json(info.overheads));
  return json;
}

Json function_json(const Function& function) {
  Json json = {{"name", function.name}, {"runtime", function.runtime}};
  put(json, "contract", function.contract);
  if (!function.command.empty()) json["command"] = function.command;
  put(json, "version", function.version);
  put(json, "skipped", function.skipped);
  put_limits(json, function);
  return json;
}

Json start_json(const Start& start) {
  Json json = {{"function", start.function},    {"load", start.load},
               {"cache", start.cache},          {"trial", start.trial},
               {"order", start.order},          {"instance", start.instance},
               {"outcome", name(start.outcome)}};
  if (is_disturbed(start.load, start.function)) json["disturbed"] = true;
  put(json, "message", start.message);
  json["due_ns"] = start.due_ns;
  put(json, "latency_ns", latency_ns(start.timeline));

  Json boundaries = Json::object();
  Json absent = Json::object();
  for (std::size_t i = 0; i < kBoundaryCount; ++i) {
    const auto boundary = static_cast<Boundary>(i);
    const Mark& mark = start.timeline[boundary];
    const std::string key(name(boundary));
    if (boundary == Boundary::kDue) {
      boundaries[key] = 0;
    } else if (mark.at_ns) {
      boundaries[key] = *mark.at_ns;
    } else if (mark.absence == Absence::kNotApplicable) {
      absent[key] = with_reason("not applicable", mark.reason);
    } else if (!mark.reason.empty()) {
      absent[key] = with_reason("unseen", mark.reason);
    }
  }
  json["boundaries"] = std::move(boundaries);
  put_object(json, "absent", std::move(absent));

  Json phases = Json::object();
  for (const PhaseSpan& span : phases_of(start.timeline)) phases[span.name()] = span.length_ns();
  put_object(json, "phases", std::move(phases));

  json["lost_events"] = start.lost_events;
  put(json, "in_flight", start.in_flight);
  if (start.warmup) json["warmup"] = true;
  put(json, "readiness_poll_ns", start.readiness_poll_ns);
  put(json, "connect_retries", start.connect_retries);
  put(json, "pid", start.pid);
  put(json, "port", start.port);
  put(json, "http_status", start.http_status);
  put(json, "exit_status", start.exit_status);
  put(json, "exit_signal", start.exit_signal);
  put_account(json, start.account);
  if (start.stacks) json["stacks"] = stacks_json(*start.stacks);
  return json;
}

Json summary_json(const Summary& summary) {
  Json json = {{"function", summary.function},
               {"load", summary.load},
               {"cache", summary.cache},
               {"n", summary.n},
               {"failed", summary.failed()}};
  if (summary.disturbed) json["disturbed"] = true;
  Json failed_by = Json::object();
  for (const auto& [outcome, count] : summary.failed_by)
    failed_by[std::string(name(outcome))] = count;
  put_object(json, "failed_by", std::move(failed_by));
  if (summary.lost > 0) json["lost"] = summary.lost;
  if (summary.unproven > 0) json["unproven"] = summary.unproven;
  put(json, "median_ns", summary.median_ns);
  if (const auto& interval = summary.median_interval) {
    json["median_ci95_ns"] = {interval->low, interval->high};
  }
  put(json, "p90_ns", summary.p90_ns);
  put(json, "p99_ns", summary.p99_ns);
  put(json, "min_ns", summary.min_ns);
  put(json, "max_ns", summary.max_ns);
  put(json, "ratio", summary.ratio);
  Json phases = Json::object();
  for (const PhaseMedian& phase : summary.phases) phases[phase.name] = phase.median_ns;
  put_object(json, "phase_medians_ns", std::move(phases));
  return json;
}

/// Writes an object member by member, and of large arrays a line an element: never all of it as one
/// tree or one text, which would take a gigabyte for a million of them.
class Document {
 public:
  explicit Document(const TextSink& sink) : sink_(sink) {}

  void put(const char* key, const Json& value) {
    begin(key);
    buffer_ += text_of(value);
  }

  template <typename Elements, typename ToText>
  void put_lines(const char* key, const Elements& elements, ToText to_text) {
    begin(key);
    const char* separator = "[\n";
    for (const auto& element : elements) {
      buffer_ += separator + to_text(element);
      separator = ",\n";
      constexpr std::size_t kEnough = 1 << 16;
      if (buffer_.size() >= kEnough) flush();
    }
    buffer_ += elements.empty() ? "[]" : "\n]";
  }

  void end() {
    buffer_ += "}\n";
    flush();
  }

  static std::string text_of(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

 private:
  void begin(const char* key) {
    buffer_ += fmt::format("{}\"{}\": ", begun_ ? ",\n" : "{", key);
    begun_ = true;
  }
  void flush() {
    sink_(buffer_);
    buffer_.clear();
  }

  const TextSink& sink_;
  std::string buffer_;
  bool begun_ = false;
};

}  // namespace

void export_json(const Run& run, const TextSink& sink) {
  const auto line_of = [](auto to_json) {
    return [=](const auto& element) { return Document::text_of(to_json(element)); };
  };
  Document document(sink);
  document.put("schema", "coldstart.run/1");
  document.put("run", run_json(run.info));
  document.put_lines("functions", run.functions, line_of(function_json));
  if (!run.loads.empty()) document.put("loads", loads_json(run.loads));
  document.put_lines("starts", run.starts, line_of(start_json));
  const auto line_of_life = [&](const InstanceLife& life) {
    return Document::text_of(instance_json(run, life));
  };
  if (!run.instances.empty()) document.put_lines("instances", run.instances, line_of_life);
  document.put_lines("summary", summarize(run), line_of(summary_json));
  const auto line_of_invocation = [&](const Invocation& invocation) {
    return invocation_line(run, invocation);
  };
  if (!run.invocations.empty()) {
    document.put_lines("invocations", run.invocations, line_of_invocation);
  }
  document.end();
}

std::string export_json(const Run& run) {
  std::string text;
  export_json(run, [&](std::string_view part) { text += part; });
  return text;
}

}  // namespace coldstart::results
