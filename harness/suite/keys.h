// Every key that a suite file may have: the one table behind "unknown key", "only for runtime jvm"
// and the test that holds the parser against suite.schema.json.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "harness/suite/suite.h"

namespace coldstart::harness {

/// The mappings of a suite file whose keys are fixed.
enum class Section : std::uint8_t {
  kSuite,
  kDefaults,
  kFunction,
  kLoad,
  kStage,     ///< an element of a load's `stages`
  kPlatform,  ///< of the defaults or a function
  kLimits,    ///< the same
  kSweep,     ///< of a function
};
inline constexpr Section kSections[] = {Section::kSuite,  Section::kDefaults, Section::kFunction,
                                        Section::kLoad,   Section::kStage,    Section::kPlatform,
                                        Section::kLimits, Section::kSweep};
/// For messages: "the suite", "'defaults'", "a function", "a load", …
std::string_view name(Section section);

/// A set of RuntimeKind, ContractKind or PlatformSpec::Scale: bit n is the enumerator with value n.
/// Of patterns: bit n is alternative n of Pattern.
using KindSet = unsigned;
inline constexpr KindSet kAnyKind = ~0U;
template <typename Kind>
constexpr KindSet kinds(Kind kind) {
  return 1U << static_cast<unsigned>(kind);
}

struct Key {
  Section section;
  std::string_view name;
  KindSet runtimes = kAnyKind;   ///< the runtimes it may be used with
  KindSet contracts = kAnyKind;  ///< the contracts it may be used with
  /// The only values it may have; empty: it is no enumeration.
  std::span<const std::string_view> choices = {};
  KindSet patterns = kAnyKind;  ///< of a load: the patterns it may be used with
  KindSet scales = kAnyKind;    ///< of a platform: the scalers it may be used with
};

/// All keys, in the order in which they are documented.
std::span<const Key> known_keys();

/// Null: no such key in that section.
const Key* find_key(Section section, std::string_view key);

/// Names of all runtimes, contracts, patterns and scalers, indexed as in a KindSet.
std::span<const std::string_view> runtime_names();
std::span<const std::string_view> contract_names();
std::span<const std::string_view> pattern_names();
std::span<const std::string_view> scale_names();

/// The pattern at `index` of pattern_names(), with its defaults.
Pattern pattern_at(std::size_t index);

/// "crun, runc", for messages.
std::string join(std::span<const std::string_view> names);
/// The names of a set: "node and python".
std::string join(KindSet set, std::span<const std::string_view> names);

}  // namespace coldstart::harness
