#include "results/model/duration.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <limits>

namespace coldstart {
namespace {

TEST(Duration, KeepsThreeSignificantDigitsAndAUnit) {
  EXPECT_EQ(format_duration(0), "0 ns");
  EXPECT_EQ(format_duration(1), "1 ns");
  EXPECT_EQ(format_duration(850), "850 ns");
  EXPECT_EQ(format_duration(1'234), "1.23 µs");
  EXPECT_EQ(format_duration(12'345), "12.3 µs");
  EXPECT_EQ(format_duration(12'345'678), "12.3 ms");
  EXPECT_EQ(format_duration(123'456'789), "123 ms");
  EXPECT_EQ(format_duration(2'000'000'000), "2.00 s");
  EXPECT_EQ(format_duration(123'400'000'000), "123 s");
}

TEST(Duration, CarriesIntoTheNextUnitInsteadOfPrintingAThousand) {
  EXPECT_EQ(format_duration(999), "999 ns");
  EXPECT_EQ(format_duration(1'000), "1.00 µs");
  EXPECT_EQ(format_duration(999'499), "999 µs");
  EXPECT_EQ(format_duration(999'500), "1.00 ms");
  EXPECT_EQ(format_duration(999'999'999), "1.00 s");
}

TEST(Duration, RoundsIntoMoreDigitsWithoutAFourthOne) {
  EXPECT_EQ(format_duration(9'994), "9.99 µs");
  EXPECT_EQ(format_duration(9'996), "10.0 µs");
  EXPECT_EQ(format_duration(99'960), "100 µs");
}

TEST(Duration, HasASign) {
  EXPECT_EQ(format_duration(-1'234), "-1.23 µs");
  EXPECT_EQ(format_duration(std::numeric_limits<std::int64_t>::min()).substr(0, 1), "-");
}

}  // namespace
}  // namespace coldstart
