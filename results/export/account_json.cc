#include "results/export/account_json.h"

#include <utility>

#include "results/export/json_put.h"
#include "results/export/tracks_json.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json array_of(const std::vector<T>& values, Json (*to_json)(const T&)) {
  Json array = Json::array();
  for (const T& value : values) array.push_back(to_json(value));
  return array;
}

template <typename T>
std::vector<T> vector_of(const JsonNode& array, T (*read)(const JsonNode&)) {
  std::vector<T> values;
  for (const JsonNode& node : array.elements()) values.push_back(read(node));
  return values;
}

void put_split(Json& object, const TimeSplit& split) {
  object["cpu"] = split.cpu_ns;
  object["runnable"] = split.runnable_ns;
  object["disk"] = split.disk_ns;
  object["wait"] = split.wait_ns;
  put_object(object, "waits", Json(split.waits));
}

TimeSplit read_split(const JsonNode& node) {
  TimeSplit split;
  node.read_amount("cpu", split.cpu_ns);
  node.read_amount("runnable", split.runnable_ns);
  node.read_amount("disk", split.disk_ns);
  node.read_amount("wait", split.wait_ns);
  if (const auto waits = node.find("waits")) {
    for (const auto& [reason, ns] : waits->members()) split.waits[reason] = ns.amount();
  }
  return split;
}

Json causes_json(const PhaseCauses& causes) {
  Json json = Json::object();
  put_split(json, causes.time);
  json["cpu_time"] = causes.cpu_time_ns;
  json["context_switches"] = causes.context_switches;
  json["minor_faults"] = causes.minor_faults;
  json["major_faults"] = causes.major_faults;
  json["read_bytes"] = causes.read_bytes;
  return json;
}

PhaseCauses read_causes(const std::string& phase, const JsonNode& node) {
  PhaseCauses causes;
  causes.phase = phase;
  causes.time = read_split(node);
  node.read_amount("cpu_time", causes.cpu_time_ns);
  node.read_amount("context_switches", causes.context_switches);
  node.read_amount("minor_faults", causes.minor_faults);
  node.read_amount("major_faults", causes.major_faults);
  node.read_amount("read_bytes", causes.read_bytes);
  return causes;
}

Json library_json(const Library& library) {
  Json json = {{"path", library.path}, {"bytes", library.bytes}};
  put(json, "open_ns", library.opened_ns);
  put(json, "mapped_ns", library.mapped_ns);
  put(json, "cached_bytes", library.cached_bytes);
  put(json, "at_startup", library.at_startup);
  return json;
}

Library read_library(const JsonNode& node) {
  Library library;
  library.path = node.at("path").text();
  node.read_amount("bytes", library.bytes);
  node.read_amount("open_ns", library.opened_ns);
  node.read_amount("mapped_ns", library.mapped_ns);
  node.read_amount("cached_bytes", library.cached_bytes);
  node.read("at_startup", library.at_startup);
  return library;
}

Json file_json(const FileUse& file) {
  return {
      {"path", file.path}, {"reads", file.reads}, {"bytes", file.bytes}, {"time_ns", file.time_ns}};
}

FileUse read_file(const JsonNode& node) {
  FileUse file;
  file.path = node.at("path").text();
  node.read_amount("reads", file.reads);
  node.read_amount("bytes", file.bytes);
  node.read_amount("time_ns", file.time_ns);
  return file;
}

Json files_json(const FilesRead& files) {
  return {{"files", files.files},
          {"bytes", files.bytes},
          {"time_ns", files.time_ns},
          {"top", array_of(files.top, file_json)}};
}

FilesRead read_files(const JsonNode& node) {
  FilesRead files;
  node.read_amount("files", files.files);
  node.read_amount("bytes", files.bytes);
  node.read_amount("time_ns", files.time_ns);
  if (const auto top = node.find("top")) files.top = vector_of(*top, read_file);
  return files;
}

Json step_json(const SandboxStep& step) {
  Json json = {{"name", step.name}, {"calls", step.calls}};
  put_split(json, step.time);
  return json;
}

SandboxStep read_step(const JsonNode& node) {
  SandboxStep step;
  step.name = node.at("name").text();
  node.read_amount("calls", step.calls);
  step.time = read_split(node);
  return step;
}

Json named_time_json(const NamedTime& time) {
  return {{"name", time.name},
          {"begin_ns", time.begin_ns},
          {"total_ns", time.total_ns},
          {"self_ns", time.self_ns}};
}

NamedTime read_named_time(const JsonNode& node) {
  NamedTime time;
  time.name = node.at("name").text();
  node.read_amount("begin_ns", time.begin_ns);
  node.read_amount("total_ns", time.total_ns);
  node.read_amount("self_ns", time.self_ns);
  return time;
}

Json jvm_json(const JvmAccount& jvm) {
  Json json = Json::object();
  put(json, "init_begin_ns", jvm.init_begin_ns);
  json["classes"] = jvm.classes;
  json["shared_classes"] = jvm.shared_classes;
  put(json, "main_class_ns", jvm.main_class_ns);
  if (jvm.main_class_shared) json["main_class_shared"] = *jvm.main_class_shared;
  json["classes_before_main"] = jvm.classes_before_main;
  json["compilations"] = jvm.compilations;
  json["compile_ns"] = jvm.compile_ns;
  json["collections"] = jvm.collections;
  json["gc_ns"] = jvm.gc_ns;
  return json;
}

JvmAccount read_jvm(const JsonNode& node) {
  JvmAccount jvm;
  node.read_amount("init_begin_ns", jvm.init_begin_ns);
  node.read_amount("classes", jvm.classes);
  node.read_amount("shared_classes", jvm.shared_classes);
  node.read_amount("main_class_ns", jvm.main_class_ns);
  if (const auto shared = node.find("main_class_shared")) jvm.main_class_shared = shared->boolean();
  node.read_amount("classes_before_main", jvm.classes_before_main);
  node.read_amount("compilations", jvm.compilations);
  node.read_amount("compile_ns", jvm.compile_ns);
  node.read_amount("collections", jvm.collections);
  node.read_amount("gc_ns", jvm.gc_ns);
  return jvm;
}

Json python_json(const PythonAccount& python) {
  return {{"imports", python.imports}, {"top", array_of(python.top, named_time_json)}};
}

PythonAccount read_python(const JsonNode& node) {
  PythonAccount python;
  node.read_amount("imports", python.imports);
  if (const auto top = node.find("top")) python.top = vector_of(*top, read_named_time);
  return python;
}

Json node_json(const NodeAccount& node) {
  Json json = Json::object();
  put(json, "bootstrap_ns", node.bootstrap_ns);
  json["modules"] = node.modules;
  json["top"] = array_of(node.top, named_time_json);
  return json;
}

NodeAccount read_node(const JsonNode& json) {
  NodeAccount node;
  json.read_amount("bootstrap_ns", node.bootstrap_ns);
  json.read_amount("modules", node.modules);
  if (const auto top = json.find("top")) node.top = vector_of(*top, read_named_time);
  return node;
}

Json proof_json(const CacheProof& proof) {
  Json json = {{"files", proof.files},
               {"bytes", proof.bytes},
               {"cached_bytes", proof.cached_bytes},
               {"proven", proof.proven}};
  put(json, "reason", proof.reason);
  if (proof.pinned_files > 0) {
    json["pinned_files"] = proof.pinned_files;
    json["pinned_bytes"] = proof.pinned_bytes;
  }
  return json;
}

CacheProof read_proof(const JsonNode& node) {
  CacheProof proof;
  node.read_amount("files", proof.files);
  node.read_amount("bytes", proof.bytes);
  node.read_amount("cached_bytes", proof.cached_bytes);
  // Whether a start may be used hangs on it: never guessed.
  proof.proven = node.at("proven").boolean();
  node.read("reason", proof.reason);
  node.read_amount("pinned_files", proof.pinned_files);
  node.read_amount("pinned_bytes", proof.pinned_bytes);
  return proof;
}

}  // namespace

void put_account(Json& start, const Account& account) {
  Json causes = Json::object();
  for (const PhaseCauses& phase : account.causes) causes[phase.phase] = causes_json(phase);
  put_object(start, "causes", std::move(causes));
  if (account.libraries) start["libraries"] = array_of(*account.libraries, library_json);
  if (account.files) start["files"] = files_json(*account.files);
  if (account.sandbox) start["sandbox"] = array_of(*account.sandbox, step_json);
  if (account.jvm) start["jvm"] = jvm_json(*account.jvm);
  if (account.python) start["python"] = python_json(*account.python);
  if (account.node) start["node"] = node_json(*account.node);
  if (account.cache) start["cache_proof"] = proof_json(*account.cache);
  if (account.processes) start["processes"] = tracks_json(*account.processes);
  put_object(start, "account_absent", Json(account.absent));
}

Account read_account(const JsonNode& start) {
  Account account;
  if (const auto causes = start.find("causes")) {
    for (const auto& [phase, node] : causes->members()) {
      account.causes.push_back(read_causes(phase, node));
    }
  }
  if (const auto node = start.find("libraries")) account.libraries = vector_of(*node, read_library);
  if (const auto node = start.find("files")) account.files = read_files(*node);
  if (const auto node = start.find("sandbox")) account.sandbox = vector_of(*node, read_step);
  if (const auto node = start.find("jvm")) account.jvm = read_jvm(*node);
  if (const auto node = start.find("python")) account.python = read_python(*node);
  if (const auto node = start.find("node")) account.node = read_node(*node);
  if (const auto node = start.find("cache_proof")) account.cache = read_proof(*node);
  if (const auto node = start.find("processes")) account.processes = read_tracks(*node);
  if (const auto absent = start.find("account_absent")) {
    for (const auto& [part, reason] : absent->members()) account.absent[part] = reason.text();
  }
  return account;
}

std::string account_text(const Account& account) {
  Json json = Json::object();
  put_account(json, account);
  return json.empty() ? "" : json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Account account_from_text(const std::string& text, const std::string& source) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) throw Error(source, "its account is not JSON");
  return read_account(JsonNode(json, source, ""));
}

}  // namespace coldstart::results
