// What pairs of starts say of one metric, before anybody judges it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "results/compare/gate.h"
#include "results/statistics/paired_quantile.h"
#include "results/statistics/signed_rank.h"

namespace coldstart::results {

/// Fewer pairs have no estimate of this metric.
std::size_t fewest_pairs(Metric metric);

/// What the data say of one metric of one function, on the scale of log ratios.
struct Evidence {
  MetricVerdict told;  ///< as far as it is known before the verdict
  bool failed = false;
  bool may_gate = true;  ///< there are enough pairs
  std::optional<SignedRank> ranks;
  std::optional<PairedQuantile> quantiles;
  double centre = 0;  ///< the estimate
  double error = 0;   ///< its standard error

  double p_greater(double shift) const;
  double p_less(double shift) const;
  /// Absent: there is none at this level.
  std::optional<double> lower_bound(double alpha) const;
  std::optional<double> upper_bound(double alpha) const;
  bool known() const { return ranks || quantiles; }
};

/// The same for the same series and seed, on every machine.
Evidence evidence_of(const PairSeries& series, Metric metric, std::uint64_t seed);

}  // namespace coldstart::results
