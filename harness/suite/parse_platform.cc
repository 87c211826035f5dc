#include "harness/suite/parse_platform.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/suite/keys.h"
#include "harness/suite/size.h"
#include "harness/suite/yaml_numbers.h"

namespace coldstart::harness {
namespace {

constexpr int kMostInstances = 100'000;
constexpr int kMostRequests = 1'000'000'000;
constexpr int kMostPids = 4'194'304;  // the kernel's largest pid_max
constexpr std::int64_t kLeastMemory = std::int64_t{1} << 20U;
// A period of cgroup bandwidth control is at least 1 ms and at most 1 s: below this it is no share.
constexpr NumberRange kCpus{.lowest = 0.01, .highest = 1024};
// Long enough for every keep-alive; pattern time may be compressed.
constexpr DurationRange kPlatformTime{.highest = std::chrono::hours(24 * 7)};
constexpr DurationRange kPlatformPeriod{std::chrono::milliseconds(1), std::chrono::hours(24)};

std::optional<Mapping> section_of(const Mapping& mapping, std::string_view key, Section section,
                                  Problems& problems) {
  const Entry* entry = mapping.find(key);
  if (entry == nullptr) return std::nullopt;
  return read_mapping(entry->value, entry->at, section, problems);
}

// Keys of the other scaler would be ignored in silence: they are errors.
void refuse_keys_of_the_other_scaler(const Mapping& mapping, PlatformSpec::Scale scale,
                                     Problems& problems) {
  for (const Entry& entry : mapping.entries) {
    const KindSet scales = find_key(Section::kPlatform, entry.key)->scales;
    if ((scales & kinds(scale)) != 0) continue;
    problems.add(entry.key_at,
                 "'" + entry.key + "' is for scale " + join(scales, scale_names()) +
                     ", and this is scale " + std::string(name(scale)),
                 "remove it");
  }
}

void read_instances(const Mapping& mapping, PlatformSpec& platform, Problems& problems) {
  if (const Entry* entry = mapping.find("max_instances")) {
    if (const auto value = read_integer(*entry, 1, kMostInstances, problems)) {
      platform.max_instances = value;
    }
  }
  if (const Entry* entry = mapping.find("min_instances")) {
    platform.min_instances =
        read_integer(*entry, 0, kMostInstances, problems).value_or(platform.min_instances);
  }
  if (platform.max_instances && platform.min_instances > *platform.max_instances) {
    const Entry* entry = mapping.find("min_instances");
    if (entry == nullptr) entry = mapping.find("max_instances");
    problems.add(entry == nullptr ? mapping.at : entry->at,
                 "'min_instances' is " + std::to_string(platform.min_instances) +
                     " and 'max_instances' " + std::to_string(*platform.max_instances),
                 "write a 'min_instances' that is not above 'max_instances'");
  }
  if (const Entry* entry = mapping.find("concurrency")) {
    platform.concurrency =
        read_integer(*entry, 1, kMostInstances, problems).value_or(platform.concurrency);
  }
  if (const Entry* entry = mapping.find("queue")) {
    if (const auto value = read_integer(*entry, 0, kMostRequests, problems)) {
      platform.queue = value;
    }
  }
}

void read_scaler(const Mapping& mapping, PlatformSpec& platform, Problems& problems) {
  const auto number = [&](std::string_view key, const NumberRange& range, double& target) {
    if (const Entry* entry = mapping.find(key)) {
      target = read_number(*entry, range, problems).value_or(target);
    }
  };
  const auto duration = [&](std::string_view key, const DurationRange& range,
                            std::chrono::nanoseconds& target) {
    if (const Entry* entry = mapping.find(key)) {
      target = read_duration(*entry, range, problems).value_or(target);
    }
  };
  duration("keep_alive", kPlatformTime, platform.keep_alive);
  number("target_utilization", {.lowest = 0, .highest = 1, .above_lowest = true},
         platform.target_utilization);
  duration("stable_window", kPlatformPeriod, platform.stable_window);
  duration("panic_window", kPlatformPeriod, platform.panic_window);
  duration("tick", kPlatformPeriod, platform.tick);
  duration("scale_to_zero_grace", kPlatformTime, platform.scale_to_zero_grace);
  number("panic_threshold", {.lowest = 1, .highest = 1000, .above_lowest = true},
         platform.panic_threshold);
  number("max_scale_up_rate", {.lowest = 1, .highest = 1e6, .above_lowest = true},
         platform.max_scale_up_rate);
  number("max_scale_down_rate", {.lowest = 1, .highest = 1e6, .above_lowest = true},
         platform.max_scale_down_rate);
  if (platform.panic_window > platform.stable_window) {
    const Entry* entry = mapping.find("panic_window");
    if (entry == nullptr) entry = mapping.find("stable_window");
    problems.add(entry == nullptr ? mapping.at : entry->at,
                 "'panic_window' is longer than 'stable_window'", "make it the shorter one");
  }
}

struct SweptValue {
  std::string text;  ///< behind the '@'
  Limits limits;
};

// What was read of one size; absent: it is wrong.
std::optional<SweptValue> read_swept(const Entry& element, Limits limits, Problems& problems) {
  if (element.key == "memory") {
    limits.memory_bytes = read_size(element, kLeastMemory, problems);
    if (!limits.memory_bytes) return std::nullopt;
    return SweptValue{format_size(*limits.memory_bytes), limits};
  }
  limits.cpus = read_number(element, kCpus, problems);
  if (!limits.cpus) return std::nullopt;
  return SweptValue{element.value.Scalar() + "cpu", limits};
}

}  // namespace

void read_platform(const Mapping& mapping, PlatformSpec& platform, Problems& problems) {
  const auto keys = section_of(mapping, "platform", Section::kPlatform, problems);
  if (!keys) return;
  if (const Entry* entry = keys->find("scale")) {
    const auto chosen = read_choice(*entry, Section::kPlatform, problems);
    if (chosen) platform.scale = static_cast<PlatformSpec::Scale>(*chosen);
  }
  refuse_keys_of_the_other_scaler(*keys, platform.scale, problems);
  read_instances(*keys, platform, problems);
  read_scaler(*keys, platform, problems);
}

void read_limits(const Mapping& mapping, Limits& limits, Problems& problems) {
  const auto keys = section_of(mapping, "limits", Section::kLimits, problems);
  if (!keys) return;
  if (const Entry* entry = keys->find("memory")) {
    if (const auto size = read_size(*entry, kLeastMemory, problems)) limits.memory_bytes = size;
  }
  if (const Entry* entry = keys->find("cpus")) {
    if (const auto cpus = read_number(*entry, kCpus, problems)) limits.cpus = cpus;
  }
  if (const Entry* entry = keys->find("pids")) {
    if (const auto pids = read_integer(*entry, 1, kMostPids, problems)) limits.pids = pids;
  }
}

void refuse_long_lived_programs(const Mapping& function, const FunctionSpec& spec,
                                Problems& problems) {
  if (spec.contract != ContractKind::kExec) return;
  const PlatformSpec& platform = spec.platform;
  const std::string key = platform.concurrency > 1                         ? "concurrency"
                          : platform.min_instances > 0                     ? "min_instances"
                          : platform.scale != PlatformSpec::Scale::kDemand ? "scale"
                                                                           : "";
  if (key.empty()) return;
  const Entry* entry = function.find("platform");
  problems.add(
      entry == nullptr ? function.at : entry->at,
      "function '" + spec.name +
          "' has contract exec: an instance ends with its answer, so its platform has no '" + key +
          "'",
      entry == nullptr ? "give it a `platform` of its own" : "remove it");
}

std::vector<FunctionSpec> read_sweep(const Mapping& function, const FunctionSpec& spec,
                                     Problems& problems) {
  const Entry* sweep = function.find("sweep");
  if (sweep == nullptr) return {spec};
  const auto keys = read_mapping(sweep->value, sweep->at, Section::kSweep, problems);
  if (!keys) return {spec};
  if (keys->entries.size() != 1) {
    problems.add(sweep->at,
                 keys->entries.empty() ? "'sweep' names no limit" : "'sweep' names several limits",
                 "name one: `sweep: {memory: [128MiB, 256MiB]}`");
    return {spec};
  }
  const Entry& values = keys->entries.front();
  const Entry* limits = function.find("limits");
  if (limits != nullptr && limits->value.IsMap() && limits->value[values.key]) {
    problems.add(values.key_at, "'" + values.key + "' is in 'limits' and in 'sweep'",
                 "remove it from 'limits'");
  }
  const bool is_memory = values.key == "memory";
  const auto nodes =
      read_list(values, is_memory ? "memory: [128MiB, 256MiB]" : "cpus: [0.5, 1]", problems);
  if (!nodes) return {spec};
  if (nodes->empty()) problems.add(values.at, "'" + values.key + "' is empty", "add a value");

  std::vector<FunctionSpec> functions;
  for (const YAML::Node& node : *nodes) {
    const Entry element = element_of(values, node);
    const auto swept = read_swept(element, spec.limits, problems);
    if (!swept) continue;
    FunctionSpec copy = spec;
    copy.limits = swept->limits;
    copy.sweep_of = spec.name;
    copy.sweep_key = values.key;
    copy.name = spec.name + "@" + swept->text;
    if (std::ranges::find(functions, copy.limits, &FunctionSpec::limits) != functions.end()) {
      problems.add(element.at, "'" + values.key + "' has " + node.Scalar() + " twice",
                   "remove one of them");
      continue;
    }
    functions.push_back(std::move(copy));
  }
  if (functions.empty()) return {spec};
  return functions;
}

}  // namespace coldstart::harness
