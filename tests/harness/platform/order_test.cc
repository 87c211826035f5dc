#include <algorithm>
#include <gtest/gtest.h>

#include "harness/platform/measure.h"

namespace coldstart::harness {
namespace {

TEST(InterleavedOrderTest, TheSameSeedGivesTheSameOrder) {
  EXPECT_EQ(interleaved_order({5, 5, 5}, 42), interleaved_order({5, 5, 5}, 42));
  EXPECT_NE(interleaved_order({50, 50, 50}, 42), interleaved_order({50, 50, 50}, 43));
}

TEST(InterleavedOrderTest, EveryBlockHoldsEveryFunctionOnce) {
  const auto order = interleaved_order({4, 4, 4}, 7);
  ASSERT_EQ(order.size(), 12U);
  for (std::size_t block = 0; block < 4; ++block) {
    std::vector<std::size_t> members(order.begin() + static_cast<std::ptrdiff_t>(block * 3),
                                     order.begin() + static_cast<std::ptrdiff_t>(block * 3 + 3));
    std::sort(members.begin(), members.end());
    EXPECT_EQ(members, (std::vector<std::size_t>{0, 1, 2}));
  }
}

TEST(InterleavedOrderTest, AFunctionWithFewerTrialsIsDoneEarlier) {
  const auto order = interleaved_order({1, 3, 0}, 1);
  EXPECT_EQ(std::count(order.begin(), order.end(), 0U), 1);
  EXPECT_EQ(std::count(order.begin(), order.end(), 1U), 3);
  EXPECT_EQ(std::count(order.begin(), order.end(), 2U), 0);
}

}  // namespace
}  // namespace coldstart::harness
