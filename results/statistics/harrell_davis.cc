#include "results/statistics/harrell_davis.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <utility>

#include <boost/math/special_functions/beta.hpp>

namespace coldstart::results {
namespace {

// Double precision is enough: the functions are good to some 1e-14, and several times faster so.
using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

std::vector<double> cumulative_weights(std::size_t n, double q, std::size_t first,
                                       std::size_t last) {
  const auto count = static_cast<double>(n);
  const double a = (count + 1) * q;
  const double b = (count + 1) * (1 - q);
  std::vector<double> cumulative;
  cumulative.reserve(last - first + 1);
  for (std::size_t i = first; i <= last; ++i) {
    cumulative.push_back(boost::math::ibeta(a, b, static_cast<double>(i) / count, InDouble()));
  }
  cumulative.front() = 0;
  cumulative.back() = 1;
  return cumulative;
}

// Those that were asked for last.
class Known {
 public:
  using Weights = std::shared_ptr<const std::vector<double>>;

  Weights find(std::size_t n, double q, std::size_t first, std::size_t last) {
    const std::scoped_lock lock(asking_);
    const auto known = weights_.find({n, q});
    if (known != weights_.end()) return known->second;
    if (weights_.size() == kMost) weights_.clear();
    return weights_[{n, q}] =
               std::make_shared<const std::vector<double>>(cumulative_weights(n, q, first, last));
  }

 private:
  static constexpr std::size_t kMost = 64;

  std::mutex asking_;
  std::map<std::pair<std::size_t, double>, Weights> weights_;
};

}  // namespace

HarrellDavis::HarrellDavis(std::size_t n, double q) : n_(n) {
  static Known known;
  const auto count = static_cast<double>(n);
  // Twelve standard deviations of the beta distribution, and some more where it is skewed.
  const double reach = 12 * std::sqrt(q * (1 - q) / count) + 60 / count;
  first_ = static_cast<std::size_t>(std::floor(std::max(0.0, q - reach) * count));
  const auto last =
      std::min(n, static_cast<std::size_t>(std::ceil(std::min(1.0, q + reach) * count)));
  cumulative_ = known.find(n, q, first_, last);
}

double HarrellDavis::operator()(std::span<const double> sorted) const {
  const std::vector<double>& cumulative = *cumulative_;
  double sum = 0;
  for (std::size_t i = 0; i + 1 < cumulative.size(); ++i) {
    sum += (cumulative[i + 1] - cumulative[i]) * sorted[first_ + i];
  }
  return sum;
}

double HarrellDavis::weight_up_to(std::size_t rank) const {
  if (rank <= first_) return 0;
  return (*cumulative_)[std::min(rank - first_, cumulative_->size() - 1)];
}

}  // namespace coldstart::results
