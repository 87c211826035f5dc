#include "results/export/tracks_json.h"

#include <fmt/format.h>
#include <string>
#include <utility>

#include "results/export/json_put.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

Json thread_json(const ThreadTrack& thread) {
  Json json = {{"tid", thread.tid}};
  put(json, "name", thread.name);
  Json& changes = json["changes"] = Json::array();
  // There are thousands of them: short.
  for (const ThreadChange& change : thread.changes) {
    Json& entry = changes.emplace_back(Json::array({change.at_ns, name(change.state)}));
    if (!change.waits_for.empty()) entry.push_back(change.waits_for);
  }
  json["end_ns"] = thread.end_ns;
  return json;
}

Json process_json(const ProcessTrack& process) {
  Json json = {{"pid", process.pid}};
  put(json, "parent", process.parent);
  json["begin_ns"] = process.begin_ns;
  put(json, "end_ns", process.end_ns);
  Json programs = Json::array();
  for (const ExecutedProgram& program : process.programs) {
    programs.push_back({{"path", program.path}, {"at_ns", program.at_ns}});
  }
  put_object(json, "programs", std::move(programs));
  Json threads = Json::array();
  for (const ThreadTrack& thread : process.threads) threads.push_back(thread_json(thread));
  put_object(json, "threads", std::move(threads));
  return json;
}

ThreadChange read_change(const JsonNode& node) {
  const std::vector<JsonNode> parts = node.elements();
  if (parts.size() < 2 || parts.size() > 3) node.fail("must be [at_ns, state] or with a reason");
  const auto state = thread_state_from_name(parts[1].text());
  if (!state) parts[1].fail(fmt::format("unknown state '{}'", parts[1].text()));
  ThreadChange change{parts[0].amount(), *state, {}};
  if (parts.size() == 3) change.waits_for = parts[2].text();
  return change;
}

ThreadTrack read_thread(const JsonNode& node) {
  ThreadTrack thread;
  thread.tid = node.at("tid").amount();
  node.read("name", thread.name);
  const JsonNode changes = node.at("changes");
  std::int64_t before = 0;
  for (const JsonNode& change : changes.elements()) {
    thread.changes.push_back(read_change(change));
    if (thread.changes.back().at_ns < before) change.fail("is before the one that precedes it");
    before = thread.changes.back().at_ns;
  }
  if (thread.changes.empty()) changes.fail("is empty");
  thread.end_ns = node.at("end_ns").amount();
  if (thread.end_ns < before) node.at("end_ns").fail("is before its last change");
  return thread;
}

ProcessTrack read_process(const JsonNode& node) {
  ProcessTrack process;
  process.pid = node.at("pid").amount();
  node.read_amount("parent", process.parent);
  process.begin_ns = node.at("begin_ns").amount();
  node.read_amount("end_ns", process.end_ns);
  if (const auto programs = node.find("programs")) {
    for (const JsonNode& program : programs->elements()) {
      process.programs.push_back({program.at("path").text(), program.at("at_ns").amount()});
    }
  }
  if (const auto threads = node.find("threads")) {
    for (const JsonNode& thread : threads->elements()) {
      process.threads.push_back(read_thread(thread));
    }
  }
  return process;
}

}  // namespace

Json tracks_json(const std::vector<ProcessTrack>& processes) {
  Json json = Json::array();
  for (const ProcessTrack& process : processes) json.push_back(process_json(process));
  return json;
}

std::vector<ProcessTrack> read_tracks(const JsonNode& array) {
  std::vector<ProcessTrack> processes;
  for (const JsonNode& node : array.elements()) processes.push_back(read_process(node));
  return processes;
}

}  // namespace coldstart::results
