// Holds documents against the JSON Schemas that we publish.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace coldstart::results::testing {

/// True if this build has a validator (libvalijson-dev).
bool have_validator();

/// What is wrong with the document by the schema in that file (relative to the sources); empty: it
/// is valid. Only with a validator.
std::string complaint(const nlohmann::json& document, const std::string& schema_file);

}  // namespace coldstart::results::testing
