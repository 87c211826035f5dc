// The suite of loads that ships with the project, against the functions and traces that it names.
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <string>

#include "harness/suite/keys.h"
#include "harness/suite/suite.h"

namespace coldstart::harness {
namespace {

std::string with(std::string text, const std::string& old, const std::string& replacement) {
  EXPECT_NE(text.find(old), std::string::npos) << old;
  // On from behind the replacement: the old text may be part of it.
  // The replacement may hold the old text.
  for (auto at = text.find(old); at != std::string::npos;
       at = text.find(old, at + replacement.size())) {
    text.replace(at, old.size(), replacement);
  }
  return text;
}

TEST(LoadSuite, HasALoadOfEveryPattern) {
  const std::string file = COLDSTART_SOURCE_DIR "/bench/suites/load.yaml";
  std::ifstream stream(file);
  std::string yaml{std::istreambuf_iterator<char>(stream), {}};
  // Its root is the build folder of ./dev; this test may run from another one.
  yaml = with(yaml, "root: ../../build/release", "root: " COLDSTART_BINARY_DIR);
  yaml = with(yaml, "../../bench/traces", COLDSTART_SOURCE_DIR "/bench/traces");

  std::set<std::string_view> patterns;
  for (const LoadSpec& load : parse_suite(yaml, file).loads) {
    patterns.insert(pattern_name(load.pattern));
  }
  EXPECT_EQ(patterns, (std::set<std::string_view>(pattern_names().begin(), pattern_names().end())));
}

}  // namespace
}  // namespace coldstart::harness
