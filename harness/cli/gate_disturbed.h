// The pairs of a check that something else disturbed: which are repeated, and what is said of it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace coldstart::cli {

class DisturbedPairs {
 public:
  /// Whether a pair is to be repeated; `planned`: pairs of all functions together. Where more than
  /// a fifth is disturbed, of those measured so far or, at first, of those planned (200 at most),
  /// that is how this machine is, and the others count.
  bool repeats(const std::optional<std::string>& disturbance, std::size_t planned);

  /// For the report.
  std::vector<std::string> notes() const;

 private:
  std::size_t pairs_ = 0, repeated_ = 0, kept_ = 0;
  std::map<std::string, std::size_t> what_;
};

}  // namespace coldstart::cli
