// Sampled stacks as JSON: the key `stacks` of an exported start.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "results/export/json_node.h"
#include "results/model/stacks.h"

namespace coldstart::results {

/// Each different frame stands once, in "frames"; stacks name them by index.
nlohmann::ordered_json stacks_json(const StackProfile& profile);

/// The inverse. Throws Error with the place of what is wrong.
StackProfile read_stacks(const JsonNode& node);

}  // namespace coldstart::results
