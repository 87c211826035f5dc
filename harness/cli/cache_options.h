// The options --cache and --drop-caches, which `run` and `profile` share.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/suite/suite.h"

namespace coldstart::cli {

struct CacheOptions {
  std::string states;  ///< as typed; empty: what the functions say themselves
  bool drop_caches = false;
};

void add_cache_options(CLI::App& command, CacheOptions& options);

/// "disk,page-cache" as states. Throws Error for what is no state, none, or one twice.
std::vector<harness::CacheState> parse_cache_states(const std::string& text);

/// Gives the functions the states that were asked for. Throws Error where that cannot be: a state
/// that a function cannot have, --drop-caches without `disk` or without the permission for it.
void apply(const CacheOptions& options, std::vector<harness::FunctionSpec>& functions);

}  // namespace coldstart::cli
