// Where the requests of a trace are placed in time.
#include <chrono>
#include <cmath>
#include <memory>

#include <boost/math/distributions/chi_squared.hpp>

#include "tests/harness/load/drawn.h"
#include "tests/harness/load/trace_files.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

// `functions` of a made-up trace, each called `count` times in each of `minutes`.
LoadSpec steady(Spread spread, std::uint32_t count, std::uint32_t minutes,
                std::size_t functions = 1) {
  Trace trace;
  for (std::size_t i = 0; i < functions; ++i) {
    TraceFunction function;
    for (std::uint32_t minute = 0; minute < minutes; ++minute) {
      function.minutes.push_back({minute, count});
    }
    trace.functions.push_back(function);
  }
  TracePattern pattern;
  pattern.spread = spread;
  pattern.trace = std::make_shared<const Trace>(std::move(trace));
  return load_of(pattern);
}

std::vector<double> of_the_minute(std::vector<double> times) {
  for (double& time : times) time = std::fmod(time, 60);
  return times;
}

TEST(TraceSpread, KeepsTheCountOfEveryMinute) {
  for (const Spread spread : {Spread::kUniform, Spread::kEven}) {
    for (const std::uint32_t count : {1U, 2U, 7U, 1000U}) {
      const auto times = due_times(steady(spread, count, 50));
      EXPECT_TRUE(std::ranges::is_sorted(times));
      for (const int found : counts_in(times, 50 * 60, 50)) {
        EXPECT_EQ(found, static_cast<int>(count)) << name(spread);
      }
    }
  }
}

TEST(TraceSpread, PoissonVariesTheCountAndKeepsTheRate) {
  const auto counts = counts_in(due_times(steady(Spread::kPoisson, 20, 2000)), 2000 * 60, 2000);
  const boost::math::chi_squared distribution(1999);
  EXPECT_GT(chi_square(counts), quantile(distribution, 0.0005));
  EXPECT_LT(chi_square(counts), quantile(distribution, 0.9995));
}

// What a published replayer did: every function at the minute boundary.
TEST(TraceSpread, DoesNotBunchAtTheBoundaryOfTheMinute) {
  for (const Spread spread : {Spread::kUniform, Spread::kPoisson}) {
    for (const std::uint32_t count : {1U, 3U, 60U}) {
      const auto seconds = of_the_minute(due_times(steady(spread, count, 20'000 / count)));
      EXPECT_LT(ks_statistic(seconds, [](double s) { return uniform_cdf(s / 60); }), kKsCritical)
          << name(spread) << " " << count;
      const boost::math::chi_squared distribution(59);
      EXPECT_LT(chi_square(counts_in(seconds, 60, 60)), quantile(distribution, 0.999));
    }
  }
}

TEST(TraceSpread, FunctionsThatAreCalledEvenlyAreNotCalledTogether) {
  constexpr std::size_t kFunctions = 2000;
  const LoadSpec load = steady(Spread::kEven, 1, 1, kFunctions);
  std::vector<double> seconds;
  for (std::size_t position = 0; position < kFunctions; ++position) {
    seconds.push_back(due_times(load, 1, position).at(0));
  }
  EXPECT_LT(ks_statistic(seconds, [](double s) { return uniform_cdf(s / 60); }), kKsCritical);
}

TEST(TraceSpread, EvenGapsAreAllTheSame) {
  const auto times = due_times(steady(Spread::kEven, 30, 10));
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_NEAR(times[i] - times[i - 1], 2, 1e-8);
}

TEST(TraceSpread, UniformIsAsIfEachRequestHadChosenItsMomentAlone) {
  // Of two uniform numbers the smaller one has density 2(1 - x), the larger one 2x.
  std::vector<double> smaller;
  std::vector<double> larger;
  const auto times = of_the_minute(due_times(steady(Spread::kUniform, 2, 5000)));
  for (std::size_t i = 0; i < times.size(); i += 2) {
    smaller.push_back(times[i] / 60);
    larger.push_back(times[i + 1] / 60);
  }
  EXPECT_LT(ks_statistic(smaller, [](double x) { return 1 - (1 - x) * (1 - x); }), kKsCritical);
  EXPECT_LT(ks_statistic(larger, [](double x) { return x * x; }), kKsCritical);
}

TEST(TraceSpread, DependsOnTheSeedAndOnTheFunction) {
  const LoadSpec load = steady(Spread::kUniform, 10, 10, 2);
  EXPECT_EQ(due_times(load, 1), due_times(load, 1));
  EXPECT_NE(due_times(load, 1), due_times(load, 2));
  EXPECT_NE(due_times(load, 1, 0), due_times(load, 1, 1));
}

class TraceArrivals : public TraceFiles {};

TEST_F(TraceArrivals, AzureRequestsAreDueWhenTheyStartedAndSayHowLongTheyRan) {
  TracePattern pattern = azure_2021(kHeader2021 + "a,f,1,1\na,f,10,1\na,f,8,4\n");
  pattern.trace = std::make_shared<const Trace>(read_trace(pattern));
  LoadSpec load = load_of(pattern);
  load.time_scale = 2;
  const auto arrivals = make_arrivals(load, 1, 0, 1);
  const auto is_next = [&](std::chrono::nanoseconds due, std::chrono::nanoseconds duration) {
    const auto arrival = arrivals->next();
    return arrival && arrival->due == due && arrival->recorded_duration == duration;
  };
  EXPECT_TRUE(is_next(0s, 1s));
  EXPECT_TRUE(is_next(2s, 4s));
  EXPECT_TRUE(is_next(4500ms, 1s));
  EXPECT_FALSE(arrivals->next().has_value());
}

TEST_F(TraceArrivals, ADurationCutsTheTrace) {
  LoadSpec load = steady(Spread::kEven, 60, 10);
  load.duration = 90s;
  EXPECT_EQ(due_times(load).size(), 90U);
}

TEST_F(TraceArrivals, ATraceThatWasNotReadIsAnError) {
  EXPECT_THROW(make_arrivals(load_of(azure_2019(header_2019(1) + "o,a,f,http,1\n")), 1, 0, 1),
               Error);
}

}  // namespace
}  // namespace coldstart::harness
