// Counts and gaps of the patterns that have a rate, against theory.
#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

#include <boost/math/distributions/chi_squared.hpp>

#include "tests/harness/load/drawn.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

constexpr double kRare = 1e-3;

double chi_square_quantile(double probability, std::size_t degrees) {
  return quantile(boost::math::chi_squared(static_cast<double>(degrees)), probability);
}

TEST(ConstantRate, PoissonGapsAreExponential) {
  const auto times = due_times(load_of(ConstantPattern{200, Spacing::kPoisson}, 200s));
  const auto gaps = gaps_of(times);
  const auto cdf = [](double gap) { return exponential_cdf(gap * 200); };
  EXPECT_LT(ks_statistic(gaps, cdf), kKsCritical);
  EXPECT_NEAR(static_cast<double>(times.size()), 40'000, 4 * 200);  // deviation: the square root
}

TEST(ConstantRate, TheTestTellsExponentialGapsFromOthers) {
  const auto uniform = gaps_of(due_times(load_of(ConstantPattern{200, Spacing::kUniform}, 20s)));
  const auto cdf = [](double gap) { return exponential_cdf(gap * 200); };
  EXPECT_GT(ks_statistic(uniform, cdf), 5 * kKsCritical);
}

TEST(ConstantRate, PoissonCountsVaryAsMuchAsTheyAre) {
  constexpr std::size_t kBins = 2000;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto times = due_times(load_of(ConstantPattern{10, Spacing::kPoisson}, 2000s), seed);
    // Variance over mean, times degrees of freedom, is chi-squared: too large is bunched, too small
    // is too even.
    const double statistic = chi_square(counts_in(times, 2000, kBins));
    EXPECT_GT(statistic, chi_square_quantile(kRare / 2, kBins - 1));
    EXPECT_LT(statistic, chi_square_quantile(1 - kRare / 2, kBins - 1));
  }
}

TEST(ConstantRate, PoissonGapsHaveNoMemory) {
  const auto gaps = gaps_of(due_times(load_of(ConstantPattern{100, Spacing::kPoisson}, 400s)));
  double product = 0;
  for (std::size_t i = 1; i < gaps.size(); ++i) {
    product += (gaps[i] * 100 - 1) * (gaps[i - 1] * 100 - 1);
  }
  const auto n = static_cast<double>(gaps.size() - 1);
  EXPECT_LT(std::abs(product / n), 3.9 / std::sqrt(n));
}

TEST(ConstantRate, EvenGapsAreAllTheSameAndAsManyAsTheRateSays) {
  for (std::size_t position = 0; position < 20; ++position) {
    const auto times = due_times(load_of(ConstantPattern{200, Spacing::kEven}, 10s), 1, position);
    EXPECT_EQ(times.size(), 2000U);
    for (std::size_t i = 1; i < times.size(); ++i) {
      EXPECT_NEAR(times[i] - times[i - 1], 0.005, 1.1e-9);
    }
    EXPECT_LE(times[0], 0.005);
  }
}

TEST(ConstantRate, UniformGapsAreUniform) {
  auto gaps = gaps_of(due_times(load_of(ConstantPattern{50, Spacing::kUniform}, 400s)));
  gaps.erase(gaps.begin());  // what was left of a gap
  EXPECT_LT(ks_statistic(gaps, [](double gap) { return uniform_cdf(gap * 25); }), kKsCritical);
  EXPECT_LT(*std::ranges::max_element(gaps), 2.0 / 50);
}

TEST(ConstantRate, AsManyAreExpectedInTheFirstGapAsLater) {
  std::vector<double> firsts;
  for (std::size_t position = 0; position < 2000; ++position) {
    const LoadSpec load = load_of(ConstantPattern{1, Spacing::kUniform}, 1h);
    firsts.push_back(
        std::chrono::duration<double>(make_arrivals(load, 1, position, position + 1)->next()->due)
            .count());
  }
  const auto residual = [](double x) { return x - x * x / 4; };
  EXPECT_LT(ks_statistic(firsts, residual), kKsCritical);
}

// The integrated rate up to a time.
double area(const std::vector<Stage>& stages, double time) {
  double sum = 0;
  for (const Stage& stage : stages) {
    const double length = std::chrono::duration<double>(stage.duration).count();
    const double t = std::clamp(time, 0.0, length);
    sum += stage.from * t + (stage.to - stage.from) / length * t * t / 2;
    time -= length;
  }
  return sum;
}

const std::vector<Stage> kStages = {
    {0, 100, 20s}, {100, 100, 10s}, {400, 400, 1s}, {0, 0, 5s}, {100, 0, 20s}};

TEST(Stages, CountsAreTheAreaBelowTheRate) {
  const double total = area(kStages, 1e9);
  EXPECT_DOUBLE_EQ(total, 1000 + 1000 + 400 + 0 + 1000);
  const auto even = due_times(load_of(StagesPattern{kStages, Spacing::kEven}));
  EXPECT_EQ(even.size(), 3400U);
  const auto poisson = due_times(load_of(StagesPattern{kStages, Spacing::kPoisson}));
  EXPECT_NEAR(static_cast<double>(poisson.size()), total, 4 * std::sqrt(total));
  const auto within = [](const std::vector<double>& times, double from, double to) {
    return std::ranges::count_if(times, [&](double t) { return t >= from && t < to; });
  };
  EXPECT_NEAR(static_cast<double>(within(even, 0, 10)), 250, 1);  // a quarter of the ramp
  EXPECT_NEAR(static_cast<double>(within(even, 10, 20)), 750, 1);
  EXPECT_NEAR(static_cast<double>(within(even, 30, 31)), 400, 1);
  EXPECT_EQ(within(even, 31.001, 36), 0);
  EXPECT_EQ(within(poisson, 31, 36), 0);
  EXPECT_NEAR(static_cast<double>(within(even, 36, 46)), 750, 1);
  EXPECT_NEAR(static_cast<double>(within(poisson, 0, 10)), 250, 4 * std::sqrt(250));
}

TEST(Stages, EvenArrivalsAreWhereTheAreaReachesTheNextWhole) {
  const auto times = due_times(load_of(StagesPattern{kStages, Spacing::kEven}));
  const double shift = area(kStages, times[0]);
  for (std::size_t i = 0; i < times.size(); ++i) {
    // A nanosecond at 400 requests a second.
    EXPECT_NEAR(area(kStages, times[i]), static_cast<double>(i) + shift, 1e-6);
  }
}

// The time-rescaling theorem: through the integrated rate, any Poisson process is one of rate 1.
TEST(Stages, ArePoissonOnTheirIntegratedRate) {
  std::vector<double> rescaled;
  for (const double time : due_times(load_of(StagesPattern{kStages, Spacing::kPoisson}))) {
    rescaled.push_back(area(kStages, time));
  }
  EXPECT_LT(ks_statistic(gaps_of(rescaled), exponential_cdf), kKsCritical);
}

TEST(OnOff, NothingIsDueWhileItIsOff) {
  const LoadSpec load = load_of(OnOffPattern{100, 2s, 3s, Spacing::kPoisson}, 500s);
  const auto times = due_times(load);
  EXPECT_NEAR(static_cast<double>(times.size()), 20'000, 4 * std::sqrt(20'000));
  std::vector<double> on;
  for (const double time : times) {
    const double cycle = std::floor(time / 5);
    EXPECT_LT(time - cycle * 5, 2 + 1e-9);
    on.push_back(cycle * 2 + time - cycle * 5);
  }
  const auto cdf = [](double gap) { return exponential_cdf(gap * 100); };
  EXPECT_LT(ks_statistic(gaps_of(on), cdf), kKsCritical);
}

double sine_area(const SinePattern& sine, double t) {
  const double period = std::chrono::duration<double>(sine.period).count();
  const double w = 2 * std::numbers::pi / period;
  return sine.mean * t + sine.amplitude / w * (1 - std::cos(w * t));
}

TEST(Sine, EvenArrivalsAreWithinAMicrosecondOfWhereTheAreaReachesTheNextWhole) {
  for (const auto& [mean, amplitude, period] :
       {std::tuple{50.0, 50.0, 10s}, std::tuple{200.0, 0.0, 60s}, std::tuple{20.0, 19.0, 3600s},
        std::tuple{0.5, 0.4, 600s}}) {
    const SinePattern sine{mean, amplitude, period, Spacing::kEven};
    const auto times = due_times(load_of(sine, 2h));
    ASSERT_GT(times.size(), 1000U);
    // The rate may be 0 at the low point, so the time is compared and not the area.
    const double shift = sine_area(sine, times[0]);
    for (std::size_t i = 0; i < times.size(); ++i) {
      const double wanted = static_cast<double>(i) + shift;
      EXPECT_LE(sine_area(sine, times[i] - 1e-6), wanted + 1e-6 * mean);
      EXPECT_GE(sine_area(sine, times[i] + 1e-6), wanted - 1e-6 * mean);
    }
  }
}

TEST(Sine, IsPoissonOnItsIntegratedRate) {
  const SinePattern sine{50, 45, 10s, Spacing::kPoisson};
  std::vector<double> rescaled;
  for (const double time : due_times(load_of(sine, 400s))) {
    rescaled.push_back(sine_area(sine, time));
  }
  EXPECT_NEAR(static_cast<double>(rescaled.size()), 20'000, 4 * std::sqrt(20'000));
  EXPECT_LT(ks_statistic(gaps_of(rescaled), exponential_cdf), kKsCritical);
}

}  // namespace
}  // namespace coldstart::harness
