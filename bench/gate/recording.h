// Recorded real starts: pairs of two starts of the same program, in the order of measuring.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace coldstart::gate {

struct Recording {
  std::string function;
  std::vector<std::int64_t> first_ns;   ///< "baseline": the same program as
  std::vector<std::int64_t> second_ns;  ///< "candidate"

  std::size_t pairs() const { return first_ns.size(); }
  /// Standard deviation of the logarithm, robust: 1.4826 times the median distance from the median.
  double robust_cv() const;
  /// Rank correlation of each start with the next: how much the machine drifts.
  double lag1_rank_correlation() const;
  /// Rank correlation of the two starts of a pair.
  double pair_rank_correlation() const;
};

/// Lines "function,first_ns,second_ns" below a header, compressed with gzip. Throws Error.
std::vector<Recording> read_recordings(const std::filesystem::path& file);
void write_recordings(const std::filesystem::path& file, const std::vector<Recording>& recordings);

}  // namespace coldstart::gate
