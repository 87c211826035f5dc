// One load of a suite: the keys of its pattern and those that all patterns share.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/load_spec.h"
#include "harness/suite/problems.h"
#include "harness/suite/suite.h"
#include "harness/suite/yaml_reader.h"

namespace coldstart::harness {

/// What a load refers to.
struct LoadContext {
  std::filesystem::path root;                  ///< where relative paths begin
  bool root_is_there = true;                   ///< see FunctionContext
  const std::vector<FunctionSpec>& functions;  ///< of the suite, sweeps expanded
};

/// A load without a problem is complete; with problems it is whatever could be read.
LoadSpec read_load(const Mapping& mapping, const LoadContext& context, Problems& problems);

/// One load being read.
struct LoadReading {
  const Mapping& mapping;
  const LoadContext& context;
  LoadSpec& spec;
  Problems& problems;

  const Entry* find(std::string_view key) const { return mapping.find(key); }
  /// "load 'spike'", for messages.
  std::string title() const;
  /// The entry of a key that the pattern demands; null, and a problem, where it is not given.
  /// `example`: as in "rate: 10".
  const Entry* demand(std::string_view key, const std::string& example) const;
};

/// The keys of the load's pattern (read_pattern_keys.cc).
void read_pattern_keys(const LoadReading& r);

/// The longest that a load may last in pattern time.
inline constexpr std::chrono::hours kLongestLoad{24 * 366};

}  // namespace coldstart::harness
