#include "harness/suite/yaml_reader.h"

#include <algorithm>
#include <utility>

#include "harness/process/spawn.h"
#include "harness/suite/suggest.h"

namespace coldstart::harness {
namespace {

// What was found where something else was expected.
std::string found(const YAML::Node& node) {
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a mapping";
  if (node.IsScalar()) return in_quotes(node.Scalar());
  return "nothing";
}

Entry entry_of(const YAML::Node& key, const YAML::Node& value) {
  const Position key_at = position_of(key);
  // A value that is not there has no place of its own.
  return {key.Scalar(), value, key_at, value.IsNull() ? key_at : position_of(value)};
}

// The entries of any mapping: keys that are no text or are given twice are problems.
std::vector<Entry> entries_of(const YAML::Node& node, Problems& problems) {
  std::vector<Entry> entries;
  std::map<std::string, Position, std::less<>> first_seen;
  for (const auto& item : node) {
    if (!item.first.IsScalar()) {
      problems.add(position_of(item.first), "a key must be text, not " + found(item.first),
                   "write `key: value`");
      continue;
    }
    Entry entry = entry_of(item.first, item.second);
    const auto [seen, is_new] = first_seen.try_emplace(entry.key, entry.key_at);
    if (is_new) {
      entries.push_back(std::move(entry));
    } else {
      problems.add(entry.key_at,
                   "duplicate key " + in_quotes(entry.key) + ", first on line " +
                       std::to_string(seen->second.line),
                   "remove one of them");
    }
  }
  return entries;
}

void unknown_key(const Entry& entry, Section section, Problems& problems) {
  std::vector<std::string_view> known;
  for (const Key& key : known_keys()) {
    if (key.section == section) known.push_back(key.name);
  }
  std::string what = "unknown key " + in_quotes(entry.key) + " in " + std::string(name(section));
  if (const auto meant = suggest(entry.key, known)) {
    problems.add(entry.key_at, what, "did you mean " + in_quotes(*meant) + "?");
    return;
  }
  for (const Section other : kSections) {
    if (find_key(other, entry.key) == nullptr) continue;
    problems.add(entry.key_at, what, "it belongs into " + std::string(name(other)));
    return;
  }
  problems.add(entry.key_at, what, "known are: " + join(known));
}

// A text that the kernel will take as an argument, a path or a variable.
std::optional<std::string> text_of(const YAML::Node& node, Position at, const std::string& key,
                                   Problems& problems) {
  if (!node.IsScalar()) {
    problems.add(at, in_quotes(key) + " must be text, not " + found(node),
                 node.IsNull() ? "write a value, or remove the key" : "write one value");
    return std::nullopt;
  }
  if (node.Scalar().find('\0') != std::string::npos) {
    problems.add(at, in_quotes(key) + " contains a NUL byte", "remove it");
    return std::nullopt;
  }
  return node.Scalar();
}

}  // namespace

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMostShown = 60;
  if (text.size() > kMostShown) return "'" + std::string(text.substr(0, kMostShown)) + "…'";
  return "'" + std::string(text) + "'";
}

void wrong_type(const Entry& entry, const std::string& expected, const std::string& remedy,
                Problems& problems) {
  problems.add(entry.at,
               in_quotes(entry.key) + " must be " + expected + ", not " + found(entry.value),
               remedy);
}

const Entry* Mapping::find(std::string_view key) const {
  const auto entry = std::ranges::find(entries, key, &Entry::key);
  return entry == entries.end() ? nullptr : &*entry;
}

Position position_of(const YAML::Node& node) {
  const YAML::Mark mark = node.Mark();
  return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
}

Position element_position(const YAML::Node& node, const Entry& list) {
  return node.IsNull() ? list.at : position_of(node);
}

Entry element_of(const Entry& list, const YAML::Node& node) {
  return {list.key, node, list.key_at, element_position(node, list)};
}

std::optional<Mapping> read_mapping(const YAML::Node& node, Position at, Section section,
                                    Problems& problems) {
  if (!node.IsMap()) {
    problems.add(at, std::string(name(section)) + " must be a mapping, not " + found(node),
                 "write `key: value` pairs");
    return std::nullopt;
  }
  Mapping mapping{at, {}};
  for (Entry& entry : entries_of(node, problems)) {
    if (find_key(section, entry.key) != nullptr) {
      mapping.entries.push_back(std::move(entry));
    } else {
      unknown_key(entry, section, problems);
    }
  }
  return mapping;
}

std::optional<std::vector<YAML::Node>> read_list(const Entry& entry, const std::string& example,
                                                 Problems& problems) {
  if (!entry.value.IsSequence()) {
    wrong_type(entry, "a list", "write it as `" + example + "`", problems);
    return std::nullopt;
  }
  return std::vector<YAML::Node>(entry.value.begin(), entry.value.end());
}

std::optional<std::vector<Entry>> read_free_mapping(const Entry& entry, const std::string& example,
                                                    Problems& problems) {
  if (!entry.value.IsMap()) {
    wrong_type(entry, "a mapping", "write it as `" + example + "`", problems);
    return std::nullopt;
  }
  return entries_of(entry.value, problems);
}

std::optional<std::string> read_text(const Entry& entry, Problems& problems) {
  auto text = text_of(entry.value, entry.at, entry.key, problems);
  if (text && text->empty()) {
    problems.add(entry.at, in_quotes(entry.key) + " is empty", "write a value, or remove the key");
    return std::nullopt;
  }
  return text;
}

bool check_name(const std::string& text, const Entry& entry, const std::string& what,
                Problems& problems) {
  constexpr std::size_t kLongest = 64;
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  if (text.size() <= kLongest && text.find_first_not_of(kAllowed) == std::string::npos) return true;
  problems.add(entry.at, "'" + text + "' cannot be the name of " + what,
               "write 1 to 64 letters, digits, '.', '_' or '-'");
  return false;
}

std::optional<std::vector<Text>> read_texts(const Entry& entry, Problems& problems) {
  const auto nodes = read_list(entry, entry.key + ": [first, second]", problems);
  if (!nodes) return std::nullopt;
  std::vector<Text> texts;
  for (const YAML::Node& node : *nodes) {
    const Position at = element_position(node, entry);
    if (auto text = text_of(node, at, entry.key, problems)) {
      texts.push_back({std::move(*text), at});
    }
  }
  // An argument less would be another command.
  if (texts.size() != nodes->size()) return std::nullopt;
  return texts;
}

std::optional<std::size_t> read_choice(const Entry& entry, Section section, Problems& problems) {
  const auto text = read_text(entry, problems);
  if (!text) return std::nullopt;
  const auto choices = find_key(section, entry.key)->choices;
  const auto chosen = std::ranges::find(choices, *text);
  if (chosen != choices.end()) return static_cast<std::size_t>(chosen - choices.begin());
  const auto meant = suggest(*text, choices);
  const std::string remedy =
      meant ? "did you mean " + in_quotes(*meant) + "?" : "known are: " + join(choices);
  problems.add(entry.at, "unknown " + entry.key + " " + in_quotes(*text), remedy);
  return std::nullopt;
}

std::optional<std::vector<std::size_t>> read_choices(const Entry& entry, Section section,
                                                     Problems& problems) {
  if (!entry.value.IsSequence()) {
    const auto chosen = read_choice(entry, section, problems);
    if (!chosen) return std::nullopt;
    return std::vector{*chosen};
  }
  if (entry.value.size() == 0) {
    problems.add(entry.at, in_quotes(entry.key) + " is empty", "write a value, or remove the key");
    return std::nullopt;
  }
  std::vector<std::size_t> all;
  bool good = true;
  for (const YAML::Node& node : entry.value) {
    const Position at = element_position(node, entry);
    const auto chosen = read_choice(element_of(entry, node), section, problems);
    good = good && chosen;
    if (!chosen) continue;
    if (std::ranges::find(all, *chosen) == all.end()) {
      all.push_back(*chosen);
    } else {
      problems.add(at, in_quotes(entry.key) + " has '" + node.Scalar() + "' twice",
                   "remove one of them");
    }
  }
  if (!good) return std::nullopt;
  return all;
}

std::map<std::string, std::string> read_env(const Entry& entry, Problems& problems) {
  std::map<std::string, std::string> env;
  if (!entry.value.IsMap()) {
    wrong_type(entry, "a mapping", "write it as `env: {NAME: value}`", problems);
    return env;
  }
  for (const Entry& variable : entries_of(entry.value, problems)) {
    constexpr std::string_view kImpossible("=\0", 2);
    if (variable.key.empty() || variable.key.find_first_of(kImpossible) != std::string::npos) {
      problems.add(variable.key_at, in_quotes(variable.key) + " cannot be the name of a variable",
                   "write a name that is not empty and has no '=' in it");
      continue;
    }
    if (variable.key == kInstanceVariable) {
      problems.add(variable.key_at, in_quotes(variable.key) + " is coldstart's own variable",
                   "use another name");
      continue;
    }
    if (auto value = text_of(variable.value, variable.at, variable.key, problems)) {
      env[variable.key] = std::move(*value);
    }
  }
  return env;
}

}  // namespace coldstart::harness
