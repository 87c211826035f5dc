// Typed access to YAML that knows where everything stands and goes on after an error: each read_…
// returns the value, or adds a problem and returns nothing.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "harness/suite/keys.h"
#include "harness/suite/problems.h"

namespace coldstart::harness {

/// A key with its value.
struct Entry {
  std::string key;
  YAML::Node value;
  Position key_at;
  Position at;  ///< of the value (of the key, where there is no value)
};

/// A text of the file and its place.
struct Text {
  std::string value;
  Position at;
};

/// A mapping in the order of the file, each key once.
struct Mapping {
  Position at;
  std::vector<Entry> entries;

  /// Null: the key is not given.
  const Entry* find(std::string_view key) const;
};

/// The document of a suite file. Throws Error where it cannot be read on from: not text, YAML
/// syntax, nothing or several documents in it.
YAML::Node load_yaml(const std::string& yaml, const std::string& file);

/// 1-based place of a node.
Position position_of(const YAML::Node& node);

/// The place of an element, or of the list where the element is nothing; and the element as if it
/// were the value of the list's key.
Position element_position(const YAML::Node& node, const Entry& list);
Entry element_of(const Entry& list, const YAML::Node& node);

/// For messages; long texts are cut.
std::string in_quotes(std::string_view text);
/// "'trials' must be a whole number, not 'many'".
void wrong_type(const Entry& entry, const std::string& expected, const std::string& remedy,
                Problems& problems);

/// A mapping with the keys of `section`. Unknown and duplicate keys are problems and left out.
std::optional<Mapping> read_mapping(const YAML::Node& node, Position at, Section section,
                                    Problems& problems);

/// The elements of a list. `example`: for the message where it is no list.
std::optional<std::vector<YAML::Node>> read_list(const Entry& entry, const std::string& example,
                                                 Problems& problems);

/// The entries of a mapping whose keys are names that the user chose. `example`: for the message
/// where it is no mapping. Duplicate keys are problems and left out.
std::optional<std::vector<Entry>> read_free_mapping(const Entry& entry, const std::string& example,
                                                    Problems& problems);

/// A text that is not empty. A number or a boolean counts as the text that was written.
std::optional<std::string> read_text(const Entry& entry, Problems& problems);

/// Whether a text can be the name of `what` ("a function"), which results are kept by: 1 to 64
/// letters, digits, '.', '_' or '-'. Adds a problem where it cannot.
bool check_name(const std::string& text, const Entry& entry, const std::string& what,
                Problems& problems);

/// A list of texts, which may be empty (and so may its elements, as arguments may).
std::optional<std::vector<Text>> read_texts(const Entry& entry, Problems& problems);

/// One of the choices of the key (keys.h): its index.
std::optional<std::size_t> read_choice(const Entry& entry, Section section, Problems& problems);

/// One of the choices of the key, or a list of them, each once: their indices, never none.
std::optional<std::vector<std::size_t>> read_choices(const Entry& entry, Section section,
                                                     Problems& problems);

/// A mapping of environment variables. What is wrong with one leaves the others in.
std::map<std::string, std::string> read_env(const Entry& entry, Problems& problems);

}  // namespace coldstart::harness
