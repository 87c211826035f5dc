// Where the requests of a trace are placed in time.
#include <array>
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
    return arrival && arrival->due == due && arrival->work == duration;
  };
  // The time scale is of both.
  EXPECT_TRUE(is_next(0s, 500ms));
  EXPECT_TRUE(is_next(2s, 2s));
  EXPECT_TRUE(is_next(4500ms, 500ms));
  EXPECT_FALSE(arrivals->next().has_value());
}

// Milliseconds at the percentiles 0, 1, 25, 50, 75, 99 and 100.
constexpr std::array<double, 7> kTable = {5, 6, 10, 16, 24, 100, 180};

// 20,000 requests to a function of that table.
LoadSpec with_durations(bool percentiles) {
  LoadSpec load = steady(Spread::kUniform, 1000, 20);
  auto& pattern = std::get<TracePattern>(load.pattern);
  Trace trace = *pattern.trace;
  TraceDurations& durations = trace.functions.front().durations.emplace();
  durations.average = 20ms;
  if (percentiles) {
    auto& times = durations.percentiles.emplace();
    for (std::size_t i = 0; i < kTable.size(); ++i) {
      times[i] = std::chrono::nanoseconds(static_cast<std::int64_t>(kTable[i] * 1e6));
    }
  }
  pattern.trace = std::make_shared<const Trace>(std::move(trace));
  return load;
}

// What part of the runs the table says to be no longer than that.
double table_cdf(double ms) {
  constexpr auto& kParts = TraceDurations::kPercentiles;
  if (ms <= kTable.front()) return 0;
  for (std::size_t i = 1; i < kTable.size(); ++i) {
    if (ms > kTable[i]) continue;
    return kParts[i - 1] +
           (kParts[i] - kParts[i - 1]) * (ms - kTable[i - 1]) / (kTable[i] - kTable[i - 1]);
  }
  return 1;
}

// Milliseconds that the function is to work on each of its requests; -1: it is not told.
std::vector<double> works(const LoadSpec& load, std::uint64_t seed = 1) {
  std::vector<double> found;
  const auto arrivals = make_arrivals(load, seed, 0, 1);
  while (const auto arrival = arrivals->next()) {
    found.push_back(
        arrival->work ? std::chrono::duration<double, std::milli>(*arrival->work).count() : -1);
  }
  return found;
}

TEST(TraceDurations, AreDrawnFromThePercentilesOfTheFunction) {
  const std::vector<double> drawn = works(with_durations(true));
  ASSERT_EQ(drawn.size(), 20'000U);
  EXPECT_LT(ks_statistic(drawn, table_cdf), kKsCritical);
  EXPECT_EQ(drawn, works(with_durations(true)));
  EXPECT_NE(drawn, works(with_durations(true), 2));
  // One request's says nothing about the next one's.
  double product = 0;
  for (std::size_t i = 1; i < drawn.size(); ++i) {
    product += (table_cdf(drawn[i - 1]) - 0.5) * (table_cdf(drawn[i]) - 0.5);
  }
  EXPECT_LT(std::abs(product / (1.0 / 12) / std::sqrt(drawn.size())), 3.3);
}

TEST(TraceDurations, AreTheAverageWhereThereAreNoPercentiles) {
  EXPECT_EQ(works(with_durations(false)), std::vector<double>(20'000, 20.0));
}

TEST(TraceDurations, OfAFunctionThatTheFileDoesNotHaveAreNotMadeUp) {
  EXPECT_EQ(works(steady(Spread::kUniform, 2, 1)), (std::vector<double>{-1, -1}));
}

TEST(TraceDurations, ShrinkWithTheTimeScale) {
  LoadSpec load = with_durations(true);
  const std::vector<double> full = works(load);
  load.time_scale = 8;
  const std::vector<double> shrunk = works(load);
  ASSERT_EQ(shrunk.size(), full.size());
  for (std::size_t i = 0; i < full.size(); ++i) EXPECT_NEAR(shrunk[i], full[i] / 8, 1e-6);
}

TEST(TraceDurations, DoNotChangeWhenRequestsAreDue) {
  EXPECT_EQ(due_times(with_durations(true)), due_times(steady(Spread::kUniform, 1000, 20)));
}

TEST(TraceDurations, OfATableHitItsPercentiles) {
  const auto load = with_durations(true);
  const auto& durations = *std::get<TracePattern>(load.pattern).trace->functions[0].durations;
  EXPECT_EQ(duration_at(durations, 0), 5ms);
  EXPECT_EQ(duration_at(durations, 0.01), 6ms);
  EXPECT_EQ(duration_at(durations, 0.375), 13ms);
  EXPECT_EQ(duration_at(durations, 0.5), 16ms);
  EXPECT_EQ(duration_at(durations, 0.99), 100ms);
  EXPECT_EQ(duration_at(durations, 1), 180ms);
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
