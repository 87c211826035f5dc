#include "results/export/stacks_json.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kOn = "on";
constexpr const char* kOff = "off";

FoldedStack read_stack(const JsonNode& node, const std::vector<std::string>& names) {
  FoldedStack stack;
  stack.phase = node.at("phase").text();
  stack.thread = node.at("thread").text();
  const std::string cpu = node.at("cpu").text();
  if (cpu != kOn && cpu != kOff) node.at("cpu").fail("must be 'on' or 'off'");
  stack.on_cpu = cpu == kOn;
  for (const JsonNode& frame : node.at("frames").elements()) {
    const auto index = frame.integer<std::size_t>();
    if (index >= names.size()) frame.fail("names no frame");
    stack.frames.push_back(names[index]);
  }
  stack.count = node.at("count").amount();
  stack.time_ns = node.at("time_ns").amount();
  return stack;
}

}  // namespace

Json stacks_json(const StackProfile& profile) {
  Json json = {{"rate_hz", profile.rate_hz},
               {"taken", profile.taken},
               {"lost", profile.lost},
               {"cut", profile.cut},
               {"broken", profile.broken},
               {"frame_count", profile.frames},
               {"unnamed_frames", profile.unnamed}};
  if (!profile.notes.empty()) json["notes"] = profile.notes;
  std::map<std::string, std::size_t> indices;
  Json names = Json::array();
  Json stacks = Json::array();
  for (const FoldedStack& stack : profile.stacks) {
    Json frames = Json::array();
    for (const std::string& frame : stack.frames) {
      const auto [known, is_new] = indices.try_emplace(frame, names.size());
      if (is_new) names.push_back(frame);
      frames.push_back(known->second);
    }
    stacks.push_back({{"phase", stack.phase},
                      {"thread", stack.thread},
                      {"cpu", stack.on_cpu ? kOn : kOff},
                      {"frames", std::move(frames)},
                      {"count", stack.count},
                      {"time_ns", stack.time_ns}});
  }
  json["frames"] = std::move(names);
  json["stacks"] = std::move(stacks);
  return json;
}

StackProfile read_stacks(const JsonNode& node) {
  StackProfile profile;
  node.read("rate_hz", profile.rate_hz);
  node.read_amount("taken", profile.taken);
  node.read_amount("lost", profile.lost);
  node.read_amount("cut", profile.cut);
  node.read_amount("broken", profile.broken);
  node.read_amount("frame_count", profile.frames);
  node.read_amount("unnamed_frames", profile.unnamed);
  if (const auto notes = node.find("notes")) {
    for (const JsonNode& note : notes->elements()) profile.notes.push_back(note.text());
  }
  std::vector<std::string> names;
  for (const JsonNode& name : node.at("frames").elements()) names.push_back(name.text());
  for (const JsonNode& stack : node.at("stacks").elements()) {
    profile.stacks.push_back(read_stack(stack, names));
  }
  return profile;
}

}  // namespace coldstart::results
