#include "results/export/load_json.h"

#include <fmt/format.h>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/export/json_put.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto kReplace = Json::error_handler_t::replace;

using Indices = std::map<std::string, std::uint32_t>;

template <typename T>
Indices index_by_name(const std::vector<T>& named) {
  Indices indices;
  for (std::size_t i = 0; i < named.size(); ++i) {
    indices.emplace(named[i].name, static_cast<std::uint32_t>(i));
  }
  return indices;
}

std::uint32_t read_index(const JsonNode& parent, const char* key, const Indices& indices) {
  const JsonNode node = parent.at(key);
  const auto found = indices.find(node.text());
  if (found == indices.end()) {
    node.fail(fmt::format("'{}' is not among the {}s", node.text(), key));
  }
  return found->second;
}

double read_positive(const JsonNode& node) {
  const double value = node.number();
  if (!(value > 0)) node.fail("must be more than 0");
  return value;
}

Outcome read_outcome(const JsonNode& node) {
  if (const auto outcome = outcome_from_name(node.text())) return *outcome;
  node.fail(fmt::format("unknown outcome '{}'", node.text()));
}

// Moments of a request follow each other.
void check_order(const JsonNode& node, const Invocation& invocation) {
  const std::pair<const char*, std::optional<std::int64_t>> moments[] = {
      {"sent_ns", invocation.sent_ns},
      {"first_byte_ns", invocation.first_byte_ns},
      {"done_ns", invocation.done_ns}};
  std::int64_t before = 0;
  for (const auto& [key, moment] : moments) {
    if (!moment) continue;
    if (*moment < before) node.at(key).fail("is before the moment that precedes it");
    before = *moment;
  }
  if (invocation.outcome == Outcome::kOk && !invocation.first_byte_ns && !invocation.done_ns) {
    node.fail("has neither 'first_byte_ns' nor 'done_ns', but the outcome is ok");
  }
}

}  // namespace

Json loads_json(const std::vector<Load>& loads) {
  Json array = Json::array();
  for (const Load& load : loads) {
    check_parameters(load);
    Json json = {{"name", load.name}, {"pattern", load.pattern}};
    if (!load.parameters.empty()) json["parameters"] = Json::parse(load.parameters);
    if (load.time_scale != 1) json["time_scale"] = load.time_scale;
    json["begin_ns"] = load.begin_ns;
    put(json, "duration_ns", load.duration_ns);
    array.push_back(std::move(json));
  }
  return array;
}

Json instance_json(const Run& run, const InstanceLife& life) {
  Json json = {{"function", run.functions.at(life.function).name},
               {"load", run.loads.at(life.load).name},
               {"instance", life.instance},
               {"requested_ns", life.requested_ns}};
  put(json, "ready_ns", life.ready_ns);
  put(json, "ended_ns", life.ended_ns);
  put(json, "end", life.end);
  json["invocations"] = life.invocations;
  put(json, "peak_memory_bytes", life.peak_memory_bytes);
  return json;
}

// By hand: a tree for each of a million requests takes longer than all the rest of the export.
std::string invocation_line(const Run& run, const Invocation& invocation) {
  const auto text = [](const std::string& value) {
    return Json(value).dump(-1, ' ', false, kReplace);
  };
  std::string line =
      fmt::format(R"({{"function":{},"load":{})", text(run.functions.at(invocation.function).name),
                  text(run.loads.at(invocation.load).name));
  const auto number = [&](const char* key, auto value) {
    fmt::format_to(std::back_inserter(line), R"(,"{}":{})", key, value);
  };
  if (invocation.instance != 0) number("instance", invocation.instance);
  number("cold", invocation.cold);
  number("due_ns", invocation.due_ns);
  if (invocation.sent_ns) number("sent_ns", *invocation.sent_ns);
  if (invocation.first_byte_ns) number("first_byte_ns", *invocation.first_byte_ns);
  if (invocation.done_ns) number("done_ns", *invocation.done_ns);
  if (invocation.work_ns) number("work_ns", *invocation.work_ns);
  fmt::format_to(std::back_inserter(line), R"(,"outcome":"{}")", name(invocation.outcome));
  if (!invocation.message.empty()) line += R"(,"message":)" + text(invocation.message);
  return line + '}';
}

void put_limits(Json& function, const Function& from) {
  Json limits = Json::object();
  put(limits, "memory_bytes", from.limits.memory_bytes);
  put(limits, "cpus", from.limits.cpus);
  put(limits, "pids", from.limits.pids);
  put_object(function, "limits", std::move(limits));
  Json sweep = Json::object();
  put(sweep, "of", from.sweep_of);
  put(sweep, "key", from.sweep_key);
  put_object(function, "sweep", std::move(sweep));
}

void read_limits(const JsonNode& function, Function& into) {
  if (const auto limits = function.find("limits")) {
    limits->read_amount("memory_bytes", into.limits.memory_bytes);
    if (const auto cpus = limits->find("cpus")) into.limits.cpus = read_positive(*cpus);
    limits->read("pids", into.limits.pids);
  }
  if (const auto sweep = function.find("sweep")) {
    sweep->read("of", into.sweep_of);
    sweep->read("key", into.sweep_key);
  }
}

std::vector<Load> read_loads(const JsonNode& array) {
  std::vector<Load> loads;
  Indices seen;
  for (const JsonNode& node : array.elements()) {
    Load& load = loads.emplace_back();
    load.name = node.at("name").text();
    if (!seen.emplace(load.name, 0).second) {
      node.at("name").fail("appears twice", "load names are unique in a run");
    }
    load.pattern = node.at("pattern").text();
    if (const auto parameters = node.find("parameters")) load.parameters = parameters->object();
    if (const auto scale = node.find("time_scale")) load.time_scale = read_positive(*scale);
    node.read("begin_ns", load.begin_ns);
    node.read_amount("duration_ns", load.duration_ns);
  }
  return loads;
}

std::vector<Invocation> read_invocations(const JsonNode& array, const Run& run) {
  const Indices functions = index_by_name(run.functions);
  const Indices loads = index_by_name(run.loads);
  std::vector<Invocation> invocations;
  for (const JsonNode& node : array.elements()) {
    Invocation& invocation = invocations.emplace_back();
    invocation.function = read_index(node, "function", functions);
    invocation.load = read_index(node, "load", loads);
    node.read("instance", invocation.instance);
    invocation.cold = node.at("cold").boolean();
    invocation.due_ns = node.at("due_ns").amount();
    node.read_amount("sent_ns", invocation.sent_ns);
    node.read_amount("first_byte_ns", invocation.first_byte_ns);
    node.read_amount("done_ns", invocation.done_ns);
    node.read_amount("work_ns", invocation.work_ns);
    invocation.outcome = read_outcome(node.at("outcome"));
    node.read("message", invocation.message);
    check_order(node, invocation);
  }
  return invocations;
}

std::vector<InstanceLife> read_instances(const JsonNode& array, const Run& run) {
  const Indices functions = index_by_name(run.functions);
  const Indices loads = index_by_name(run.loads);
  std::vector<InstanceLife> instances;
  for (const JsonNode& node : array.elements()) {
    InstanceLife& life = instances.emplace_back();
    life.function = read_index(node, "function", functions);
    life.load = read_index(node, "load", loads);
    life.instance = node.at("instance").integer<std::uint64_t>();
    life.requested_ns = node.at("requested_ns").amount();
    node.read_amount("ready_ns", life.ready_ns);
    node.read_amount("ended_ns", life.ended_ns);
    node.read("end", life.end);
    node.read_amount("invocations", life.invocations);
    node.read_amount("peak_memory_bytes", life.peak_memory_bytes);
  }
  return instances;
}

void check_parameters(const Load& load) {
  if (load.parameters.empty()) return;
  const Json json = Json::parse(load.parameters, nullptr, false);
  if (json.is_object()) return;
  throw Error(fmt::format("load '{}'", load.name),
              fmt::format("its parameters are no JSON object: {}", load.parameters));
}

}  // namespace coldstart::results
