// Loads, requests and instances as JSON: the keys `loads`, `invocations` and `instances` of an
// exported run, and `limits` and `sweep` of its functions.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "results/export/json_node.h"
#include "results/model/record.h"

namespace coldstart::results {

nlohmann::ordered_json loads_json(const std::vector<Load>& loads);
nlohmann::ordered_json instance_json(const Run& run, const InstanceLife& life);

/// One request as an object on one line. Requests are written one by one, for a run may have a
/// million.
std::string invocation_line(const Run& run, const Invocation& invocation);

/// Adds `limits` and `sweep`, where there are such.
void put_limits(nlohmann::ordered_json& function, const Function& from);
void read_limits(const JsonNode& function, Function& into);

/// The inverse of the writers; keys that they do not know are ignored. Throw Error with the place
/// of what is wrong, a name that is not among the functions or loads included. `run` has its
/// functions, and for the last two its loads.
std::vector<Load> read_loads(const JsonNode& array);
std::vector<Invocation> read_invocations(const JsonNode& array, const Run& run);
std::vector<InstanceLife> read_instances(const JsonNode& array, const Run& run);

/// Throws Error if a load's parameters are neither empty nor a JSON object.
void check_parameters(const Load& load);

}  // namespace coldstart::results
