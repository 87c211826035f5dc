// Writing JSON: keys with nothing to say are left out. Used by the writers in results/ only.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace coldstart::results {

inline void put(nlohmann::ordered_json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

template <typename T>
void put(nlohmann::ordered_json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

inline void put_object(nlohmann::ordered_json& parent, const char* key,
                       nlohmann::ordered_json object) {
  if (!object.empty()) parent[key] = std::move(object);
}

}  // namespace coldstart::results
