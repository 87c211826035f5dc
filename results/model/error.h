// The one exception type of the project.
#pragma once

#include <stdexcept>
#include <string>

namespace coldstart {

/// Something we cannot do, said so that a user can act on it: what thing, why not, what to do.
/// Only `main` catches and prints it (exit 2). A function that fails to start is not an Error: it
/// is an outcome (see record.h).
class Error : public std::runtime_error {
 public:
  /// `thing`: what the message is about (a file:line:column, a path, an option). `reason`: what is
  /// wrong with it. `remedy`: what to do, may be empty. what() is "thing: reason; remedy".
  Error(const std::string& thing, const std::string& reason, const std::string& remedy = "")
      : std::runtime_error(thing + ": " + reason + (remedy.empty() ? "" : "; " + remedy)) {}
  /// Several errors at once (all the errors of a suite file), one per line, already composed.
  explicit Error(const std::string& lines) : std::runtime_error(lines) {}
};

}  // namespace coldstart
