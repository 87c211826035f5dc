// Why something was not seen, in words that need no knowledge of our insides.
#pragma once

#include <string>

namespace coldstart::results {

/// Reasons are stored as they were recorded; those that speak of our insides are said differently,
/// all others as they are.
inline std::string in_plain_words(const std::string& reason) {
  if (reason == "the program was not examined before this start") {
    return "it runs in a program that the rehearsal did not start, so its probe was not set yet";
  }
  return reason;
}

}  // namespace coldstart::results
