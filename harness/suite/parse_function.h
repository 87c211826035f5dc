// One function of a suite: its keys, what its runtime demands of them, and the files they name.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "harness/suite/problems.h"
#include "harness/suite/suite.h"
#include "harness/suite/yaml_reader.h"

namespace coldstart::harness {

/// What a function takes over unless it says otherwise, and where its relative paths begin.
struct FunctionContext {
  FunctionSpec defaults;  ///< trials, timeouts, contract, cache states, env, platform, limits
  std::filesystem::path root;
  /// False: the root folder itself is wrong, so a file below it is no second problem.
  bool root_is_there = true;
  /// Only these functions will be started, so only their files must be there; empty: all.
  std::vector<std::string> chosen;
};

/// Trials, timeouts, contract, cache states, environment, platform and limits: the keys that
/// `defaults` and a function share.
void read_common(const Mapping& mapping, Section section, FunctionSpec& spec, Problems& problems);

/// One function, or several where it is swept (parse_platform.h); never none. Without a problem
/// they are complete; with problems they are whatever could be read.
std::vector<FunctionSpec> read_function(const Mapping& mapping, const FunctionContext& context,
                                        Problems& problems);

}  // namespace coldstart::harness
