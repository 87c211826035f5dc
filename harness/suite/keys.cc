#include "harness/suite/keys.h"

#include <algorithm>
#include <array>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace coldstart::harness {
namespace {

using enum RuntimeKind;
using enum ContractKind;
using enum Section;
using std::string_view;

constexpr std::array<string_view, 6> kRuntimes = {"native", "container", "jvm",
                                                  "node",   "python",    "command"};
constexpr std::array<string_view, 2> kContracts = {"http", "exec"};
constexpr std::array<string_view, 2> kEngines = {"crun", "runc"};
constexpr std::array<string_view, 3> kCaches = {"disk", "page-cache", "warm"};
constexpr std::array<string_view, std::variant_size_v<Pattern>> kPatterns = {
    "cold", "closed", "constant", "stages", "burst", "onoff", "sine", "cron", "list", "trace"};
constexpr std::array<string_view, 3> kSpacings = {"even", "poisson", "uniform"};
constexpr std::array<string_view, 2> kOverflows = {"queue", "drop"};
constexpr std::array<string_view, 2> kTraceFormats = {"azure-2019", "azure-2021"};
constexpr std::array<string_view, 3> kSpreads = {"uniform", "even", "poisson"};
constexpr std::array<string_view, 2> kScales = {"demand", "knative"};

constexpr KindSet kCommandLine = kinds(kNative) | kinds(kContainer) | kinds(kCommand);
constexpr KindSet kScripted = kinds(kNode) | kinds(kPython);

template <typename Wanted, typename... All>
constexpr KindSet bit_of(const std::variant<All...>*) {
  KindSet bit = 1;
  bool found = false;
  ((found = found || std::is_same_v<Wanted, All>, bit <<= found ? 0U : 1U), ...);
  return bit;
}
template <typename... Wanted>
constexpr KindSet kPattern = (bit_of<Wanted>(static_cast<const Pattern*>(nullptr)) | ...);

// Under `cold` the next request is due when the one before is over: one is in flight, and none
// waits.
constexpr KindSet kNotCold = ~kPattern<ColdPattern>;
constexpr KindSet kTrace = kPattern<TracePattern>;
constexpr KindSet kWithRate = kPattern<ConstantPattern, OnOffPattern>;
constexpr KindSet kSpaced = kPattern<ConstantPattern, StagesPattern, OnOffPattern, SinePattern>;

constexpr Key load_key(string_view name, KindSet patterns,
                       std::span<const string_view> choices = {}) {
  return {kLoad, name, kAnyKind, kAnyKind, choices, patterns};
}
constexpr Key scale_key(string_view name, PlatformSpec::Scale scale) {
  return {kPlatform, name, kAnyKind, kAnyKind, {}, kAnyKind, kinds(scale)};
}

constexpr std::array kKeys = {
    Key{kSuite, "name"},
    Key{kSuite, "root"},
    Key{kSuite, "defaults"},
    Key{kSuite, "functions"},
    Key{kSuite, "loads"},
    Key{kSuite, "budgets"},

    Key{kDefaults, "trials"},
    Key{kDefaults, "timeout"},
    Key{kDefaults, "stop_timeout"},
    Key{kDefaults, "contract", kAnyKind, kAnyKind, kContracts},
    Key{kDefaults, "cache", kAnyKind, kAnyKind, kCaches},
    Key{kDefaults, "env"},
    Key{kDefaults, "platform"},
    Key{kDefaults, "limits"},

    Key{kFunction, "name"},
    Key{kFunction, "runtime", kAnyKind, kAnyKind, kRuntimes},
    Key{kFunction, "contract", kAnyKind, kAnyKind, kContracts},
    Key{kFunction, "cache", kAnyKind, kAnyKind, kCaches},
    Key{kFunction, "command", kCommandLine},
    Key{kFunction, "env"},
    Key{kFunction, "directory"},
    Key{kFunction, "trials"},
    Key{kFunction, "timeout"},
    Key{kFunction, "stop_timeout"},
    Key{kFunction, "path", kAnyKind, kinds(kHttp)},
    Key{kFunction, "port", kAnyKind, kinds(kHttp)},
    Key{kFunction, "expect_status", kAnyKind, kinds(kHttp)},
    Key{kFunction, "engine", kinds(kContainer), kAnyKind, kEngines},
    Key{kFunction, "rootfs", kinds(kContainer)},
    Key{kFunction, "java", kinds(kJvm)},
    Key{kFunction, "main", kinds(kJvm)},
    Key{kFunction, "jar", kinds(kJvm)},
    Key{kFunction, "classpath", kinds(kJvm)},
    Key{kFunction, "jvm_args", kinds(kJvm)},
    Key{kFunction, "interpreter", kScripted},
    Key{kFunction, "node_args", kinds(kNode)},
    Key{kFunction, "python_args", kinds(kPython)},
    Key{kFunction, "script", kScripted},
    Key{kFunction, "module", kinds(kPython)},
    Key{kFunction, "args", kScripted | kinds(kJvm)},

    Key{kFunction, "platform"},
    Key{kFunction, "limits"},
    Key{kFunction, "sweep"},

    Key{kLoad, "name"},
    Key{kLoad, "pattern", kAnyKind, kAnyKind, kPatterns},
    load_key("clients", kPattern<ClosedPattern>),
    load_key("think", kPattern<ClosedPattern>),
    load_key("rate", kWithRate),
    load_key("stages", kPattern<StagesPattern>),
    load_key("size", kPattern<BurstPattern>),
    load_key("sizes", kPattern<BurstPattern>),
    load_key("interval", kPattern<BurstPattern>),
    load_key("count", kPattern<BurstPattern>),
    load_key("on", kPattern<OnOffPattern>),
    load_key("off", kPattern<OnOffPattern>),
    load_key("mean", kPattern<SinePattern>),
    load_key("amplitude", kPattern<SinePattern>),
    load_key("period", kPattern<SinePattern>),
    load_key("expression", kPattern<CronPattern>),
    load_key("times", kPattern<ListPattern>),
    load_key("spacing", kSpaced, kSpacings),
    load_key("file", kTrace),
    load_key("format", kTrace, kTraceFormats),
    load_key("durations", kTrace),
    load_key("spread", kTrace, kSpreads),
    load_key("deal_to", kTrace),
    load_key("functions", kAnyKind),
    load_key("together", kNotCold),
    load_key("seed", kAnyKind),
    load_key("duration", kAnyKind),
    load_key("warmup", kAnyKind),
    load_key("timeout", kAnyKind),
    load_key("time_scale", kNotCold),
    load_key("max_in_flight", kNotCold),
    load_key("overflow", kNotCold, kOverflows),

    Key{kStage, "from"},
    Key{kStage, "to"},
    Key{kStage, "duration"},

    Key{kPlatform, "scale", kAnyKind, kAnyKind, kScales},
    Key{kPlatform, "max_instances"},
    Key{kPlatform, "min_instances"},
    Key{kPlatform, "concurrency"},
    Key{kPlatform, "queue"},
    scale_key("keep_alive", PlatformSpec::Scale::kDemand),
    scale_key("target_utilization", PlatformSpec::Scale::kKnative),
    scale_key("stable_window", PlatformSpec::Scale::kKnative),
    scale_key("panic_window", PlatformSpec::Scale::kKnative),
    scale_key("panic_threshold", PlatformSpec::Scale::kKnative),
    scale_key("tick", PlatformSpec::Scale::kKnative),
    scale_key("scale_to_zero_grace", PlatformSpec::Scale::kKnative),
    scale_key("max_scale_up_rate", PlatformSpec::Scale::kKnative),
    scale_key("max_scale_down_rate", PlatformSpec::Scale::kKnative),

    Key{kLimits, "memory"},
    Key{kLimits, "cpus"},
    Key{kLimits, "pids"},

    Key{kSweep, "memory"},
    Key{kSweep, "cpus"},
};

template <std::size_t... Index>
Pattern pattern_of(std::size_t index, std::index_sequence<Index...>) {
  Pattern pattern;
  ((Index == index ? static_cast<void>(pattern.emplace<Index>()) : void()), ...);
  return pattern;
}

}  // namespace

string_view name(RuntimeKind kind) { return kRuntimes.at(static_cast<std::size_t>(kind)); }
string_view name(ContractKind kind) { return kContracts.at(static_cast<std::size_t>(kind)); }

string_view name(CacheState state) { return kCaches.at(static_cast<std::size_t>(state)); }
std::optional<CacheState> cache_state_from_name(string_view text) {
  const auto found = std::ranges::find(kCaches, text);
  if (found == kCaches.end()) return std::nullopt;
  return static_cast<CacheState>(found - kCaches.begin());
}
std::string cache_state_names() { return join(kCaches); }

string_view name(Section section) {
  constexpr std::array<string_view, std::size(kSections)> kNames = {
      "the suite", "'defaults'", "a function", "a load",
      "a stage",   "'platform'", "'limits'",   "'sweep'"};
  return kNames.at(static_cast<std::size_t>(section));
}

string_view name(Spacing spacing) { return kSpacings.at(static_cast<std::size_t>(spacing)); }
string_view name(TraceFormat format) { return kTraceFormats.at(static_cast<std::size_t>(format)); }
string_view name(Spread spread) { return kSpreads.at(static_cast<std::size_t>(spread)); }
string_view name(Overflow overflow) { return kOverflows.at(static_cast<std::size_t>(overflow)); }
string_view name(PlatformSpec::Scale scale) { return kScales.at(static_cast<std::size_t>(scale)); }

string_view pattern_name(const Pattern& pattern) { return kPatterns.at(pattern.index()); }
Pattern pattern_at(std::size_t index) {
  return pattern_of(index, std::make_index_sequence<kPatterns.size()>());
}

std::span<const Key> known_keys() { return kKeys; }

const Key* find_key(Section section, string_view key) {
  const auto found = std::ranges::find_if(
      kKeys, [&](const Key& k) { return k.section == section && k.name == key; });
  return found == kKeys.end() ? nullptr : &*found;
}

std::span<const string_view> runtime_names() { return kRuntimes; }
std::span<const string_view> contract_names() { return kContracts; }
std::span<const string_view> pattern_names() { return kPatterns; }
std::span<const string_view> scale_names() { return kScales; }

std::string join(std::span<const string_view> names) {
  std::string text;
  for (const string_view item : names) {
    text.append(text.empty() ? "" : ", ").append(item);
  }
  return text;
}

std::string join(KindSet set, std::span<const string_view> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((set & (1U << i)) != 0) text.append(text.empty() ? "" : " and ").append(names[i]);
  }
  return text;
}

}  // namespace coldstart::harness
