// The errors of one suite file, collected so that the user sees all of them at once.
#pragma once

#include <compare>
#include <string>
#include <utility>
#include <vector>

namespace coldstart::harness {

/// A place in the suite file; both count from 1 (columns count bytes).
struct Position {
  int line = 1;
  int column = 1;
  auto operator<=>(const Position&) const = default;
};

/// What is wrong, and what to do about it.
struct Complaint {
  std::string what;
  std::string remedy;
};

class Problems {
 public:
  /// `file`: how the messages name the file.
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void add(Position at, const std::string& what, const std::string& remedy);
  void add(Position at, const Complaint& complaint);
  bool empty() const { return entries_.empty(); }

  /// Throws one Error with a line `file:line:column: what; what to do` for each problem, sorted by
  /// position, each line once (an alias may bring the same problem twice). Returns if there is
  /// none.
  void throw_if_any() const;

 private:
  struct Entry {
    Position at;
    std::string line;
  };
  std::string file_;
  std::vector<Entry> entries_;
};

}  // namespace coldstart::harness
