// The Harrell-Davis estimate of a quantile: a weighted mean of all order statistics, steadier than
// one or two of them. Harrell & Davis 1982, "A new distribution-free quantile estimator",
// Biometrika 69, 635-640.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace coldstart::results {

/// The weights of n order statistics for quantile q (0 < q < 1): differences of the regularised
/// incomplete beta function I_x((n+1)q, (n+1)(1-q)) at multiples of 1/n.
///
/// Only the stretch that matters is kept: outside of it the weights sum to less than 1e-20. The
/// last few are remembered: two sides of pairs, and thousands of replays, ask for the same.
class HarrellDavis {
 public:
  HarrellDavis(std::size_t n, double q);

  /// The estimate from n samples in ascending order.
  double operator()(std::span<const double> sorted) const;

  /// The share of all weight that lies on order statistics 1 to `rank` (0 to n).
  double weight_up_to(std::size_t rank) const;

  std::size_t n() const { return n_; }
  /// 0-based order statistics outside [first, last) have no weight.
  std::size_t first() const { return first_; }
  std::size_t last() const { return first_ + cumulative_->size() - 1; }

 private:
  std::size_t n_;
  std::size_t first_ = 0;
  // From 0 to 1, one more than there are weights.
  std::shared_ptr<const std::vector<double>> cumulative_;
};

}  // namespace coldstart::results
