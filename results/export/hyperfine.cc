#include "results/export/hyperfine.h"

#include <cmath>
#include <fmt/format.h>
#include <vector>

#include <nlohmann/json.hpp>

#include "results/export/json_put.h"
#include "results/export/series.h"
#include "results/report/cells.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kSecond = 1e9;

double seconds(std::int64_t ns) { return static_cast<double>(ns) / kSecond; }

// What a sweep varied, as hyperfine writes the value of a parameter: as text. plot_parametrized.py
// wants one of them, and its name becomes the name of the axis.
Json parameters_of(const Series& series) {
  Json parameters = Json::object();
  if (series.function == nullptr) return parameters;
  const Function& function = *series.function;
  constexpr double kMebibyte = 1 << 20;
  if (function.sweep_key == "memory" && function.limits.memory_bytes) {
    parameters["memory_mib"] =
        fmt::format("{:g}", static_cast<double>(*function.limits.memory_bytes) / kMebibyte);
  }
  if (function.sweep_key == "cpus" && function.limits.cpus) {
    parameters["cpus"] = fmt::format("{:g}", *function.limits.cpus);
  }
  return parameters;
}

Json result_of(const Series& series) {
  const std::vector<std::int64_t> latencies = series.latencies_ns();
  const auto n = static_cast<double>(latencies.size());
  double sum = 0;
  for (const std::int64_t ns : latencies) sum += static_cast<double>(ns);
  const double mean = sum / n;
  double squares = 0;
  for (const std::int64_t ns : latencies) squares += std::pow(static_cast<double>(ns) - mean, 2);

  Json times = Json::array();
  Json exit_codes = Json::array();
  for (std::size_t i = 0; i < latencies.size(); ++i) {
    times.push_back(seconds(latencies[i]));
    const auto& status = series.starts[i]->exit_status;
    exit_codes.push_back(status ? Json(*status) : Json());
  }
  Json json = {
      {"command", series.name + time_scale_suffix(series.summary.time_scale)},
      {"mean", mean / kSecond},
      {"stddev", latencies.size() > 1 ? Json(std::sqrt(squares / (n - 1)) / kSecond) : Json()},
      {"median", seconds(*series.summary.median_ns)},
      {"user", nullptr},
      {"system", nullptr},
      {"min", seconds(*series.summary.min_ns)},
      {"max", seconds(*series.summary.max_ns)},
      {"times", std::move(times)},
      {"exit_codes", std::move(exit_codes)}};
  put_object(json, "parameters", parameters_of(series));
  return json;
}

}  // namespace

std::string export_hyperfine(const Run& run) {
  Json results = Json::array();
  for (const Series& series : series_of(run)) {
    if (!series.starts.empty()) results.push_back(result_of(series));
  }
  const Json document = {{"results", std::move(results)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace coldstart::results
