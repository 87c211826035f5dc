#include "results/export/google_benchmark.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "results/export/json_put.h"
#include "results/export/load_series.h"
#include "results/export/series.h"
#include "results/statistics/quantile.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

// What stands for a CPU time that was not measured, where a reader insists on a number. There is no
// such time: nobody takes it for one, and compare.py cannot make a mean of it.
constexpr double kNotMeasured = -1;

bool all_have_cpu_time(const std::vector<Series>& all) {
  return std::all_of(all.begin(), all.end(), [](const Series& series) {
    return std::all_of(series.starts.begin(), series.starts.end(),
                       [](const Start* start) { return cpu_time_ns(*start).has_value(); });
  });
}

Json context_of(const Run& run, const std::vector<Series>& all,
                const std::vector<LoadSummary>& loads, Repetitions repetitions) {
  Json context = {{"date", run.info.started_at},
                  {"host_name", run.info.host.name},
                  {"executable", tool_name(run)}};
  if (run.info.host.cpus > 0) context["num_cpus"] = run.info.host.cpus;
  // Readers want the keys; what they would hold was not measured.
  context["caches"] = Json::array();
  context["load_avg"] = Json::array();
  context["library_build_type"] = "release";
  context["json_schema_version"] = 1;
  put(context, "label", run.info.label);
  put(context, "suite", run.info.suite);
  put(context, "kernel", run.info.host.kernel);
  put(context, "cpu", run.info.host.cpu);
  const bool have_all = all_have_cpu_time(all);
  if (!have_all || !loads.empty()) {
    context["cpu_time"] =
        std::string(repetitions == Repetitions::kMedian ? "left out where it was not measured: "
                                                        : "-1 where it was not measured: ") +
        (have_all ? "of requests under load" : "tier cpu was off");
  }
  Json scales = Json::object();
  for (const Load& load : run.loads) {
    if (load.time_scale != 1) scales[load.name] = load.time_scale;
  }
  put_object(context, "time_scale", std::move(scales));
  Json left_out = Json::object();
  for (const Series& series : all) {
    if (series.left_out > 0) left_out[series.name] = series.left_out;
  }
  for (const LoadSummary& load : loads) {
    const std::size_t missing = load.warmup + load.invocations - load.answered;
    if (missing > 0) left_out[requests_name(run, load)] = missing;
  }
  put_object(context, "left_out", std::move(left_out));
  return context;
}

Json row(const std::string& name, std::size_t family, const char* run_type, std::size_t repetitions,
         double real_time, std::optional<double> cpu_time) {
  Json json = {{"name", name},          {"family_index", family}, {"per_family_instance_index", 0},
               {"run_name", name},      {"run_type", run_type},   {"repetitions", repetitions},
               {"repetition_index", 0}, {"threads", 1},           {"iterations", 1},
               {"real_time", real_time}};
  put(json, "cpu_time", cpu_time);
  json["time_unit"] = "ns";
  return json;
}

std::optional<double> median_cpu_time(const Series& series) {
  std::vector<std::int64_t> times;
  for (const Start* start : series.starts) {
    if (const auto time = cpu_time_ns(*start)) times.push_back(*time);
  }
  std::sort(times.begin(), times.end());
  if (times.empty()) return std::nullopt;
  return quantile(times, 0.5);
}

}  // namespace

std::string export_google_benchmark(const Run& run, Repetitions repetitions) {
  const std::vector<Series> all = series_of(run);
  const std::vector<LoadSummary> loads = summarize_loads(run);
  Json rows = Json::array();
  for (std::size_t family = 0; family < all.size(); ++family) {
    const Series& series = all[family];
    if (series.starts.empty()) continue;
    if (repetitions == Repetitions::kMedian) {
      // One plain row: an "aggregate" would be left out by readers that want measurements.
      rows.push_back(row(series.name, family, "iteration", 1,
                         static_cast<double>(*series.summary.median_ns), median_cpu_time(series)));
      rows.back()["iterations"] = series.starts.size();
      continue;
    }
    for (std::size_t i = 0; i < series.starts.size(); ++i) {
      const Start& start = *series.starts[i];
      const auto cpu_time = cpu_time_ns(start);
      rows.push_back(row(series.name, family, "iteration", series.starts.size(),
                         static_cast<double>(*latency_ns(start.timeline)),
                         cpu_time ? static_cast<double>(*cpu_time) : kNotMeasured));
      rows.back()["repetition_index"] = i;
    }
  }
  std::size_t family = all.size();
  const std::optional<double> no_cpu_time =
      repetitions == Repetitions::kEach ? std::optional(kNotMeasured) : std::nullopt;
  for (const LoadSeries& series : load_series_of(run, loads)) {
    for (const auto& [suffix, value] :
         {std::pair("", series.latency.median_ns), std::pair("/p99", series.latency.p99_ns)}) {
      if (!value) continue;
      rows.push_back(row(series.name + suffix, family++, "iteration", 1,
                         static_cast<double>(*value), no_cpu_time));
      rows.back()["iterations"] = series.latency.n;
    }
  }
  const Json document = {{"context", context_of(run, all, loads, repetitions)},
                         {"benchmarks", std::move(rows)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace coldstart::results
