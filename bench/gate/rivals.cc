#include "bench/gate/rivals.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "results/statistics/random.h"

namespace coldstart::gate {
namespace {

double median(Sample sample) {
  std::vector<double> values(sample.begin(), sample.end());
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double mean(Sample sample) {
  return std::accumulate(sample.begin(), sample.end(), 0.0) / static_cast<double>(sample.size());
}

double deviation(Sample sample) {
  const double centre = mean(sample);
  double squares = 0;
  for (const double value : sample) squares += (value - centre) * (value - centre);
  return std::sqrt(squares / static_cast<double>(sample.size() - 1));
}

// p < 0.05, no smallest effect.
bool benchstat(Sample baseline, Sample candidate) {
  return mann_whitney(baseline, candidate) < 0.05 && median(candidate) > median(baseline);
}

// The same test on the same data; it prints a colour and ends with exit code 0 whatever it found.
// Here: what it prints.
bool compare_py(Sample baseline, Sample candidate) {
  return mann_whitney(baseline, candidate) < 0.05 && mean(candidate) > mean(baseline);
}

// Bootstrap of the relative change of the mean; beyond the noise threshold of 1 % on the whole 95 %
// interval and p < 0.05 it says "regressed". 1,000 resamples here, 100,000 there.
bool criterion(Sample baseline, Sample candidate) {
  results::RandomBits bits(baseline.size());
  constexpr int kResamples = 1000;
  const auto resampled_mean = [&](Sample sample) {
    double sum = 0;
    for (std::size_t i = 0; i < sample.size(); ++i) {
      sum += sample[results::draw_below(bits, static_cast<std::uint32_t>(sample.size()))];
    }
    return sum / static_cast<double>(sample.size());
  };
  std::vector<double> changes;
  for (int i = 0; i < kResamples; ++i) {
    changes.push_back(resampled_mean(candidate) / resampled_mean(baseline) - 1);
  }
  std::ranges::sort(changes);
  return changes[kResamples * 25 / 1000] > 0.01;
}

// Worse by more than the factor 1.1, and p < 0.002.
bool asv(Sample baseline, Sample candidate) {
  return median(candidate) > 1.1 * median(baseline) && mann_whitney(baseline, candidate) < 0.002;
}

// Student's t-test of the new measurement against the history: the upper boundary at 0.99 of the
// baseline's runs. A run's figure is its mean; the history is made of ten slices of the baseline.
bool bencher(Sample baseline, Sample candidate) {
  constexpr std::size_t kRuns = 10;
  const std::size_t size = baseline.size() / kRuns;
  if (size == 0) return false;
  std::vector<double> history;
  for (std::size_t run = 0; run < kRuns; ++run) {
    history.push_back(mean(baseline.subspan(run * size, size)));
  }
  const boost::math::students_t t(kRuns - 1);
  const double boundary = mean(history) + quantile(t, 0.99) * deviation(history);
  return mean(candidate.first(size)) > boundary;
}

// The figure is more than 200 % of the last one.
bool ratio(Sample baseline, Sample candidate) { return mean(candidate) > 2 * mean(baseline); }

}  // namespace

double mann_whitney(Sample a, Sample b) {
  struct Value {
    double value;
    bool first;
  };
  std::vector<Value> all;
  all.reserve(a.size() + b.size());
  for (const double value : a) all.push_back({value, true});
  for (const double value : b) all.push_back({value, false});
  std::ranges::sort(all, {}, &Value::value);
  double rank_sum = 0;
  double ties = 0;
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && all[end].value == all[begin].value) ++end;
    const auto count = static_cast<double>(end - begin);
    const double rank = (static_cast<double>(begin + end) + 1) / 2;
    for (std::size_t i = begin; i < end; ++i) rank_sum += all[i].first ? rank : 0;
    ties += count * count * count - count;
    begin = end;
  }
  const auto n1 = static_cast<double>(a.size());
  const auto n2 = static_cast<double>(b.size());
  const double n = n1 + n2;
  const double u = rank_sum - n1 * (n1 + 1) / 2;
  const double variance = n1 * n2 / 12 * (n + 1 - ties / (n * (n - 1)));
  if (variance <= 0) return 1;
  const double z = (std::abs(u - n1 * n2 / 2) - 0.5) / std::sqrt(variance);
  return std::min(1.0, 2 * cdf(complement(boost::math::normal(), std::max(z, 0.0))));
}

const std::vector<Rival>& rivals() {
  static const std::vector<Rival> all = {
      {"benchstat", "Mann-Whitney, p < 0.05", "golang.org/x/perf/cmd/benchstat", benchstat},
      {"compare.py", "Mann-Whitney, p < 0.05 (its exit code is always 0)",
       "github.com/google/benchmark, docs/tools.md", compare_py},
      {"criterion", "95 % interval of the mean's change above 1 %",
       "bheisler.github.io/criterion.rs/book, Analysis Process", criterion},
      {"asv", "factor 1.1 and Mann-Whitney, p < 0.002", "asv.readthedocs.io, asv continuous", asv},
      {"Bencher", "t-test against ten past runs, boundary 0.99",
       "bencher.dev/docs/explanation/thresholds", bencher},
      {"github-action-benchmark", "mean above 200 % of the last",
       "github.com/benchmark-action/github-action-benchmark, alert-threshold", ratio}};
  return all;
}

}  // namespace coldstart::gate
