// How much a quantile changed between the two sides of pairs, and how sure that is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace coldstart::results {

/// Up to so many pairs, whole pairs are resampled; above, the bootstrap is replaced by what it
/// tends to, a normal distribution with the jackknife's standard error.
inline constexpr std::size_t kMostBootstrapPairs = 10'000;
inline constexpr int kResamples = 2'000;

/// The difference of the Harrell-Davis estimates of quantile q, `changed` minus `base`.
///
/// A bound is the more cautious of two: the percentile of the bootstrap, and the estimate minus t
/// standard errors of it (n - 1 degrees of freedom). The percentile alone is too bold for few pairs
/// and cannot speak of probabilities below 1 / kResamples, the other assumes symmetry.
class PairedQuantile {
 public:
  /// Pair i is (base[i], changed[i]); there must be at least two. The same seed gives the same
  /// bounds everywhere.
  PairedQuantile(std::span<const double> base, std::span<const double> changed, double q,
                 std::uint64_t seed);

  double estimate() const { return estimate_; }
  double standard_error() const { return standard_error_; }
  std::size_t n() const { return n_; }

  /// One-sided bounds with confidence 1 - alpha.
  double lower_bound(double alpha) const;
  double upper_bound(double alpha) const;

  /// The smallest alpha at which the lower (upper) bound would be beyond `shift`.
  double p_greater(double shift) const;
  double p_less(double shift) const;

 private:
  std::size_t n_;
  double estimate_ = 0;
  double standard_error_ = 0;
  std::vector<double> resampled_;  // ascending; empty where there were too many pairs
};

}  // namespace coldstart::results
