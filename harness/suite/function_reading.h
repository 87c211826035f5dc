// One function being read: what every step of it needs, and the ways to take a key.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/parse_function.h"

namespace coldstart::harness {

/// One of check_program, check_file, check_folder (files.h).
using Check = std::optional<Complaint> (*)(const std::filesystem::path&);

struct Reading {
  const Mapping& mapping;
  const FunctionContext& context;
  FunctionSpec& spec;
  Problems& problems;
  bool is_chosen = true;  ///< false: it will not be started, and what it names may be missing

  const Entry* find(std::string_view key) const { return mapping.find(key); }

  /// "function 'cpp'", for messages.
  std::string title() const;
  /// A problem of the whole function: `keys` as in "'main' or 'jar'".
  void missing(const std::string& keys, const std::string& remedy) const;
  /// About a file.
  void complain(Position at, std::optional<Complaint> complaint) const;

  /// A path of the suite, resolved and checked.
  std::filesystem::path path(const std::string& text, Position at, Check check) const;

  /// Each of these leaves `target` alone where the key is not given or wrong.
  void text(std::string_view key, std::string& target) const;
  void texts(std::string_view key, std::vector<std::string>& target) const;
  void file(std::string_view key, Check check, std::filesystem::path& target) const;
  /// A program of the machine ("java", or a path to one). That it is not there is no problem of the
  /// suite: the function is skipped later, with a reason.
  void runtime_program(std::string_view key, std::string& target) const;
};

/// The keys of the function's runtime, and its working directory.
void read_runtime_keys(const Reading& r);

}  // namespace coldstart::harness
