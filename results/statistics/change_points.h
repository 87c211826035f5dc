// Where the level of a series of runs changed.
//
// Optimal partitioning (Jackson et al. 2005; PELT of Killick et al. 2012 is its pruned form): the
// cut of the series into segments that minimises the sum of their costs plus a penalty a cut. The
// cost of a segment is the sum of distances from its median, in units of the noise (twice the
// negative log-likelihood of a Laplace distribution), so that one run that is far off costs the
// same in any segment and makes no change. The noise is read from neighbouring differences, which a
// few changes of level hardly touch.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace coldstart::results {

/// Segments shorter than this are not told from outliers: a change is seen once there are two runs
/// of it.
inline constexpr std::size_t kShortestSegment = 2;

/// Indices at which a new level begins, ascending. `values`: logarithms of medians in order of time
/// (a change of 5 % is then 0.049 on every level). Simulated on noise without a change (series of
/// 10 to 200, normal noise): a point is found in at most one of twenty series. O(n²) in time and
/// memory O(n).
std::vector<std::size_t> change_points(std::span<const double> values);

}  // namespace coldstart::results
