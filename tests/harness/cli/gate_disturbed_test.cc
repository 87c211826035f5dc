// Which disturbed pairs a check repeats.
#include "harness/cli/gate_disturbed.h"

#include <gtest/gtest.h>

namespace coldstart::cli {
namespace {

std::size_t repeated(std::size_t pairs, std::size_t planned) {
  DisturbedPairs disturbed;
  std::size_t count = 0;
  for (std::size_t i = 0; i < pairs; ++i) count += disturbed.repeats("a build", planned) ? 1 : 0;
  return count;
}

TEST(DisturbedPairs, AFewAreAlwaysRepeated) { EXPECT_EQ(repeated(20, 0), 10U); }

TEST(DisturbedPairs, AtFirstAFifthOfThePlannedPairsIsRepeatedButNotForLong) {
  EXPECT_EQ(repeated(300, 500), 100U);
  EXPECT_EQ(repeated(300, 8000), 200U);
}

TEST(DisturbedPairs, AMachineThatIsAlwaysDisturbedIsMeasuredAsItIs) {
  EXPECT_EQ(repeated(5000, 8000), 1000U);
}

TEST(DisturbedPairs, WhatIsQuietIsNotRepeated) {
  DisturbedPairs disturbed;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(disturbed.repeats({}, 100));
  EXPECT_TRUE(disturbed.notes().empty());
  EXPECT_TRUE(disturbed.repeats("a build", 100));
  ASSERT_EQ(disturbed.notes().size(), 1U);
  EXPECT_EQ(disturbed.notes().front(), "1 disturbed pair was repeated (a build)");
}

}  // namespace
}  // namespace coldstart::cli
