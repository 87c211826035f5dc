// Reading JSON so that whatever is wrong is named by its place. Used by the readers in results/
// only.
#pragma once

#include <concepts>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "results/model/error.h"

namespace coldstart::results {

/// A value of the document that knows where it stands, so that it can complain about itself.
class JsonNode {
 public:
  JsonNode(const nlohmann::ordered_json& value, const std::string& source, std::string pointer)
      : value_(value), source_(source), pointer_(std::move(pointer)) {}

  [[noreturn]] void fail(const std::string& reason, const std::string& remedy = "") const {
    throw Error(fmt::format("{}: {}", source_, pointer_.empty() ? "/" : pointer_), reason, remedy);
  }

  std::optional<JsonNode> find(const std::string& key) const {
    if (!value_.is_object()) fail("must be an object");
    const auto found = value_.find(key);
    if (found == value_.end()) return std::nullopt;
    return JsonNode(*found, source_, pointer_ + '/' + key);
  }
  JsonNode at(const std::string& key) const {
    if (auto node = find(key)) return *node;
    fail(fmt::format("has no key '{}'", key));
  }

  std::string text() const {
    if (!value_.is_string()) fail("must be a string");
    return value_.get<std::string>();
  }
  template <typename T>
  T integer() const {
    if (value_.is_number_unsigned() && std::in_range<T>(value_.get<std::uint64_t>())) {
      return static_cast<T>(value_.get<std::uint64_t>());
    }
    if (value_.is_number_integer() && !value_.is_number_unsigned() &&
        std::in_range<T>(value_.get<std::int64_t>())) {
      return static_cast<T>(value_.get<std::int64_t>());
    }
    fail(value_.is_number_integer() ? "is out of range" : "must be a whole number");
  }

  /// A count, a length, a size: a whole number that is not negative.
  std::int64_t amount() const {
    const auto value = integer<std::int64_t>();
    if (value < 0) fail("is negative");
    return value;
  }
  double number() const {
    if (!value_.is_number()) fail("must be a number");
    return value_.get<double>();
  }
  bool boolean() const {
    if (!value_.is_boolean()) fail("must be true or false");
    return value_.get<bool>();
  }

  /// An object as JSON on one line.
  std::string object() const {
    if (!value_.is_object()) fail("must be an object");
    return value_.dump();
  }

  std::vector<JsonNode> elements() const {
    if (!value_.is_array()) fail("must be an array");
    std::vector<JsonNode> nodes;
    for (std::size_t i = 0; i < value_.size(); ++i) {
      nodes.emplace_back(value_[i], source_, fmt::format("{}/{}", pointer_, i));
    }
    return nodes;
  }
  std::vector<std::pair<std::string, JsonNode>> members() const {
    if (!value_.is_object()) fail("must be an object");
    std::vector<std::pair<std::string, JsonNode>> nodes;
    for (const auto& [key, value] : value_.items()) {
      nodes.emplace_back(key, JsonNode(value, source_, pointer_ + '/' + key));
    }
    return nodes;
  }

  // A key with nothing to say is left out: what it would fill keeps its value.
  void read(const char* key, std::string& into) const {
    if (auto node = find(key)) into = node->text();
  }
  void read(const char* key, std::optional<std::string>& into) const {
    if (auto node = find(key)) into = node->text();
  }
  void read(const char* key, std::optional<bool>& into) const {
    if (auto node = find(key)) into = node->boolean();
  }
  template <std::integral T>
  void read(const char* key, T& into) const {
    if (auto node = find(key)) into = node->integer<T>();
  }
  template <std::integral T>
  void read(const char* key, std::optional<T>& into) const {
    if (auto node = find(key)) into = node->integer<T>();
  }
  void read_amount(const char* key, std::int64_t& into) const {
    if (auto node = find(key)) into = node->amount();
  }
  void read_amount(const char* key, std::optional<std::int64_t>& into) const {
    if (auto node = find(key)) into = node->amount();
  }

 private:
  using Json = nlohmann::ordered_json;
  const Json& value_;
  const std::string& source_;
  std::string pointer_;
};

}  // namespace coldstart::results
