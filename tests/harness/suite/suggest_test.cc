#include "harness/suite/suggest.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace coldstart::harness {
namespace {

constexpr std::array<std::string_view, 4> kWords = {"jvm", "native", "timeout", "trials"};

TEST(EditDistance, CountsInsertDeleteReplaceAndSwap) {
  EXPECT_EQ(edit_distance("jvm", "jvm"), 0U);
  EXPECT_EQ(edit_distance("jmv", "jvm"), 1U);
  EXPECT_EQ(edit_distance("timout", "timeout"), 1U);
  EXPECT_EQ(edit_distance("timeoout", "timeout"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("JVM", "jvm"), 0U);
}

TEST(Suggest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(suggest("jmv", kWords), "jvm");
  EXPECT_EQ(suggest("JVM", kWords), "jvm");
  EXPECT_EQ(suggest("natve", kWords), "native");
  EXPECT_EQ(suggest("trails", kWords), "trials");
}

TEST(Suggest, SaysNothingWhereNothingIsNear) {
  EXPECT_FALSE(suggest("", kWords).has_value());
  EXPECT_FALSE(suggest("ruby", kWords).has_value());
  EXPECT_FALSE(suggest(std::string(100'000, 'x'), kWords).has_value());
  EXPECT_FALSE(suggest("jvm", {}).has_value());
}

}  // namespace
}  // namespace coldstart::harness
