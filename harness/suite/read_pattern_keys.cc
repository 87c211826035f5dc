// What each pattern of a load demands and takes.
#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/suite/cron.h"
#include "harness/suite/files.h"
#include "harness/suite/keys.h"
#include "harness/suite/parse_load.h"
#include "harness/suite/yaml_numbers.h"

namespace coldstart::harness {
namespace {

constexpr double kHighestRate = 1e6;  // requests a second
constexpr NumberRange kRate{.highest = kHighestRate, .above_lowest = true};
constexpr NumberRange kRateOrNone{.highest = kHighestRate};
constexpr DurationRange kPatternTime{std::chrono::nanoseconds(1), kLongestLoad};
constexpr DurationRange kPatternTimeOrNone{.highest = kLongestLoad};
constexpr int kMostClients = 100'000;
constexpr int kLargestBurst = 100'000;
constexpr int kMostBursts = 1'000'000;
constexpr int kMostTraceFunctions = 100'000;

void take_rate(const LoadReading& r, double& rate) {
  if (const Entry* entry = r.demand("rate", "rate: 10")) {
    rate = read_number(*entry, kRate, r.problems).value_or(rate);
  }
}

void take_spacing(const LoadReading& r, Spacing& spacing) {
  const Entry* entry = r.find("spacing");
  if (entry == nullptr) return;
  const auto chosen = read_choice(*entry, Section::kLoad, r.problems);
  if (chosen) spacing = static_cast<Spacing>(*chosen);
}

void take_time(const LoadReading& r, const Entry* entry, std::chrono::nanoseconds& time,
               const DurationRange& range = kPatternTime) {
  if (entry != nullptr) time = read_duration(*entry, range, r.problems).value_or(time);
}

void read(const LoadReading&, ColdPattern&) {}

void read(const LoadReading& r, ClosedPattern& closed) {
  if (const Entry* entry = r.demand("clients", "clients: 4")) {
    closed.clients = read_integer(*entry, 1, kMostClients, r.problems).value_or(closed.clients);
  }
  take_time(r, r.find("think"), closed.think, kPatternTimeOrNone);
}

void read(const LoadReading& r, ConstantPattern& constant) {
  take_rate(r, constant.rate);
  take_spacing(r, constant.spacing);
}

// `rate`: at the end of the stage before it.
std::optional<Stage> read_stage(const LoadReading& r, const Entry& element, double rate) {
  const auto keys = read_mapping(element.value, element.at, Section::kStage, r.problems);
  if (!keys) return std::nullopt;
  Stage stage;
  stage.from = rate;
  bool good = true;
  const auto take = [&](const char* key, double& target) {
    const Entry* entry = keys->find(key);
    if (entry == nullptr) return;
    const auto value = read_number(*entry, kRateOrNone, r.problems);
    good = good && value;
    target = value.value_or(target);
  };
  take("from", stage.from);
  stage.to = stage.from;
  take("to", stage.to);
  const Entry* duration = keys->find("duration");
  take_time(r, duration, stage.duration);
  if (duration == nullptr) {
    r.problems.add(keys->at, "this stage lacks 'duration'", "add `duration: 10s`");
  }
  if (!good) return std::nullopt;
  return stage;
}

void read(const LoadReading& r, StagesPattern& pattern) {
  take_spacing(r, pattern.spacing);
  const std::string example = "stages: [{from: 1, to: 50, duration: 20s}]";
  const Entry* entry = r.demand("stages", example);
  if (entry == nullptr) return;
  const auto nodes = read_list(*entry, example, r.problems);
  if (!nodes) return;
  double rate = 0;
  for (const YAML::Node& node : *nodes) {
    const auto stage = read_stage(r, element_of(*entry, node), rate);
    if (!stage) continue;
    pattern.stages.push_back(*stage);
    rate = stage->to;
  }
  const bool is_silent = std::ranges::all_of(
      pattern.stages, [](const Stage& stage) { return stage.from == 0 && stage.to == 0; });
  if (is_silent && pattern.stages.size() == nodes->size()) {
    r.problems.add(entry->at, "'stages' has no rate above 0: no request would be due",
                   "write it as `" + example + "`");
  }
}

void read(const LoadReading& r, BurstPattern& burst) {
  const Entry* size = r.find("size");
  const Entry* sizes = r.find("sizes");
  if ((size == nullptr) == (sizes == nullptr)) {
    r.problems.add(sizes == nullptr ? r.mapping.at : sizes->key_at,
                   sizes == nullptr ? r.title() + " lacks 'size' or 'sizes'"
                                    : "'size' and 'sizes' say the same",
                   sizes == nullptr ? "add `size: 16`" : "keep one of them");
  }
  if (size != nullptr) {
    burst.sizes = {read_integer(*size, 1, kLargestBurst, r.problems).value_or(1)};
  } else if (sizes != nullptr) {
    if (const auto nodes = read_list(*sizes, "sizes: [1, 4, 16]", r.problems)) {
      for (const YAML::Node& node : *nodes) {
        const Entry element = element_of(*sizes, node);
        if (const auto value = read_integer(element, 1, kLargestBurst, r.problems)) {
          burst.sizes.push_back(*value);
        }
      }
      if (nodes->empty()) r.problems.add(sizes->at, "'sizes' is empty", "add a size");
    }
  }
  // Each size once, unless it says otherwise.
  burst.count = std::max<int>(1, static_cast<int>(burst.sizes.size()));
  if (const Entry* entry = r.find("count")) {
    burst.count = read_integer(*entry, 1, kMostBursts, r.problems).value_or(burst.count);
  }
  const Entry* interval =
      burst.count > 1 ? r.demand("interval", "interval: 1s") : r.find("interval");
  take_time(r, interval, burst.interval);
}

void read(const LoadReading& r, OnOffPattern& pattern) {
  take_rate(r, pattern.rate);
  take_time(r, r.demand("on", "on: 5s"), pattern.on);
  take_time(r, r.demand("off", "off: 10s"), pattern.off);
  take_spacing(r, pattern.spacing);
}

void read(const LoadReading& r, SinePattern& sine) {
  if (const Entry* entry = r.demand("mean", "mean: 10")) {
    sine.mean = read_number(*entry, kRate, r.problems).value_or(sine.mean);
  }
  if (const Entry* entry = r.demand("amplitude", "amplitude: 5")) {
    sine.amplitude = read_number(*entry, kRateOrNone, r.problems).value_or(sine.amplitude);
    if (r.find("mean") != nullptr && sine.amplitude > sine.mean) {
      r.problems.add(entry->at, "'amplitude' is above 'mean': the rate would be negative",
                     "write at most the mean");
      sine.amplitude = sine.mean;
    }
  }
  take_time(r, r.demand("period", "period: 60s"), sine.period);
  take_spacing(r, sine.spacing);
}

void read(const LoadReading& r, CronPattern& cron) {
  const Entry* entry = r.demand("expression", "expression: \"*/5 * * * *\"");
  if (entry == nullptr) return;
  const auto text = read_text(*entry, r.problems);
  if (!text) return;
  cron.expression = *text;
  if (const auto parsed = parse_cron(*text); const auto* wrong = std::get_if<Complaint>(&parsed)) {
    r.problems.add(entry->at, *wrong);
  }
}

void read(const LoadReading& r, ListPattern& list) {
  const Entry* entry = r.demand("times", "times: [0s, 500ms, 2s]");
  if (entry == nullptr) return;
  const auto nodes = read_list(*entry, "times: [0s, 500ms, 2s]", r.problems);
  if (!nodes) return;
  if (nodes->empty()) r.problems.add(entry->at, "'times' is empty", "add a time");
  for (const YAML::Node& node : *nodes) {
    const Entry element = element_of(*entry, node);
    const auto time = read_duration(element, kPatternTimeOrNone, r.problems);
    if (!time) continue;
    if (!list.times.empty() && *time < list.times.back()) {
      r.problems.add(element.at, "'times' goes back here", "write the times in ascending order");
    }
    list.times.push_back(*time);
  }
}

void take_file(const LoadReading& r, const Entry* entry, std::filesystem::path& file) {
  if (entry == nullptr) return;
  const auto text = read_text(*entry, r.problems);
  if (!text) return;
  file = resolve(r.context.root, *text);
  if (!r.context.root_is_there && !std::filesystem::path(*text).is_absolute()) return;
  if (auto complaint = check_file(file)) r.problems.add(entry->at, *complaint);
}

void read(const LoadReading& r, TracePattern& trace) {
  take_file(r, r.demand("file", "file: invocations.csv"), trace.file);
  if (const Entry* entry = r.demand("format", "format: azure-2019")) {
    const auto chosen = read_choice(*entry, Section::kLoad, r.problems);
    if (chosen) trace.format = static_cast<TraceFormat>(*chosen);
  }
  for (const std::string key : {"durations", "spread"}) {
    const Entry* entry = r.find(key);
    if (entry == nullptr || trace.format == TraceFormat::kAzure2019) continue;
    r.problems.add(entry->key_at,
                   "'" + key + "' is for format azure-2019: azure-2021 tells " +
                       (key == "spread" ? "when each request was due" : "how long each ran"),
                   "remove it");
  }
  take_file(r, r.find("durations"), trace.durations);
  if (const Entry* entry = r.find("spread")) {
    const auto chosen = read_choice(*entry, Section::kLoad, r.problems);
    if (chosen) trace.spread = static_cast<Spread>(*chosen);
  }
  const Entry* functions = r.find("functions");
  if (functions == nullptr) return;
  if (functions->value.IsSequence()) {
    r.problems.add(functions->at,
                   "'functions' of a trace is how many of its functions are replayed, not a list",
                   "write a number here, and functions of the suite as `deal_to: […]`");
  } else {
    trace.functions = read_integer(*functions, 1, kMostTraceFunctions, r.problems);
  }
}

}  // namespace

void read_pattern_keys(const LoadReading& r) {
  std::visit([&](auto& pattern) { read(r, pattern); }, r.spec.pattern);
}

bool has_end(const Pattern& pattern) {
  return !std::holds_alternative<ClosedPattern>(pattern) &&
         !std::holds_alternative<ConstantPattern>(pattern) &&
         !std::holds_alternative<OnOffPattern>(pattern) &&
         !std::holds_alternative<SinePattern>(pattern) &&
         !std::holds_alternative<CronPattern>(pattern);
}

}  // namespace coldstart::harness
