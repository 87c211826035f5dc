#include "results/statistics/paired_quantile.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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

// The estimate from a resample in which sample `of_rank[i]` of the ascending `sorted` occurs
// times[of_rank[i]] times: no sorting, a walk along the order that is known. It begins at the top,
// as a high quantile has no weight on most of what is below.
template <typename RankToPair>
double resampled_estimate(const HarrellDavis& weights, const std::vector<double>& sorted,
                          const std::vector<std::uint32_t>& times, RankToPair of_rank) {
  double sum = 0;
  double weight_above = 1;
  std::size_t rank = sorted.size();
  for (std::size_t i = sorted.size(); i-- > 0 && rank > weights.first();) {
    rank -= times[of_rank(i)];
    const double weight = weights.weight_up_to(rank);
    sum += (weight_above - weight) * sorted[i];
    weight_above = weight;
  }
  return sum;
}

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

  // Pairs by the rank of their base: then one of the two walks goes straight through memory.
  std::vector<std::uint32_t> rank_of_base(n_);
  for (std::uint32_t rank = 0; rank < n_; ++rank) rank_of_base[base_order[rank]] = rank;
  std::vector<std::uint32_t> by_changed(n_);
  for (std::size_t rank = 0; rank < n_; ++rank) {
    by_changed[rank] = rank_of_base[changed_order[rank]];
  }
  RandomWords words(seed);
  const auto count = static_cast<std::uint32_t>(n_);
  std::vector<std::uint32_t> times(n_);
  resampled_.reserve(kResamples);
  for (int resample = 0; resample < kResamples; ++resample) {
    std::fill(times.begin(), times.end(), 0U);
    for (std::uint32_t i = 0; i < count; ++i) ++times[draw_below(words, count)];
    const auto same = [](std::size_t rank) { return rank; };
    const auto other = [&](std::size_t rank) { return std::size_t{by_changed[rank]}; };
    resampled_.push_back(resampled_estimate(weights, sorted_changed, times, other) -
                         resampled_estimate(weights, sorted_base, times, same));
  }
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
