// The latencies of all runs of a store, without the rest of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "results/model/record.h"

namespace coldstart::results {

/// The usable latencies (Start::usable) of one function, load and cache state in one run, without
/// those of starts whose stacks were sampled and of pairs that `check` repeated.
struct RunLatencies {
  std::int64_t run_id = 0;
  std::string label;
  std::string started_at;  ///< UTC, ISO 8601
  Host host;
  std::string tiers;  ///< of the probes that were on: "process, loader"; empty: none
  std::string function;
  std::string contract;
  std::string load;
  double time_scale = 1;  ///< of the load in that run (Load::time_scale)
  std::string cache;
  std::vector<std::int64_t> sorted_ns;  ///< ascending, not empty
};

/// Ordered by function, load, cache state and run. `function`: only this one. A run that is still
/// under way is in it with what it has. Throws Error for what is wrong with the file.
std::vector<RunLatencies> load_history(const std::filesystem::path& store_file,
                                       const std::optional<std::string>& function);

}  // namespace coldstart::results
