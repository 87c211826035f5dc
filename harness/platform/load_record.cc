#include "harness/platform/load_record.h"

#include <chrono>
#include <variant>

#include <nlohmann/json.hpp>

namespace coldstart::harness {
namespace {

using nlohmann::json;

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

struct Keys {
  json operator()(const ColdPattern& /*pattern*/) const { return json::object(); }
  json operator()(const ClosedPattern& p) const {
    return {{"clients", p.clients}, {"think_s", seconds(p.think)}};
  }
  json operator()(const ConstantPattern& p) const {
    return {{"rate", p.rate}, {"spacing", name(p.spacing)}};
  }
  json operator()(const StagesPattern& p) const {
    json stages = json::array();
    for (const Stage& stage : p.stages) {
      stages.push_back(
          {{"from", stage.from}, {"to", stage.to}, {"duration_s", seconds(stage.duration)}});
    }
    return {{"stages", stages}, {"spacing", name(p.spacing)}};
  }
  json operator()(const BurstPattern& p) const {
    return {{"sizes", p.sizes}, {"interval_s", seconds(p.interval)}, {"count", p.count}};
  }
  json operator()(const OnOffPattern& p) const {
    return {{"rate", p.rate},
            {"on_s", seconds(p.on)},
            {"off_s", seconds(p.off)},
            {"spacing", name(p.spacing)}};
  }
  json operator()(const SinePattern& p) const {
    return {{"mean", p.mean},
            {"amplitude", p.amplitude},
            {"period_s", seconds(p.period)},
            {"spacing", name(p.spacing)}};
  }
  json operator()(const CronPattern& p) const { return {{"expression", p.expression}}; }
  json operator()(const ListPattern& p) const {
    json times = json::array();
    for (const auto time : p.times) times.push_back(seconds(time));
    return {{"times_s", times}};
  }
  json operator()(const TracePattern& p) const {
    json keys = {{"file", p.file.filename().string()}, {"format", name(p.format)}};
    if (p.format == TraceFormat::kAzure2019) keys["spread"] = name(p.spread);
    if (!p.durations.empty()) keys["durations"] = p.durations.filename().string();
    return keys;
  }
};

}  // namespace

Load describe_load(const LoadSpec& load) {
  json keys = std::visit(Keys{}, load.pattern);
  if (load.seed) keys["seed"] = *load.seed;
  if (load.duration) keys["duration_s"] = seconds(*load.duration);
  if (load.max_in_flight) {
    keys["max_in_flight"] = *load.max_in_flight;
    keys["overflow"] = load.overflow == Overflow::kDrop ? "drop" : "queue";
  }
  if (load.timeout) keys["timeout_s"] = seconds(*load.timeout);
  if (load.warmup.count() > 0) keys["warmup_s"] = seconds(load.warmup);
  if (load.together) keys["together"] = true;
  if (load.parallel) keys["parallel"] = *load.parallel;
  Load record;
  record.name = load.name;
  record.pattern = pattern_name(load.pattern);
  record.parameters = keys.dump();
  record.time_scale = load.time_scale;
  return record;
}

}  // namespace coldstart::harness
