#include "results/statistics/change_points.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>

namespace coldstart::results {
namespace {

// A change smaller than the noise of no machine is none: half a per cent.
constexpr double kLeastNoise = 0.005;
// For normal noise the mean distance from the median is this times the median of the distances
// between neighbours: 0.798 σ and 0.954 σ.
constexpr double kNoiseOfDifferences = 0.836;
// Found by simulation, see the header.
constexpr double kPenalty = 6;
constexpr double kPenaltyOfLength = 3;

/// The sum of distances of values from their median, a value at a time.
class Distances {
 public:
  void add(double value) {
    if (below_.empty() || value <= below_.top()) {
      below_.push(value);
      below_sum_ += value;
    } else {
      above_.push(value);
      above_sum_ += value;
    }
    if (below_.size() > above_.size() + 1) {
      move(below_, below_sum_, above_, above_sum_);
    } else if (above_.size() > below_.size()) {
      move(above_, above_sum_, below_, below_sum_);
    }
  }
  double sum() const {
    const auto surplus = static_cast<double>(below_.size() - above_.size());
    return above_sum_ - below_sum_ + surplus * below_.top();
  }

 private:
  template <typename From, typename To>
  static void move(From& from, double& from_sum, To& to, double& to_sum) {
    const double value = from.top();
    from.pop();
    from_sum -= value;
    to.push(value);
    to_sum += value;
  }
  std::priority_queue<double> below_;  // the median on top
  std::priority_queue<double, std::vector<double>, std::greater<>> above_;
  double below_sum_ = 0;
  double above_sum_ = 0;
};

double noise_of(std::span<const double> values) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < values.size(); ++i) {
    steps.push_back(std::abs(values[i] - values[i - 1]));
  }
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return std::max(kLeastNoise, kNoiseOfDifferences * *middle);
}

}  // namespace

std::vector<std::size_t> change_points(std::span<const double> values) {
  const std::size_t n = values.size();
  if (n < 2 * kShortestSegment) return {};
  const double noise = noise_of(values);
  const double penalty = kPenalty + kPenaltyOfLength * std::log(static_cast<double>(n));
  // best[end]: the cheapest way to cut the first `end` values; its last segment begins at
  // from[end].
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> from(n + 1, 0);
  best[0] = 0;
  for (std::size_t end = kShortestSegment; end <= n; ++end) {
    Distances distances;
    for (std::size_t begin = end; begin-- > 0;) {
      distances.add(values[begin]);
      if (end - begin < kShortestSegment) continue;
      const double cost = best[begin] + 2 * distances.sum() / noise + (begin > 0 ? penalty : 0);
      if (cost < best[end]) {
        best[end] = cost;
        from[end] = begin;
      }
    }
  }
  std::vector<std::size_t> points;
  for (std::size_t end = from[n]; end > 0; end = from[end]) points.push_back(end);
  std::reverse(points.begin(), points.end());
  return points;
}

}  // namespace coldstart::results
