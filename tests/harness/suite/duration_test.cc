#include <chrono>
#include <gtest/gtest.h>

#include "harness/suite/suite.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, TakesANumberAndAUnit) {
  EXPECT_EQ(parse_duration("7ns"), 7ns);
  EXPECT_EQ(parse_duration("10us"), 10us);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(ParseDuration, TakesDecimalsExactly) {
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("0.1s"), 100ms);
  EXPECT_EQ(parse_duration("0.25h"), 15min);
  EXPECT_EQ(parse_duration("1.000000001s"), 1'000'000'001ns);
  EXPECT_EQ(parse_duration("1.0000000019s"), 1'000'000'001ns);
  EXPECT_EQ(parse_duration("1." + std::string(100, '9') + "ns"), 1ns);
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "s", "30", "-1s", "+1s", " 1s", "1s ", "1 s", "1.s", ".5s", "1,5s",
                           "1e3s", "1S", "1sec", "1d", "1s2", "0x1s"}) {
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
  }
}

TEST(ParseDuration, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(parse_duration("9223372036854775807ns").has_value());
  EXPECT_FALSE(parse_duration("9223372036854775808ns").has_value());
  EXPECT_TRUE(parse_duration("2562047h").has_value());
  EXPECT_FALSE(parse_duration("2562047.9h").has_value());
  EXPECT_FALSE(parse_duration("2562048h").has_value());
  EXPECT_FALSE(parse_duration("99999999999999999999999s").has_value());
}

}  // namespace
}  // namespace coldstart::harness
