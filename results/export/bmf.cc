#include "results/export/bmf.h"

#include <nlohmann/json.hpp>

#include "results/export/series.h"
#include "results/model/error.h"

namespace coldstart::results {

std::string export_bmf(const Run& run) {
  using Json = nlohmann::ordered_json;
  constexpr std::size_t kLongestName = 1024;
  Json document = Json::object();
  for (const Series& series : series_of(run)) {
    const Summary& summary = series.summary;
    if (!summary.median_ns) continue;
    if (series.name.size() > kLongestName) {
      throw Error(series.name.substr(0, 40) + "…", "is longer than the 1,024 bytes of Bencher",
                  "give the function a shorter name");
    }
    Json latency = {{"value", *summary.median_ns}};
    if (summary.median_interval) {
      latency["lower_value"] = summary.median_interval->low;
      latency["upper_value"] = summary.median_interval->high;
    }
    Json measures = {{"latency", std::move(latency)}};
    if (summary.p90_ns) measures["latency-p90"] = {{"value", *summary.p90_ns}};
    for (const PhaseMedian& phase : summary.phases) {
      measures["phase-" + phase.name] = {{"value", phase.median_ns}};
    }
    document[series.name] = std::move(measures);
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace coldstart::results
