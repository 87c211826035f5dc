// Wilcoxon's signed-rank statistic, and what follows from it about the centre of differences: the
// Hodges-Lehmann estimate and one-sided bounds, without assuming a distribution but its symmetry.
//
// W is the sum of the ranks of the positive differences, equally the number of Walsh averages
// (d_i + d_j) / 2, i <= j, that are positive. Source: Hollander, Wolfe & Chicken, Nonparametric
// Statistical Methods, 3rd ed., sections 3.1 to 3.3.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace coldstart::results {

/// Above so many differences the normal approximation is used; it is exact up to there.
inline constexpr std::size_t kExactSignedRank = 100;

/// P(W <= w) for n differences that are symmetric about 0. Exact up to kExactSignedRank; above, the
/// normal approximation with continuity correction.
double signed_rank_cdf(std::size_t n, double w);

/// The largest k with P(W <= k - 1) <= alpha: the k-th smallest Walsh average is a lower bound of
/// the centre at confidence 1 - alpha, the k-th largest an upper one. 0: no bound has that
/// confidence. Above kExactSignedRank: floor(n(n+1)/4 - z sqrt(n(n+1)(2n+1)/24)).
std::uint64_t signed_rank_order(std::size_t n, double alpha);

/// Differences, made ready for questions.
class SignedRank {
 public:
  /// Any order; there must be at least one, all finite.
  explicit SignedRank(std::vector<double> differences);

  std::size_t n() const { return sorted_.size(); }

  /// The median of the Walsh averages.
  double estimate() const;

  /// One-sided bounds with confidence 1 - alpha. Absent: there are too few differences for that.
  std::optional<double> lower_bound(double alpha) const;
  std::optional<double> upper_bound(double alpha) const;

  /// The probability of differences so large (small) or larger (smaller) if their centre were
  /// `shift`. Walsh averages equal to `shift` count half.
  double p_greater(double shift) const;
  double p_less(double shift) const;

  /// The k-th smallest Walsh average, k from 1 to n(n+1)/2. They are not made: this bisects over
  /// the doubles and counts, in O(n) each time.
  double walsh_average(std::uint64_t k) const;

 private:
  // How many sums d_i + d_j, i <= j, are at most (below) `sum`.
  std::uint64_t count_at_most(double sum) const;
  std::uint64_t count_below(double sum) const;
  double statistic(double shift) const;
  std::uint64_t walsh_count() const { return sorted_.size() * (sorted_.size() + 1) / 2; }

  std::vector<double> sorted_;
};

}  // namespace coldstart::results
