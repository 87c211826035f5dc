// What our probes cost, as JSON: `run.overhead` of an export, and a column of the store.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "results/export/json_node.h"
#include "results/model/record.h"

namespace coldstart::results {

/// An array with an object a measurement.
nlohmann::ordered_json overheads_json(const std::vector<Overhead>& overheads);

/// The inverse. Throws Error with the place of what is wrong.
std::vector<Overhead> read_overheads(const JsonNode& array);

}  // namespace coldstart::results
