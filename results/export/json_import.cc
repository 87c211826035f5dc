#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include <nlohmann/json.hpp>

#include "results/export/account_json.h"
#include "results/export/json.h"
#include "results/export/json_node.h"
#include "results/export/load_json.h"
#include "results/export/overhead_json.h"
#include "results/export/stacks_json.h"
#include "results/model/error.h"
#include "results/statistics/warmup_starts.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;
using Node = JsonNode;

constexpr std::string_view kSchema = "coldstart.run/1";

/// "off: no BTF" -> {"off", "no BTF"}; "on" -> {"on", ""}.
std::pair<std::string, std::string> split_reason(const std::string& text) {
  const auto colon = text.find(": ");
  if (colon == std::string::npos) return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 2)};
}

Tier read_tier(const std::string& name, const Node& node, const std::optional<Node>& remedies) {
  const auto [state, reason] = split_reason(node.text());
  if (state != "on" && state != "off") node.fail("must be \"on\", \"off\" or \"off: reason\"");
  Tier tier{name, state == "on", reason, ""};
  if (remedies) remedies->read(name.c_str(), tier.remedy);
  return tier;
}

RunInfo read_info(const Node& node) {
  RunInfo info;
  node.read("id", info.id);
  node.read("label", info.label);
  node.read("suite", info.suite);
  info.started_at = node.at("started_at").text();
  node.read("finished_at", info.finished_at);
  node.read("verdict", info.verdict);
  node.read("seed", info.seed);
  node.read("tool_version", info.tool_version);
  node.read("command_line", info.command_line);
  if (const auto host = node.find("host")) {
    host->read("name", info.host.name);
    host->read("kernel", info.host.kernel);
    host->read("os", info.host.os);
    host->read("cpu", info.host.cpu);
    host->read("cpus", info.host.cpus);
    host->read("memory_bytes", info.host.memory_bytes);
  }
  if (const auto overhead = node.find("overhead")) info.overheads = read_overheads(*overhead);
  if (const auto probes = node.find("probes")) {
    probes->read("lost_events", info.lost_events);
    if (const auto tiers = probes->find("tiers")) {
      const auto remedies = probes->find("remedies");
      for (const auto& [name, tier] : tiers->members()) {
        info.tiers.push_back(read_tier(name, tier, remedies));
      }
    }
  }
  return info;
}

Function read_function(const Node& node) {
  Function function;
  function.name = node.at("name").text();
  function.runtime = node.at("runtime").text();
  node.read("contract", function.contract);
  if (const auto command = node.find("command")) {
    for (const Node& word : command->elements()) function.command.push_back(word.text());
  }
  node.read("version", function.version);
  node.read("skipped", function.skipped);
  read_limits(node, function);
  return function;
}

Boundary read_boundary(const std::string& key, const Node& node) {
  if (const auto boundary = boundary_from_name(key)) return *boundary;
  node.fail("is not a boundary that this coldstart knows", "update coldstart");
}

Timeline read_timeline(const Node& start) {
  Timeline timeline;
  if (const auto absent = start.find("absent")) {
    for (const auto& [key, node] : absent->members()) {
      const Boundary boundary = read_boundary(key, node);
      const auto [state, reason] = split_reason(node.text());
      if (state == "not applicable") {
        timeline.set_not_applicable(boundary, reason);
      } else if (state == "unseen") {
        timeline.set_unseen(boundary, reason);
      } else {
        node.fail("must be \"not applicable\" or \"unseen\", and may add \": reason\"");
      }
    }
  }
  const Node boundaries = start.at("boundaries");
  for (const auto& [key, node] : boundaries.members()) {
    const auto at_ns = node.integer<std::int64_t>();
    if (at_ns < 0) node.fail("is negative; boundaries are nanoseconds since due");
    timeline.set(read_boundary(key, node), at_ns);
  }
  if (timeline[Boundary::kDue].at_ns.value_or(0) != 0) boundaries.at("due").fail("must be 0");
  timeline.set(Boundary::kDue, 0);

  Boundary before = Boundary::kDue;
  for (std::size_t i = 1; i < kBoundaryCount; ++i) {
    const auto boundary = static_cast<Boundary>(i);
    if (!timeline[boundary].at_ns) continue;
    if (*timeline[boundary].at_ns < *timeline[before].at_ns) {
      boundaries.at(std::string(name(boundary))).fail(fmt::format("is before '{}'", name(before)));
    }
    before = boundary;
  }
  return timeline;
}

Start read_start(const Node& node, const std::set<std::string>& functions) {
  Start start;
  start.function = node.at("function").text();
  if (!functions.contains(start.function)) {
    node.at("function").fail(fmt::format("'{}' is not among the functions", start.function));
  }
  node.read("load", start.load);
  node.read("cache", start.cache);
  node.read("trial", start.trial);
  node.read("order", start.order);
  node.read("instance", start.instance);
  const std::string outcome = node.at("outcome").text();
  if (const auto known = outcome_from_name(outcome)) {
    start.outcome = *known;
  } else {
    node.at("outcome").fail(fmt::format("unknown outcome '{}'", outcome));
  }
  node.read("message", start.message);
  node.read("due_ns", start.due_ns);
  start.timeline = read_timeline(node);
  if (start.outcome == Outcome::kOk && !latency_ns(start.timeline)) {
    node.at("boundaries").fail("has no 'responded', but the outcome is ok");
  }
  node.read("lost_events", start.lost_events);
  node.read("in_flight", start.in_flight);
  node.read("readiness_poll_ns", start.readiness_poll_ns);
  node.read("connect_retries", start.connect_retries);
  node.read("pid", start.pid);
  node.read("port", start.port);
  node.read("http_status", start.http_status);
  node.read("exit_status", start.exit_status);
  node.read("exit_signal", start.exit_signal);
  start.account = read_account(node);
  if (const auto stacks = node.find("stacks")) start.stacks = read_stacks(*stacks);
  return start;
}

Json parse(const std::string& text, const std::string& source) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& e) {
    const auto before = std::string_view(text).substr(0, std::min(e.byte, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto line_start = before.rfind('\n');
    const auto column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1);
    throw Error(fmt::format("{}:{}:{}", source, line, std::max<std::size_t>(column, 1)),
                "is not JSON", "give a file that `coldstart export --format json` wrote");
  }
}

}  // namespace

Run import_json(const std::string& text, const std::string& source) {
  const Json json = parse(text, source);
  const Node document(json, source, "");
  if (!json.is_object() || !json.contains("schema") || !json["schema"].is_string()) {
    throw Error(source, "is not a run of coldstart (no \"schema\")",
                "give a file that `coldstart export --format json` wrote");
  }
  if (const auto schema = document.at("schema"); schema.text() != kSchema) {
    schema.fail(fmt::format("'{}' is not '{}'", schema.text(), kSchema), "update coldstart");
  }
  Run run;
  run.info = read_info(document.at("run"));
  std::set<std::string> names;
  for (const Node& node : document.at("functions").elements()) {
    run.functions.push_back(read_function(node));
    if (!names.insert(run.functions.back().name).second) {
      node.at("name").fail("appears twice", "function names are unique in a run");
    }
  }
  for (const Node& node : document.at("starts").elements()) {
    run.starts.push_back(read_start(node, names));
  }
  if (const auto loads = document.find("loads")) run.loads = read_loads(*loads);
  if (const auto requests = document.find("invocations")) {
    run.invocations = read_invocations(*requests, run);
  }
  if (const auto instances = document.find("instances")) {
    run.instances = read_instances(*instances, run);
  }
  mark_warmup_starts(run);
  return run;
}

Run import_json_file(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    throw Error(file.string(), "is a folder, not a file", "name an exported .json file");
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) {
    throw Error(file.string(), fmt::format("cannot be read: {}", std::strerror(errno)),
                "name an exported .json file");
  }
  return import_json(text.str(), file.string());
}

}  // namespace coldstart::results
