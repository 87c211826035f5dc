#include "harness/suite/keys.h"

#include <algorithm>
#include <array>
#include <string>

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
constexpr std::array<string_view, 1> kPatterns = {"cold"};

constexpr KindSet kCommandLine = kinds(kNative) | kinds(kContainer) | kinds(kCommand);
constexpr KindSet kScripted = kinds(kNode) | kinds(kPython);

constexpr std::array kKeys = {
    Key{kSuite, "name"},
    Key{kSuite, "root"},
    Key{kSuite, "defaults"},
    Key{kSuite, "functions"},
    Key{kSuite, "loads"},

    Key{kDefaults, "trials"},
    Key{kDefaults, "timeout"},
    Key{kDefaults, "stop_timeout"},
    Key{kDefaults, "contract", kAnyKind, kAnyKind, kContracts},
    Key{kDefaults, "cache", kAnyKind, kAnyKind, kCaches},
    Key{kDefaults, "env"},

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

    Key{kLoad, "name"},
    Key{kLoad, "pattern", kAnyKind, kAnyKind, kPatterns},
};

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
  constexpr std::array<string_view, 4> kNames = {"the suite", "'defaults'", "a function", "a load"};
  return kNames.at(static_cast<std::size_t>(section));
}

string_view pattern_name(const Pattern& pattern) {
  constexpr std::array<string_view, std::variant_size_v<Pattern>> kNames = {
      "cold", "closed", "constant", "stages", "burst", "onoff", "sine", "cron", "list", "trace"};
  return kNames.at(pattern.index());
}

std::span<const Key> known_keys() { return kKeys; }

const Key* find_key(Section section, string_view key) {
  const auto found = std::ranges::find_if(
      kKeys, [&](const Key& k) { return k.section == section && k.name == key; });
  return found == kKeys.end() ? nullptr : &*found;
}

std::span<const string_view> runtime_names() { return kRuntimes; }
std::span<const string_view> contract_names() { return kContracts; }

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
