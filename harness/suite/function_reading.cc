#include "harness/suite/function_reading.h"

#include <utility>

#include "harness/suite/files.h"

namespace coldstart::harness {

std::string Reading::title() const {
  return spec.name.empty() ? "this function" : "function '" + spec.name + "'";
}

void Reading::missing(const std::string& keys, const std::string& remedy) const {
  problems.add(mapping.at, title() + " lacks " + keys, remedy);
}

void Reading::complain(Position at, std::optional<Complaint> complaint) const {
  if (complaint && is_chosen) problems.add(at, *complaint);
}

std::filesystem::path Reading::path(const std::string& text, Position at, Check check) const {
  std::filesystem::path resolved = resolve(context.root, text);
  const bool is_absolute = std::filesystem::path(text).is_absolute();
  if (context.root_is_there || is_absolute) complain(at, check(resolved));
  return resolved;
}

void Reading::text(std::string_view key, std::string& target) const {
  const Entry* entry = find(key);
  if (entry == nullptr) return;
  if (auto value = read_text(*entry, problems)) target = std::move(*value);
}

void Reading::texts(std::string_view key, std::vector<std::string>& target) const {
  const Entry* entry = find(key);
  if (entry == nullptr) return;
  if (auto values = read_texts(*entry, problems)) {
    target.clear();
    for (Text& value : *values) target.push_back(std::move(value.value));
  }
}

void Reading::file(std::string_view key, Check check, std::filesystem::path& target) const {
  const Entry* entry = find(key);
  if (entry == nullptr) return;
  if (const auto value = read_text(*entry, problems)) target = path(*value, entry->at, check);
}

void Reading::runtime_program(std::string_view key, std::string& target) const {
  const Entry* entry = find(key);
  if (entry == nullptr) return;
  if (auto value = read_text(*entry, problems)) {
    const bool is_path = value->find('/') != std::string::npos;
    target = is_path ? resolve(context.root, *value).string() : std::move(*value);
  }
}

}  // namespace coldstart::harness
