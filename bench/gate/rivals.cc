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

double squares(Sample sample) {
  const double centre = mean(sample);
  double sum = 0;
  for (const double value : sample) sum += (value - centre) * (value - centre);
  return sum;
}

// What each rule is was read in the documentation or, where that says less, in the source that is
// named with it.

// benchstat, "assumption nothing": compared are medians; "~" unless the Mann-Whitney U test gives
// p <= 0.05, no smallest effect. golang.org/x/perf: cmd/benchstat, benchmath/anone.go
// (AssumeNothing), benchmath/sample.go (CompareAlpha).
bool benchstat(Sample baseline, Sample candidate) {
  return mann_whitney(baseline, candidate) <= 0.05 && median(candidate) > median(baseline);
}

// compare.py of Google Benchmark: two-sided Mann-Whitney U test, --alpha 0.05 (tools/compare.py,
// calc_utest in tools/gbench/report.py; docs/tools.md). It prints a colour; main() returns nothing,
// so that its exit code is 0 whatever it found. Here: what it prints.
bool compare_py(Sample baseline, Sample candidate) {
  return mann_whitney(baseline, candidate) < 0.05 && mean(candidate) > mean(baseline);
}

// The t statistic without an assumption of equal variances.
double welch_t(Sample a, Sample b) {
  const auto variance_of_mean = [](Sample sample) {
    const auto n = static_cast<double>(sample.size());
    return squares(sample) / (n - 1) / n;
  };
  return (mean(a) - mean(b)) / std::sqrt(variance_of_mean(a) + variance_of_mean(b));
}

class Resampler {
 public:
  explicit Resampler(std::uint64_t seed) : words_(seed) {}
  void draw(Sample from, std::span<double> into) {
    for (double& value : into) {
      value = from[results::draw_below(words_, static_cast<std::uint32_t>(from.size()))];
    }
  }

 private:
  results::RandomWords words_;
};

// criterion.rs: "regressed" if the p-value is below the significance level 0.05 and the whole 95 %
// interval of the relative change of the mean, by bootstrap, lies above the noise threshold of 1 %.
// The p-value is the share of t statistics, of resamples of both runs mixed, that are more extreme.
// bheisler.github.io/criterion.rs/book: Analysis Process, Comparison; Command-Line Output, Change
// (its "2 %" is older than the default of 0.01 in src/lib.rs); src/report.rs, compare_to_threshold.
// 1,000 resamples here, 100,000 there.
bool criterion(Sample baseline, Sample candidate) {
  constexpr int kResamples = 1000;
  Resampler resampler(baseline.size());
  std::vector<double> before(baseline.size());
  std::vector<double> after(candidate.size());
  std::vector<double> changes;
  for (int i = 0; i < kResamples; ++i) {
    resampler.draw(baseline, before);
    resampler.draw(candidate, after);
    changes.push_back(mean(after) / mean(before) - 1);
  }
  std::ranges::sort(changes);
  if (changes[kResamples * 25 / 1000] <= 0.01) return false;
  std::vector<double> mixed(baseline.begin(), baseline.end());
  mixed.insert(mixed.end(), candidate.begin(), candidate.end());
  const double observed = std::abs(welch_t(candidate, baseline));
  int more_extreme = 0;
  for (int i = 0; i < kResamples; ++i) {
    resampler.draw(mixed, before);
    resampler.draw(mixed, after);
    if (std::abs(welch_t(after, before)) > observed) ++more_extreme;
  }
  return more_extreme < kResamples * 5 / 100;
}

// asv continuous: worse by more than --factor 1.1 (of medians), and is_different: Mann-Whitney U
// test, p < 0.002. asv.readthedocs.io, Commands, asv continuous; asv/commands/compare.py,
// is_different in asv/_stats.py.
bool asv(Sample baseline, Sample candidate) {
  return median(candidate) > 1.1 * median(baseline) && mann_whitney(baseline, candidate) < 0.002;
}

// Bencher, threshold test t_test with the upper boundary 0.99 of its documentation's example: the
// quantile of a t distribution with the mean and the standard deviation (over n, not n - 1) of the
// past runs. bencher.dev/docs/explanation/thresholds; lib/bencher_boundary: src/limits/mod.rs
// (new_normal), src/mean.rs, src/boundary.rs (n - 1 degrees of freedom). A run's figure is its
// mean; the history here is made of ten slices of the baseline.
bool bencher(Sample baseline, Sample candidate) {
  constexpr std::size_t kRuns = 10;
  const std::size_t size = baseline.size() / kRuns;
  if (size == 0) return false;
  std::vector<double> history;
  for (std::size_t run = 0; run < kRuns; ++run) {
    history.push_back(mean(baseline.subspan(run * size, size)));
  }
  const boost::math::students_t t(kRuns - 1);
  const double deviation = std::sqrt(squares(history) / kRuns);
  return mean(candidate.first(size)) > mean(history) + quantile(t, 0.99) * deviation;
}

// github-action-benchmark: the figure is above alert-threshold, 200 %, of the last one (action.yml
// and README of github.com/benchmark-action/github-action-benchmark).
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
      {"benchstat", "Mann-Whitney, p <= 0.05, no smallest effect",
       "golang.org/x/perf, cmd/benchstat and benchmath/anone.go", benchstat},
      {"compare.py", "Mann-Whitney, p < 0.05 (its exit code is always 0)",
       "github.com/google/benchmark, docs/tools.md and tools/compare.py", compare_py},
      {"criterion",
       "95 % interval of the mean's change above 1 %, and bootstrapped t-test, p < 0.05",
       "bheisler.github.io/criterion.rs/book, Analysis Process and Command-Line Output", criterion},
      {"asv", "median worse by the factor 1.1, and Mann-Whitney, p < 0.002",
       "asv.readthedocs.io, asv continuous; is_different in asv/_stats.py", asv},
      {"Bencher", "t-test against ten past runs, upper boundary 0.99",
       "bencher.dev/docs/explanation/thresholds", bencher},
      {"github-action-benchmark", "mean above 200 % of the last",
       "github.com/benchmark-action/github-action-benchmark, alert-threshold", ratio}};
  return all;
}

}  // namespace coldstart::gate
