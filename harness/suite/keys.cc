#include "harness/suite/keys.h"

#include <algorithm>
#include <array>
#include <string>

namespace coldstart::harness {
namespace {

using enum RuntimeKind;
using enum ContractKind;
using std::string_view;

constexpr std::array<string_view, 6> kRuntimes = {"native", "container", "jvm",
                                                  "node",   "python",    "command"};
constexpr std::array<string_view, 2> kContracts = {"http", "exec"};
constexpr std::array<string_view, 2> kEngines = {"crun", "runc"};
constexpr std::array<string_view, 1> kCaches = {"page-cache"};
constexpr std::array<string_view, 1> kPatterns = {"cold"};

constexpr KindSet kCommandLine = kinds(kNative) | kinds(kContainer) | kinds(kCommand);
constexpr KindSet kScripted = kinds(kNode) | kinds(kPython);

constexpr Section S = Section::kSuite;
constexpr Section D = Section::kDefaults;
constexpr Section F = Section::kFunction;
constexpr Section L = Section::kLoad;

constexpr std::array kKeys = {
    Key{S, "name"},
    Key{S, "root"},
    Key{S, "defaults"},
    Key{S, "functions"},
    Key{S, "loads"},

    Key{D, "trials"},
    Key{D, "timeout"},
    Key{D, "stop_timeout"},
    Key{D, "contract", kAnyKind, kAnyKind, kContracts},
    Key{D, "cache", kAnyKind, kAnyKind, kCaches},
    Key{D, "env"},

    Key{F, "name"},
    Key{F, "runtime", kAnyKind, kAnyKind, kRuntimes},
    Key{F, "contract", kAnyKind, kAnyKind, kContracts},
    Key{F, "command", kCommandLine},
    Key{F, "env"},
    Key{F, "directory"},
    Key{F, "trials"},
    Key{F, "timeout"},
    Key{F, "stop_timeout"},
    Key{F, "path", kAnyKind, kinds(kHttp)},
    Key{F, "port", kAnyKind, kinds(kHttp)},
    Key{F, "expect_status", kAnyKind, kinds(kHttp)},
    Key{F, "engine", kinds(kContainer), kAnyKind, kEngines},
    Key{F, "rootfs", kinds(kContainer)},
    Key{F, "java", kinds(kJvm)},
    Key{F, "main", kinds(kJvm)},
    Key{F, "jar", kinds(kJvm)},
    Key{F, "classpath", kinds(kJvm)},
    Key{F, "jvm_args", kinds(kJvm)},
    Key{F, "interpreter", kScripted},
    Key{F, "node_args", kinds(kNode)},
    Key{F, "python_args", kinds(kPython)},
    Key{F, "script", kScripted},
    Key{F, "module", kinds(kPython)},
    Key{F, "args", kScripted | kinds(kJvm)},

    Key{L, "name"},
    Key{L, "pattern", kAnyKind, kAnyKind, kPatterns},
};

}  // namespace

string_view name(RuntimeKind kind) { return kRuntimes.at(static_cast<std::size_t>(kind)); }
string_view name(ContractKind kind) { return kContracts.at(static_cast<std::size_t>(kind)); }

string_view name(Section section) {
  constexpr std::array<string_view, 4> kNames = {"the suite", "'defaults'", "a function", "a load"};
  return kNames.at(static_cast<std::size_t>(section));
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
