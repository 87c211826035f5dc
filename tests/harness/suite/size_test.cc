#include "harness/suite/size.h"

#include <gtest/gtest.h>

namespace coldstart::harness {
namespace {

constexpr std::int64_t kMi = 1024 * 1024;

TEST(ParseSize, TakesANumberAndAUnit) {
  EXPECT_EQ(parse_size("1B"), 1);
  EXPECT_EQ(parse_size("4KiB"), 4096);
  EXPECT_EQ(parse_size("128MiB"), 128 * kMi);
  EXPECT_EQ(parse_size("2GiB"), 2048 * kMi);
  EXPECT_EQ(parse_size("1TiB"), 1024 * 1024 * kMi);
}

TEST(ParseSize, TakesDecimalsThatAreWholeBytes) {
  EXPECT_EQ(parse_size("1.5GiB"), 1536 * kMi);
  EXPECT_EQ(parse_size("0.25MiB"), kMi / 4);
  EXPECT_EQ(parse_size("1.50GiB"), 1536 * kMi);
  EXPECT_FALSE(parse_size("0.1KiB").has_value());
  EXPECT_FALSE(parse_size("1.5B").has_value());
}

TEST(ParseSize, RefusesWhatIsNoSize) {
  for (const char* text : {"", "MiB", "128", "128M", "128MB", "128mib", "-1MiB", " 1MiB", "1 MiB",
                           "1.MiB", ".5MiB", "1e3MiB", "128MiBs"}) {
    EXPECT_FALSE(parse_size(text).has_value()) << text;
  }
}

TEST(ParseSize, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(parse_size("8388607TiB").has_value());
  EXPECT_FALSE(parse_size("8388608TiB").has_value());
  EXPECT_FALSE(parse_size("99999999999999999999B").has_value());
  EXPECT_FALSE(parse_size("1." + std::string(40, '1') + "TiB").has_value());
}

TEST(FormatSize, TakesTheLargestUnitWithoutARest) {
  for (const char* text : {"1B", "4097B", "512KiB", "128MiB", "1536MiB", "2GiB", "1TiB", "0B"}) {
    EXPECT_EQ(format_size(*parse_size(text)), text);
  }
  EXPECT_EQ(format_size(1024 * kMi), "1GiB");
}

}  // namespace
}  // namespace coldstart::harness
