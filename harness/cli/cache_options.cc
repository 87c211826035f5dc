#include "harness/cli/cache_options.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "harness/cli/command_line.h"
#include "harness/platform/cache_state.h"
#include "harness/suite/suggest.h"
#include "results/model/error.h"

namespace coldstart::cli {

using harness::CacheState;

void add_cache_options(CLI::App& command, CacheOptions& options) {
  command.add_option("--cache", options.states,
                     "What is cold, one or several of " + harness::cache_state_names());
  command.add_flag("--drop-caches", options.drop_caches,
                   "cache disk: drop all caches of the machine as well, before each start (root)");
}

std::vector<CacheState> parse_cache_states(const std::string& text) {
  std::vector<CacheState> states;
  for (const std::string& word : split_commas(text)) {
    const std::optional<CacheState> state = harness::cache_state_from_name(word);
    if (!state) {
      constexpr std::array<std::string_view, 3> kNames = {"disk", "page-cache", "warm"};
      const auto meant = harness::suggest(word, kNames);
      throw Error("--cache", "unknown cache state '" + word + "'",
                  meant ? "did you mean '" + std::string(*meant) + "'?"
                        : "known are: " + harness::cache_state_names());
    }
    if (std::ranges::find(states, *state) != states.end()) {
      throw Error("--cache", "has '" + word + "' twice", "name each state once");
    }
    states.push_back(*state);
  }
  if (states.empty()) {
    throw Error("--cache", "names no state", "known are: " + harness::cache_state_names());
  }
  return states;
}

void apply(const CacheOptions& options, std::vector<harness::FunctionSpec>& functions) {
  const auto has = [](const harness::FunctionSpec& function, CacheState state) {
    return std::ranges::find(function.caches, state) != function.caches.end();
  };
  if (!options.states.empty()) {
    const std::vector<CacheState> states = parse_cache_states(options.states);
    for (harness::FunctionSpec& function : functions) function.caches = states;
  }
  bool any_disk = false;
  for (const harness::FunctionSpec& function : functions) {
    any_disk = any_disk || has(function, CacheState::kDisk);
    if (function.contract != harness::ContractKind::kHttp && has(function, CacheState::kWarm)) {
      throw Error("--cache",
                  "function '" + function.name + "' has contract " +
                      std::string(name(function.contract)) +
                      " and cannot be warm: it ends with its answer",
                  "leave out warm, or choose other functions");
    }
  }
  if (!options.drop_caches) return;
  if (!any_disk) {
    throw Error("--drop-caches", "no function is measured in cache state disk", "add --cache disk");
  }
  harness::check_drop_caches();
}

}  // namespace coldstart::cli
