// What holds for the arrivals of every pattern: the same seed, the same arrivals; functions and
// loads have nothing in common; time_scale and duration.
#include "harness/load/arrivals.h"

#include <cmath>
#include <gtest/gtest.h>
#include <set>

#include "results/model/error.h"
#include "tests/harness/load/drawn.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

LoadSpec poisson(double rate, std::chrono::nanoseconds duration) {
  return load_of(ConstantPattern{rate, Spacing::kPoisson}, duration);
}

std::vector<LoadSpec> random_loads() {
  std::vector<LoadSpec> loads;
  for (const Spacing spacing : {Spacing::kEven, Spacing::kPoisson, Spacing::kUniform}) {
    loads.push_back(load_of(ConstantPattern{50, spacing}, 60s));
    loads.push_back(load_of(StagesPattern{{{0, 100, 30s}, {100, 20, 30s}}, spacing}));
    loads.push_back(load_of(OnOffPattern{100, 2s, 2s, spacing}, 60s));
    loads.push_back(load_of(SinePattern{50, 50, 7s, spacing}, 60s));
  }
  return loads;
}

TEST(MakeArrivals, TheSameSeedGivesTheSameArrivals) {
  for (const LoadSpec& load : random_loads()) {
    EXPECT_GT(due_times(load, 7, 3).size(), 1000U);
    EXPECT_EQ(due_times(load, 7, 3), due_times(load, 7, 3));
    EXPECT_NE(due_times(load, 7, 3), due_times(load, 8, 3));
  }
}

// Of another standard library, too: these are the numbers of mt19937_64 and of our own arithmetic.
TEST(MakeArrivals, AreThoseOfEveryMachine) {
  const auto arrivals = make_arrivals(poisson(1, 1h), 42, 0, 1);
  EXPECT_EQ(arrivals->next()->due, 416'208'345ns);
  EXPECT_EQ(arrivals->next()->due, 5'201'283'278ns);
  EXPECT_EQ(arrivals->next()->due, 5'255'584'234ns);
}

TEST(MakeArrivals, TheSeedOfTheLoadComesBeforeThatOfTheRun) {
  LoadSpec load = poisson(10, 60s);
  load.seed = 5;
  EXPECT_EQ(due_times(load, 1), due_times(load, 2));
  EXPECT_EQ(due_times(load, 1), due_times(poisson(10, 60s), 5));
}

TEST(MakeArrivals, LoadsWithOtherNamesHaveOtherArrivals) {
  LoadSpec other = poisson(10, 60s);
  other.name = "other";
  EXPECT_NE(due_times(other), due_times(poisson(10, 60s)));
}

TEST(MakeArrivals, NoTwoFunctionsShareArrivals) {
  constexpr std::size_t kFunctions = 8;
  for (const LoadSpec& load : random_loads()) {
    std::set<double> seen;
    std::size_t total = 0;
    for (std::size_t position = 0; position < kFunctions; ++position) {
      const auto times = due_times(load, 1, position);
      total += times.size();
      seen.insert(times.begin(), times.end());
    }
    // At 1 ns, some 25,000 times within 60 s meet by chance now and then.
    EXPECT_LE(total - seen.size(), 2U);
  }
}

double correlation(const std::vector<int>& a, const std::vector<int>& b) {
  const auto n = static_cast<double>(a.size());
  double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sa += a[i];
    sb += b[i];
    saa += double(a[i]) * a[i];
    sbb += double(b[i]) * b[i];
    sab += double(a[i]) * b[i];
  }
  return (sab - sa * sb / n) / std::sqrt((saa - sa * sa / n) * (sbb - sb * sb / n));
}

TEST(MakeArrivals, StreamsOfFunctionsLoadsAndSeedsAreIndependent) {
  constexpr std::size_t kBins = 5000;
  constexpr double kEnd = 5000;
  const LoadSpec load = poisson(3, 5000s);
  LoadSpec other = load;
  other.name = "load2";
  const auto counts = [&](const LoadSpec& of, std::uint64_t seed, std::size_t position) {
    return counts_in(due_times(of, seed, position), kEnd, kBins);
  };
  // Of independent streams the correlation is normal with deviation 1/sqrt(bins).
  const double limit = 3.9 / std::sqrt(static_cast<double>(kBins));
  const auto first = counts(load, 1, 0);
  for (std::size_t position = 1; position < 30; ++position) {
    EXPECT_LT(std::abs(correlation(first, counts(load, 1, position))), limit) << position;
  }
  for (std::uint64_t seed = 2; seed < 30; ++seed) {
    EXPECT_LT(std::abs(correlation(first, counts(load, seed, 0))), limit) << seed;
    // Neighbouring seeds and positions do not give the same stream either.
    EXPECT_LT(std::abs(correlation(counts(load, seed, 0), counts(load, seed - 1, 1))), limit);
  }
  EXPECT_LT(std::abs(correlation(first, counts(other, 1, 0))), limit);
  EXPECT_DOUBLE_EQ(correlation(first, counts(load, 1, 0)), 1);  // so it would be noticed
}

TEST(MakeArrivals, AscendAndEndBeforeTheDuration) {
  for (LoadSpec load : random_loads()) {
    load.duration = 13s;
    const auto times = due_times(load);
    EXPECT_TRUE(std::ranges::is_sorted(times));
    EXPECT_GE(times.front(), 0);
    EXPECT_LT(times.back(), 13);
    EXPECT_GT(times.back(), 10);
  }
}

TEST(MakeArrivals, TimeScaleDividesPatternTime) {
  const LoadSpec plain = poisson(10, 60s);
  LoadSpec scaled = plain;
  scaled.time_scale = 60;
  const auto slow = due_times(plain);
  const auto fast = due_times(scaled);
  ASSERT_EQ(slow.size(), fast.size());
  for (std::size_t i = 0; i < slow.size(); ++i) EXPECT_NEAR(slow[i] / 60, fast[i], 1e-9);
  EXPECT_LT(fast.back(), 1);
}

TEST(MakeArrivals, PatternsThatWaitForAnswersHaveNone) {
  EXPECT_THROW(make_arrivals(load_of(ColdPattern{}), 1, 0, 1), Error);
  EXPECT_THROW(make_arrivals(load_of(ClosedPattern{}), 1, 0, 1), Error);
}

}  // namespace
}  // namespace coldstart::harness
