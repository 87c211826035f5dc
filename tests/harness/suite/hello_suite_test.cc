// The suite that ships with the project, against the functions that were built with this test.
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

#include "harness/suite/suite.h"

namespace coldstart::harness {
namespace {

TEST(HelloSuite, NamesTheEightFunctionsAndFindsTheirFiles) {
  const std::string file = COLDSTART_SOURCE_DIR "/bench/suites/hello.yaml";
  std::ifstream stream(file);
  std::string yaml{std::istreambuf_iterator<char>(stream), {}};
  // Its root is the build folder of ./dev; this test may run from another one.
  const std::string root = "root: ../../build/release";
  ASSERT_NE(yaml.find(root), std::string::npos);
  yaml.replace(yaml.find(root), root.size(), "root: " COLDSTART_BINARY_DIR);

  const Suite suite = parse_suite(yaml, file);
  std::vector<std::string> names;
  for (const FunctionSpec& function : suite.functions) {
    names.push_back(function.name);
    EXPECT_EQ(function.trials, 30) << function.name;
    EXPECT_EQ(function.contract, ContractKind::kHttp) << function.name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"cpp", "cpp-static", "cpp-crun", "cpp-runc",
                                             "cpp-crun-dynamic", "java", "node", "python"}));
}

}  // namespace
}  // namespace coldstart::harness
