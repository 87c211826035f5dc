#include "results/statistics/signed_rank.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <mutex>
#include <utility>

#include <boost/math/distributions/normal.hpp>

namespace coldstart::results {
namespace {

double mean_of(double n) { return n * (n + 1) / 4; }
double deviation_of(double n) { return std::sqrt(n * (n + 1) * (2 * n + 1) / 24); }

// P(W <= w) for w = 0, 1, …, n(n+1)/2: the coefficients of prod (1 + x^r) / 2^n, summed up.
std::vector<double> exact_distribution(std::size_t n) {
  std::vector<double> density(n * (n + 1) / 2 + 1, 0.0);
  density[0] = 1;
  std::size_t top = 0;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    top += rank;
    for (std::size_t w = top; w >= rank; --w) density[w] = (density[w] + density[w - rank]) / 2;
    for (std::size_t w = 0; w < rank; ++w) density[w] /= 2;
  }
  for (std::size_t w = 1; w < density.size(); ++w) density[w] += density[w - 1];
  return density;
}

const std::vector<double>& distribution(std::size_t n) {
  static std::array<std::vector<double>, kExactSignedRank + 1> made;
  static std::mutex making;
  const std::scoped_lock lock(making);
  if (made[n].empty()) made[n] = exact_distribution(n);
  return made[n];
}

// Doubles in the order of their values, as integers: what lies between two can be halved.
std::uint64_t to_ordinal(double value) {
  const auto raw = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
  constexpr std::uint64_t kSign = 1ULL << 63U;
  return (raw & kSign) != 0 ? ~raw : raw | kSign;
}

double from_ordinal(std::uint64_t ordinal) {
  constexpr std::uint64_t kSign = 1ULL << 63U;
  return std::bit_cast<double>((ordinal & kSign) != 0 ? ordinal & ~kSign : ~ordinal);
}

}  // namespace

double signed_rank_cdf(std::size_t n, double w) {
  if (w < 0) return 0;
  const std::size_t top = n * (n + 1) / 2;
  if (w >= static_cast<double>(top)) return 1;
  if (n <= kExactSignedRank) return distribution(n)[static_cast<std::size_t>(w)];
  const auto count = static_cast<double>(n);
  const boost::math::normal standard;
  return cdf(standard, (std::floor(w) + 0.5 - mean_of(count)) / deviation_of(count));
}

std::uint64_t signed_rank_order(std::size_t n, double alpha) {
  if (n <= kExactSignedRank) {
    const std::vector<double>& known = distribution(n);
    const auto above = std::upper_bound(known.begin(), known.end(), alpha);
    return static_cast<std::uint64_t>(above - known.begin());
  }
  const auto count = static_cast<double>(n);
  const boost::math::normal standard;
  const double z = quantile(complement(standard, alpha));
  const double order = std::floor(mean_of(count) - z * deviation_of(count));
  return order < 1 ? 0 : static_cast<std::uint64_t>(order);
}

SignedRank::SignedRank(std::vector<double> differences) : sorted_(std::move(differences)) {
  std::sort(sorted_.begin(), sorted_.end());
}

// Rounded addition is monotonic in both terms, so along a row and down the rows what is within
// `sum` shrinks: one walk along the edge counts all.
std::uint64_t SignedRank::count_at_most(double sum) const {
  std::uint64_t count = 0;
  std::size_t end = sorted_.size();
  for (std::size_t i = 0; i < sorted_.size(); ++i) {
    while (end > i && sorted_[i] + sorted_[end - 1] > sum) --end;
    if (end <= i) break;
    count += end - i;
  }
  return count;
}

std::uint64_t SignedRank::count_below(double sum) const {
  return count_at_most(std::nextafter(sum, -std::numeric_limits<double>::infinity()));
}

// Halving alone takes 64 steps over all values; every other one guesses instead, as if the averages
// between the bounds were evenly spread.
double SignedRank::walsh_average(std::uint64_t k) const {
  std::uint64_t low = to_ordinal(2 * sorted_.front());
  std::uint64_t high = to_ordinal(2 * sorted_.back());
  std::uint64_t below_low = 0;               // always less than k, and
  std::uint64_t up_to_high = walsh_count();  // at least k
  for (bool guess = true; low < high; guess = !guess) {
    std::uint64_t middle = low + (high - low) / 2;
    if (guess) {
      const double share =
          static_cast<double>(k - below_low) / static_cast<double>(up_to_high - below_low);
      const double from = from_ordinal(low);
      middle = std::clamp(to_ordinal(from + share * (from_ordinal(high) - from)), low, high - 1);
    }
    const std::uint64_t count = count_at_most(from_ordinal(middle));
    if (count >= k) {
      high = middle;
      up_to_high = count;
    } else {
      low = middle + 1;
      below_low = count;
    }
  }
  return from_ordinal(low) / 2;
}

double SignedRank::estimate() const {
  const std::uint64_t count = walsh_count();
  const double upper = walsh_average(count / 2 + 1);
  return count % 2 == 1 ? upper : (walsh_average(count / 2) + upper) / 2;
}

std::optional<double> SignedRank::lower_bound(double alpha) const {
  const std::uint64_t order = signed_rank_order(n(), alpha);
  if (order == 0) return std::nullopt;
  return walsh_average(order);
}

std::optional<double> SignedRank::upper_bound(double alpha) const {
  const std::uint64_t order = signed_rank_order(n(), alpha);
  if (order == 0) return std::nullopt;
  return walsh_average(walsh_count() + 1 - order);
}

double SignedRank::statistic(double shift) const {
  const std::uint64_t not_above = count_at_most(2 * shift);
  const std::uint64_t below = count_below(2 * shift);
  return static_cast<double>(walsh_count() - not_above) +
         static_cast<double>(not_above - below) / 2;
}

double SignedRank::p_greater(double shift) const {
  // P(W >= w) = P(W <= top - w), by symmetry.
  return signed_rank_cdf(n(), static_cast<double>(walsh_count()) - statistic(shift));
}

double SignedRank::p_less(double shift) const { return signed_rank_cdf(n(), statistic(shift)); }

}  // namespace coldstart::results
