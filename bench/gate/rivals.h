// How other tools decide, from their documentation, for comparison and for nothing else. Each gets
// two samples of latencies and says whether the second is slower.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace coldstart::gate {

using Sample = std::span<const double>;

struct Rival {
  std::string name;
  std::string rule;    ///< in a few words, for the table
  std::string source;  ///< where it is documented
  bool (*slower)(Sample baseline, Sample candidate);
};

const std::vector<Rival>& rivals();

/// Two-sided p-value of the Mann-Whitney U test, normal approximation with ties and continuity.
double mann_whitney(Sample a, Sample b);

}  // namespace coldstart::gate
