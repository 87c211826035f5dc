#include "results/statistics/paired_quantile.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <boost/math/distributions/students_t.hpp>

#include "results/statistics/harrell_davis.h"
#include "results/statistics/random.h"

namespace coldstart::results {
namespace {

std::vector<std::uint32_t> order_of(std::span<const double> values) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return values[a] != values[b] ? values[a] < values[b] : a < b;
  });
  return order;
}

std::vector<double> in_order(std::span<const double> values,
                             const std::vector<std::uint32_t>& order) {
  std::vector<double> sorted;
  sorted.reserve(order.size());
  for (const std::uint32_t i : order) sorted.push_back(values[i]);
  return sorted;
}

// What is left of the weights below this would move an estimate by less than it is worth a walk.
constexpr double kNoWeight = 1e-12;

// Draws from a binomial distribution, the same on every machine for the same words.
class BinomialDraws {
 public:
  BinomialDraws(std::uint32_t trials, double p) {
    const double reach = 12 * std::sqrt(trials * p * (1 - p)) + 12;
    first_ = static_cast<std::uint32_t>(std::max(0.0, std::floor(trials * p - reach)));
    const auto last =
        static_cast<std::uint32_t>(std::min<double>(trials, std::ceil(trials * p + reach)));
    // Each from its neighbour, outwards from the likeliest, up to a factor that the sum tells.
    const auto middle = std::clamp(static_cast<std::uint32_t>(trials * p), first_, last);
    std::vector<double> density(last - first_ + 1);
    density[middle - first_] = 1;
    for (std::uint32_t k = middle; k < last; ++k) {
      density[k + 1 - first_] = density[k - first_] * (trials - k) / (k + 1) * p / (1 - p);
    }
    for (std::uint32_t k = middle; k > first_; --k) {
      density[k - 1 - first_] = density[k - first_] * k / (trials - k + 1) * (1 - p) / p;
    }
    const double all = std::accumulate(density.begin(), density.end(), 0.0);
    double sum = 0;
    for (const double each : density) cumulative_.push_back((sum += each) / all);
  }

  std::uint32_t operator()(RandomWords& words) const {
    const std::uint64_t upper = words();
    const double uniform =
        static_cast<double>((upper << 32U | words()) >> 11U) / static_cast<double>(1ULL << 53U);
    const auto above = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, uniform);
    return first_ + static_cast<std::uint32_t>(above - cumulative_.begin());
  }

 private:
  std::uint32_t first_ = 0;
  std::vector<double> cumulative_;
};

// A side of the pairs, as far as a resampled estimate comes: the highest of its samples, from the
// top, and which pair of those that take part each belongs to.
struct Top {
  std::vector<double> values;
  std::vector<std::uint32_t> pair;
};

// How many samples, from the top, a walk sees at most: those with a weight, and some more where a
// resample has drawn few of them.
std::size_t depth_of(const HarrellDavis& weights, std::size_t n) {
  std::size_t rank = n;
  while (rank > weights.first() && weights.weight_up_to(rank) > kNoWeight) --rank;
  const auto needed = static_cast<double>(n - rank);
  return std::min(n, n - rank + static_cast<std::size_t>(8 * std::sqrt(needed)) + 8);
}

// The estimate from a resample in which pair i occurs times[i] times: no sorting, a walk along the
// order that is known. It begins at the top, as a high quantile has no weight on most of what is
// below. `weight_below[k]`: of all samples but the k highest.
double resampled_estimate(const std::vector<double>& weight_below, const Top& top,
                          const std::vector<std::uint32_t>& times) {
  double sum = 0;
  double weight_above = 1;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < top.values.size() && weight_above > kNoWeight; ++i) {
    const std::uint32_t count = times[top.pair[i]];
    taken += count;
    const double weight = weight_below[std::min(taken, weight_below.size() - 1)];
    sum += (weight_above - weight) * top.values[i];
    weight_above = weight;
  }
  return sum + weight_above * top.values.back();
}

// Resamples of whole pairs. Only those that are high on one of the two sides count, a quarter for a
// 90th percentile: how many of the draws hit one of them is drawn first, then which ones.
class Resamples {
 public:
  Resamples(const HarrellDavis& weights, std::span<const double> base,
            const std::vector<std::uint32_t>& base_order, std::span<const double> changed,
            const std::vector<std::uint32_t>& changed_order)
      : n_(base.size()) {
    for (std::size_t rank = n_; rank > weights.first(); --rank) {
      weight_below_.push_back(weights.weight_up_to(rank));
    }
    weight_below_.push_back(0);
    std::vector<std::uint32_t> number(n_, kNone);
    const std::size_t depth = depth_of(weights, n_);
    const auto take = [&](std::span<const double> values, const std::vector<std::uint32_t>& order) {
      Top top;
      for (std::size_t i = n_; i-- > n_ - depth;) {
        std::uint32_t& known = number[order[i]];
        if (known == kNone) known = members_++;
        top.values.push_back(values[order[i]]);
        top.pair.push_back(known);
      }
      return top;
    };
    base_ = take(base, base_order);
    changed_ = take(changed, changed_order);
  }

  std::vector<double> differences(int count, std::uint64_t seed) const {
    RandomWords words(seed);
    std::optional<BinomialDraws> hits;
    if (members_ < n_) {
      hits.emplace(static_cast<std::uint32_t>(n_),
                   static_cast<double>(members_) / static_cast<double>(n_));
    }
    std::vector<std::uint32_t> times(members_);
    std::vector<double> differences;
    differences.reserve(static_cast<std::size_t>(count));
    for (int resample = 0; resample < count; ++resample) {
      std::fill(times.begin(), times.end(), 0U);
      const std::uint32_t draws = hits ? (*hits)(words) : static_cast<std::uint32_t>(n_);
      for (std::uint32_t i = 0; i < draws; ++i) ++times[draw_below(words, members_)];
      differences.push_back(resampled_estimate(weight_below_, changed_, times) -
                            resampled_estimate(weight_below_, base_, times));
    }
    return differences;
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::size_t n_;
  std::vector<double> weight_below_;
  std::uint32_t members_ = 0;  // pairs that are among the highest of a side
  Top base_, changed_;
};

// The estimates that leave out one sample each, by the rank of what is left out.
std::vector<double> leave_one_out(const std::vector<double>& sorted, double q) {
  const std::size_t n = sorted.size();
  const HarrellDavis weights(n - 1, q);
  const auto weight = [&](std::size_t i) {
    return weights.weight_up_to(i + 1) - weights.weight_up_to(i);
  };
  // Ranks before the one that is left out keep their weights, those behind it move down by one.
  std::vector<double> estimates(n);
  double without_first = 0;
  for (std::size_t i = 1; i < n; ++i) without_first += weight(i - 1) * sorted[i];
  estimates[0] = without_first;
  for (std::size_t left_out = 1; left_out < n; ++left_out) {
    estimates[left_out] =
        estimates[left_out - 1] + weight(left_out - 1) * (sorted[left_out - 1] - sorted[left_out]);
  }
  return estimates;
}

double deviation_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (n - 1));
}

}  // namespace

PairedQuantile::PairedQuantile(std::span<const double> base, std::span<const double> changed,
                               double q, std::uint64_t seed)
    : n_(base.size()) {
  const auto base_order = order_of(base);
  const auto changed_order = order_of(changed);
  const auto sorted_base = in_order(base, base_order);
  const auto sorted_changed = in_order(changed, changed_order);
  const HarrellDavis weights(n_, q);
  estimate_ = weights(sorted_changed) - weights(sorted_base);

  if (n_ > kMostBootstrapPairs) {
    const auto base_without = leave_one_out(sorted_base, q);
    const auto changed_without = leave_one_out(sorted_changed, q);
    std::vector<double> without(n_, 0.0);
    for (std::size_t rank = 0; rank < n_; ++rank) {
      without[changed_order[rank]] += changed_without[rank];
      without[base_order[rank]] -= base_without[rank];
    }
    const auto n = static_cast<double>(n_);
    standard_error_ = deviation_of(without) * (n - 1) / std::sqrt(n);
    return;
  }

  resampled_ =
      Resamples(weights, base, base_order, changed, changed_order).differences(kResamples, seed);
  std::sort(resampled_.begin(), resampled_.end());
  standard_error_ = deviation_of(resampled_);
}

double PairedQuantile::lower_bound(double alpha) const {
  const boost::math::students_t t(static_cast<double>(n_ - 1));
  const double by_error = estimate_ - quantile(complement(t, alpha)) * standard_error_;
  if (resampled_.empty()) return by_error;
  const auto below = static_cast<std::size_t>(alpha * static_cast<double>(resampled_.size()));
  return std::min(by_error, resampled_[std::min(below, resampled_.size() - 1)]);
}

double PairedQuantile::upper_bound(double alpha) const {
  const boost::math::students_t t(static_cast<double>(n_ - 1));
  const double by_error = estimate_ + quantile(complement(t, alpha)) * standard_error_;
  if (resampled_.empty()) return by_error;
  const auto above = static_cast<std::size_t>(alpha * static_cast<double>(resampled_.size()));
  return std::max(by_error,
                  resampled_[resampled_.size() - 1 - std::min(above, resampled_.size() - 1)]);
}

double PairedQuantile::p_greater(double shift) const {
  if (standard_error_ <= 0) return estimate_ > shift ? 0 : 1;
  const boost::math::students_t t(static_cast<double>(n_ - 1));
  const double by_error = cdf(complement(t, (estimate_ - shift) / standard_error_));
  if (resampled_.empty()) return by_error;
  const auto not_above = std::upper_bound(resampled_.begin(), resampled_.end(), shift);
  const double by_percentile =
      static_cast<double>(not_above - resampled_.begin()) / static_cast<double>(resampled_.size());
  return std::max(by_error, by_percentile);
}

double PairedQuantile::p_less(double shift) const {
  if (standard_error_ <= 0) return estimate_ < shift ? 0 : 1;
  const boost::math::students_t t(static_cast<double>(n_ - 1));
  const double by_error = cdf(t, (estimate_ - shift) / standard_error_);
  if (resampled_.empty()) return by_error;
  const auto not_below = std::lower_bound(resampled_.begin(), resampled_.end(), shift);
  const double by_percentile =
      static_cast<double>(resampled_.end() - not_below) / static_cast<double>(resampled_.size());
  return std::max(by_error, by_percentile);
}

}  // namespace coldstart::results
