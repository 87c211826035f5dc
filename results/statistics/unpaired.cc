#include "results/statistics/unpaired.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <boost/math/distributions/normal.hpp>

namespace coldstart::results {
namespace {

using Samples = std::span<const std::int64_t>;

constexpr std::size_t kExactUpTo = 50;  // of each sample; above, the normal approximation

// How many differences b_j - a_i are at most `most`; both ascending.
std::size_t differences_up_to(Samples a, Samples b, std::int64_t most) {
  std::size_t count = 0;
  std::size_t below = 0;  // b_0 .. b_(below-1) are at most a_i + most
  for (const std::int64_t x : a) {
    while (below < b.size() && b[below] - x <= most) ++below;
    count += below;
  }
  return count;
}

// The rank-th smallest of all differences (1-based), by halving the range that holds it.
std::int64_t nth_difference(Samples a, Samples b, std::size_t rank) {
  std::int64_t low = b.front() - a.back();
  std::int64_t high = b.back() - a.front();
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (differences_up_to(a, b, middle) >= rank) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

// P(U = u) for all u. The sum of m ranks out of 1 .. m+n, counted rank by rank.
std::vector<double> mann_whitney_probabilities(std::size_t m, std::size_t n) {
  const std::size_t most = m * n;
  // ways[j][u]: to have chosen j ranks whose sum is u above the smallest possible.
  std::vector<std::vector<double>> ways(m + 1, std::vector<double>(most + 1, 0.0));
  ways[0][0] = 1;
  for (std::size_t rank = 1; rank <= m + n; ++rank) {
    for (std::size_t j = std::min(rank, m); j >= 1; --j) {
      const std::size_t above = rank - j;  // as the j-th smallest of those chosen it adds this
      for (std::size_t u = above; u <= most; ++u) ways[j][u] += ways[j - 1][u - above];
    }
  }
  double total = 0;
  for (const double count : ways[m]) total += count;
  for (double& count : ways[m]) count /= total;
  return ways[m];
}

/// Which differences enclose the shift: the rank-th smallest and the rank-th largest.
struct Rank {
  std::size_t rank = 0;  ///< 0: not even the outermost ones do
  double coverage = 0;
};

Rank exact_rank(std::size_t m, std::size_t n, double tail) {
  const std::vector<double> probabilities = mann_whitney_probabilities(m, n);
  double below = 0;
  Rank found;
  for (std::size_t rank = 1; 2 * rank <= m * n + 1; ++rank) {
    below += probabilities[rank - 1];
    if (below > tail) break;
    found = {rank, 1 - 2 * below};
  }
  return found;
}

Rank approximate_rank(std::size_t m, std::size_t n, double tail) {
  const boost::math::normal_distribution<double> normal;
  const auto product = static_cast<double>(m) * static_cast<double>(n);
  const double deviation = std::sqrt(product * static_cast<double>(m + n + 1) / 12);
  const double rank = std::floor(product / 2 - quantile(complement(normal, tail)) * deviation);
  if (rank < 1) return {};
  return {static_cast<std::size_t>(rank), 1 - 2 * cdf(normal, (rank - product / 2) / deviation)};
}

Shift shift_of(Samples a, Samples b, double confidence) {
  const std::size_t all = a.size() * b.size();
  Shift shift;
  shift.estimate = static_cast<double>(nth_difference(a, b, (all + 1) / 2));
  if (all % 2 == 0) {
    shift.estimate = (shift.estimate + static_cast<double>(nth_difference(a, b, all / 2 + 1))) / 2;
  }
  const double tail = (1 - confidence) / 2;
  const Rank enclosing = std::max(a.size(), b.size()) <= kExactUpTo
                             ? exact_rank(a.size(), b.size(), tail)
                             : approximate_rank(a.size(), b.size(), tail);
  if (enclosing.rank > 0) {
    shift.interval = ShiftInterval{
        static_cast<double>(nth_difference(a, b, enclosing.rank)),
        static_cast<double>(nth_difference(a, b, all + 1 - enclosing.rank)), enclosing.coverage};
  }
  return shift;
}

// Logarithms as whole numbers, finer than any clock: the same search serves both.
constexpr double kLogUnits = 1ULL << 40U;

std::vector<std::int64_t> logarithms(Samples samples) {
  std::vector<std::int64_t> logs;
  logs.reserve(samples.size());
  for (const std::int64_t sample : samples) {
    logs.push_back(std::llround(std::log(static_cast<double>(sample)) * kLogUnits));
  }
  return logs;
}

}  // namespace

Shift unpaired_shift(Samples a, Samples b, double confidence) { return shift_of(a, b, confidence); }

Shift unpaired_ratio(Samples a, Samples b, double confidence) {
  Shift shift = shift_of(logarithms(a), logarithms(b), confidence);
  shift.estimate = std::exp(shift.estimate / kLogUnits);
  if (shift.interval) {
    shift.interval->low = std::exp(shift.interval->low / kLogUnits);
    shift.interval->high = std::exp(shift.interval->high / kLogUnits);
  }
  return shift;
}

double mann_whitney_cdf(std::size_t m, std::size_t n, std::size_t u) {
  const std::vector<double> probabilities = mann_whitney_probabilities(m, n);
  double sum = 0;
  for (std::size_t i = 0; i <= std::min(u, m * n); ++i) sum += probabilities[i];
  return sum;
}

}  // namespace coldstart::results
