#include "results/statistics/share.h"

#include <gtest/gtest.h>

namespace coldstart::results {
namespace {

// Expected: where the sums of binomial probabilities are 2.5 %, found by bisection.
TEST(Share, HasTheExactInterval) {
  const Share share = share_of(10, 200, 0.95);
  EXPECT_DOUBLE_EQ(share.value(), 0.05);
  EXPECT_NEAR(share.low, 0.0242342, 1e-6);
  EXPECT_NEAR(share.high, 0.0900275, 1e-6);
}

TEST(Share, OfNoneAndOfAllIsNotCertain) {
  const Share none = share_of(0, 20, 0.95);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.1684335, 1e-6);  // 1 - 0.025^(1/20)
  const Share all = share_of(20, 20, 0.95);
  EXPECT_NEAR(all.low, 1 - 0.1684335, 1e-6);
  EXPECT_EQ(all.high, 1);
}

TEST(Share, IsNarrowForAMillion) {
  const Share share = share_of(500'000, 1'000'000, 0.95);
  EXPECT_NEAR(share.low, 0.49902, 1e-5);
  EXPECT_NEAR(share.high, 0.50098, 1e-5);
}

}  // namespace
}  // namespace coldstart::results
