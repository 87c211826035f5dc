// What processes and threads did, as a part of the account in JSON (account_json.h).
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "results/export/json_node.h"
#include "results/model/tracks.h"

namespace coldstart::results {

/// The value of the key `processes`, see run.schema.json.
nlohmann::ordered_json tracks_json(const std::vector<ProcessTrack>& processes);

/// Throws Error that names the place of what is wrong.
std::vector<ProcessTrack> read_tracks(const JsonNode& array);

}  // namespace coldstart::results
