#include "results/statistics/harrell_davis.h"

#include <algorithm>
#include <cmath>

#include <boost/math/special_functions/beta.hpp>

namespace coldstart::results {

HarrellDavis::HarrellDavis(std::size_t n, double q) : n_(n) {
  const auto count = static_cast<double>(n);
  const double a = (count + 1) * q;
  const double b = (count + 1) * (1 - q);
  // Twelve standard deviations of the beta distribution, and some more where it is skewed.
  const double reach = 12 * std::sqrt(q * (1 - q) / count) + 60 / count;
  first_ = static_cast<std::size_t>(std::floor(std::max(0.0, q - reach) * count));
  const auto last =
      std::min(n, static_cast<std::size_t>(std::ceil(std::min(1.0, q + reach) * count)));
  cumulative_.reserve(last - first_ + 1);
  for (std::size_t i = first_; i <= last; ++i) {
    cumulative_.push_back(boost::math::ibeta(a, b, static_cast<double>(i) / count));
  }
  cumulative_.front() = 0;
  cumulative_.back() = 1;
}

double HarrellDavis::operator()(std::span<const double> sorted) const {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < cumulative_.size(); ++i) {
    sum += (cumulative_[i + 1] - cumulative_[i]) * sorted[first_ + i];
  }
  return sum;
}

double HarrellDavis::weight_up_to(std::size_t rank) const {
  if (rank <= first_) return 0;
  return cumulative_[std::min(rank - first_, cumulative_.size() - 1)];
}

}  // namespace coldstart::results
