#include "results/export/overhead_json.h"

#include <utility>

#include "results/export/json_put.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

double read_ratio(const JsonNode& node) {
  const double ratio = node.number();
  if (!(ratio > 0)) node.fail("must be more than 0");
  return ratio;
}

}  // namespace

Json overheads_json(const std::vector<Overhead>& overheads) {
  Json array = Json::array();
  for (const Overhead& overhead : overheads) {
    Json json = {{"what", overhead.what}};
    put(json, "tiers", overhead.tiers);
    json["measured_at"] = overhead.measured_at;
    put(json, "host_name", overhead.host_name);
    put(json, "kernel", overhead.kernel);
    put(json, "cpu", overhead.cpu);
    if (overhead.cpus > 0) json["cpus"] = overhead.cpus;
    put(json, "tool_version", overhead.tool_version);
    json["ratio"] = overhead.ratio;
    put(json, "low", overhead.low);
    put(json, "high", overhead.high);
    json["pairs"] = overhead.pairs;
    json["base_ns"] = overhead.base_ns;
    json["with_ns"] = overhead.with_ns;
    array.push_back(std::move(json));
  }
  return array;
}

std::vector<Overhead> read_overheads(const JsonNode& array) {
  std::vector<Overhead> overheads;
  for (const JsonNode& node : array.elements()) {
    Overhead& overhead = overheads.emplace_back();
    overhead.what = node.at("what").text();
    node.read("tiers", overhead.tiers);
    overhead.measured_at = node.at("measured_at").text();
    node.read("host_name", overhead.host_name);
    node.read("kernel", overhead.kernel);
    node.read("cpu", overhead.cpu);
    node.read("cpus", overhead.cpus);
    node.read("tool_version", overhead.tool_version);
    overhead.ratio = read_ratio(node.at("ratio"));
    if (const auto low = node.find("low")) overhead.low = read_ratio(*low);
    if (const auto high = node.find("high")) overhead.high = read_ratio(*high);
    node.read_amount("pairs", overhead.pairs);
    node.read_amount("base_ns", overhead.base_ns);
    node.read_amount("with_ns", overhead.with_ns);
  }
  return overheads;
}

}  // namespace coldstart::results
