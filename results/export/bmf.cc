#include "results/export/bmf.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/export/load_series.h"
#include "results/export/series.h"
#include "results/model/error.h"
#include "results/report/cells.h"

namespace coldstart::results {

namespace {

using Json = nlohmann::ordered_json;

void check_name(const std::string& name) {
  constexpr std::size_t kLongestName = 1024;
  if (name.size() <= kLongestName) return;
  throw Error(name.substr(0, 40) + "…", "is longer than the 1,024 bytes of Bencher",
              "give the function a shorter name");
}

Json latency_of(std::int64_t median_ns, const std::optional<Interval>& interval) {
  Json latency = {{"value", median_ns}};
  if (interval) {
    latency["lower_value"] = interval->low;
    latency["upper_value"] = interval->high;
  }
  return latency;
}

}  // namespace

std::string export_bmf(const Run& run) {
  Json document = Json::object();
  for (const Series& series : series_of(run)) {
    const Summary& summary = series.summary;
    if (!summary.median_ns) continue;
    const std::string name = series.name + time_scale_suffix(summary.time_scale);
    check_name(name);
    Json measures = {{"latency", latency_of(*summary.median_ns, summary.median_interval)}};
    if (summary.p90_ns) measures["latency-p90"] = {{"value", *summary.p90_ns}};
    for (const PhaseMedian& phase : summary.phases) {
      measures["phase-" + phase.name] = {{"value", phase.median_ns}};
    }
    document[name] = std::move(measures);
  }
  for (const LoadSeries& series : load_series_of(run, summarize_loads(run))) {
    const LatencySummary& latency = series.latency;
    const std::string name = series.name + time_scale_suffix(series.load->time_scale);
    check_name(name);
    Json measures = {{"latency", latency_of(*latency.median_ns, latency.median_interval)}};
    if (latency.p90_ns) measures["latency-p90"] = {{"value", *latency.p90_ns}};
    if (latency.p99_ns) measures["latency-p99"] = {{"value", *latency.p99_ns}};
    document[name] = std::move(measures);
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace coldstart::results
