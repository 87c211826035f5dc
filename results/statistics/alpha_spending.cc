#include "results/statistics/alpha_spending.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>

namespace coldstart::results {
namespace {

using boost::math::complement;

double upper_tail(double z) {
  if (z == std::numeric_limits<double>::infinity()) return 0;
  return cdf(complement(boost::math::normal(), z));
}

double upper_quantile(double p) {
  if (p <= std::numeric_limits<double>::min()) return std::numeric_limits<double>::infinity();
  return quantile(complement(boost::math::normal(), p));
}

// The density of the score B(t) of all paths that have not crossed at an earlier look, on a grid.
class Continuing {
 public:
  /// P(the score at time `t` exceeds `bound` and never did before).
  double crossing(double t, double bound) const {
    if (points_.empty()) return upper_tail(bound / std::sqrt(t));
    double sum = 0;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      sum += weights_[i] * upper_tail((bound - points_[i]) / std::sqrt(t - time_));
    }
    return sum;
  }

  /// Go on to time `t` with what is at most `bound` there.
  void advance(double t, double bound) {
    const double deviation = std::sqrt(t);
    const double low = -kReach * deviation;
    const double high = std::min(bound, kReach * deviation);
    const double step = (high - low) / kIntervals;
    std::vector<double> points(kIntervals + 1);
    std::vector<double> weights(kIntervals + 1);
    for (int i = 0; i <= kIntervals; ++i) {
      points[i] = low + step * i;
      const double simpson = i == 0 || i == kIntervals ? 1 : i % 2 == 1 ? 4 : 2;
      weights[i] = simpson * step / 3 * density(t, points[i]);
    }
    points_ = std::move(points);
    weights_ = std::move(weights);
    time_ = t;
  }

 private:
  static constexpr int kIntervals = 400;  // even
  static constexpr double kReach = 9;     // standard deviations

  double density(double t, double x) const {
    const auto normal = [](double value, double deviation) {
      constexpr double kRootOfTwoPi = 2.5066282746310002;
      const double z = value / deviation;
      return std::exp(-z * z / 2) / (deviation * kRootOfTwoPi);
    };
    if (points_.empty()) return normal(x, std::sqrt(t));
    const double deviation = std::sqrt(t - time_);
    double sum = 0;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      sum += weights_[i] * normal(x - points_[i], deviation);
    }
    return sum;
  }

  double time_ = 0;
  std::vector<double> points_;   // empty: nothing was looked at yet
  std::vector<double> weights_;  // density times the weight of Simpson's rule
};

}  // namespace

double obrien_fleming_spending(double alpha, double fraction) {
  if (fraction >= 1) return alpha;
  return 2 * upper_tail(upper_quantile(alpha / 2) / std::sqrt(fraction));
}

std::vector<double> obrien_fleming_levels(double alpha, std::span<const double> fractions) {
  std::vector<double> levels;
  Continuing continuing;
  double spent = 0;
  for (std::size_t look = 0; look < fractions.size(); ++look) {
    const bool last = look + 1 == fractions.size();
    const double t = fractions[look];
    const double may_spend = (last ? alpha : obrien_fleming_spending(alpha, t)) - spent;
    // What is too small to be integrated: that it was not crossed before is certain then, and the
    // level is what may be spent.
    if (may_spend < 1e-15) {
      const double level = std::max(may_spend, 0.0);
      levels.push_back(level);
      spent += level;
      continuing.advance(t, std::numeric_limits<double>::infinity());
      continue;
    }
    double low = 0;
    double high = 9;  // of Z
    for (int i = 0; i < 60; ++i) {
      const double z = (low + high) / 2;
      (continuing.crossing(t, z * std::sqrt(t)) > may_spend ? low : high) = z;
    }
    levels.push_back(upper_tail(high));
    spent += may_spend;
    if (!last) continuing.advance(t, high * std::sqrt(t));
  }
  return levels;
}

double crossing_probability(std::span<const double> bounds, std::span<const double> fractions) {
  Continuing continuing;
  double sum = 0;
  for (std::size_t look = 0; look < fractions.size(); ++look) {
    const double bound = bounds[look] * std::sqrt(fractions[look]);
    sum += continuing.crossing(fractions[look], bound);
    continuing.advance(fractions[look], bound);
  }
  return sum;
}

}  // namespace coldstart::results
