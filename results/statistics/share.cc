#include "results/statistics/share.h"

#include <boost/math/distributions/binomial.hpp>

namespace coldstart::results {

Share share_of(std::size_t part, std::size_t total, double confidence) {
  using Binomial = boost::math::binomial_distribution<double>;
  const auto n = static_cast<double>(total);
  const auto k = static_cast<double>(part);
  const double tail = (1 - confidence) / 2;
  return {part, total, part == 0 ? 0 : Binomial::find_lower_bound_on_p(n, k, tail),
          part == total ? 1 : Binomial::find_upper_bound_on_p(n, k, tail)};
}

}  // namespace coldstart::results
