// A share of a count, and how sure we may be of what is behind it.
#pragma once

#include <cstddef>

namespace coldstart::results {

/// part / total, with the interval of the probability that it estimates.
struct Share {
  std::size_t part = 0;
  std::size_t total = 0;  ///< more than 0
  double low = 0;         ///< 0 to 1
  double high = 1;

  double value() const { return static_cast<double>(part) / static_cast<double>(total); }
};

/// The exact (Clopper & Pearson 1934) interval: contains the probability with at least
/// `confidence`, also for shares of 0 and 1. It takes the cases as independent. `total` is more
/// than 0, `part` at most `total`.
Share share_of(std::size_t part, std::size_t total, double confidence);

}  // namespace coldstart::results
