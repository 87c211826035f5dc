// Whatever is written into a suite file: it is read, or refused with an Error. Deterministic.
#include <random>
#include <string>
#include <string_view>

#include "tests/harness/suite/suite_folder.h"

namespace coldstart::harness {
namespace {

class SuiteFuzz : public SuiteFolder {
 protected:
  // Every line of an error has its place and its remedy.
  void expect_suite_or_error(const std::string& yaml) const {
    for (const std::string& line : errors(yaml)) {
      EXPECT_NE(line.find(": "), std::string::npos) << line;
      EXPECT_NE(line.find("; "), std::string::npos) << line;
      EXPECT_TRUE(line[0] >= '1' && line[0] <= '9') << line;
    }
  }

  const std::string suite_ = R"(
name: fuzz
root: .
defaults: {trials: 30, timeout: 30s, contract: http, cache: [disk, warm], env: {A: "1", B: two}}
functions:
  - &first
    name: cpp
    runtime: native
    command: [./program, 'a', "b\tc"]
    port: 8080
  - name: c
    runtime: container
    engine: crun
    rootfs: rootfs
    command: [/bin/hello]
  - {name: java, runtime: jvm, main: Hello, classpath: [classes, app.jar], jvm_args: [-Xshare:auto]}
  - {name: node, runtime: node, script: app.js}
  - {name: py, runtime: python, module: http.server, python_args: [-S], args: ["1"]}
loads:
  - {name: cold, pattern: cold}
)";
};

TEST_F(SuiteFuzz, TheSuiteThatIsMutatedIsValid) { EXPECT_EQ(errors(suite_), Lines{}); }

TEST_F(SuiteFuzz, EveryPrefix) {
  for (std::size_t length = 0; length <= suite_.size(); ++length) {
    expect_suite_or_error(suite_.substr(0, length));
  }
}

TEST_F(SuiteFuzz, EveryByteLeftOut) {
  for (std::size_t i = 0; i < suite_.size(); ++i) {
    std::string yaml = suite_;
    expect_suite_or_error(yaml.erase(i, 1));
  }
}

TEST_F(SuiteFuzz, RandomEdits) {
  using namespace std::string_view_literals;
  constexpr auto kBytes = "{}[],:;-?*&!|>'\"%@`#\\ \n\t\r~<=.0aZ\x01\x04\x7f\xc3\xa4\xff\0"sv;
  std::mt19937 random(20260101);  // NOLINT: the same mutations every time
  const auto below = [&](std::size_t limit) { return random() % limit; };
  for (int round = 0; round < 3000; ++round) {
    std::string yaml = suite_;
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
      const std::size_t at = below(yaml.size());
      switch (below(4)) {
        case 0:
          yaml[at] = kBytes[below(kBytes.size())];
          break;
        case 1:
          yaml.insert(at, 1, kBytes[below(kBytes.size())]);
          break;
        case 2:
          yaml.erase(at, 1 + below(10));
          break;
        default:
          yaml.insert(at, yaml.substr(below(yaml.size()), below(30)));
          break;
      }
    }
    expect_suite_or_error(yaml);
  }
}

TEST_F(SuiteFuzz, DeepAndSelfReferringYaml) {
  expect_suite_or_error(std::string(100'000, '['));
  expect_suite_or_error("functions: " + std::string(5'000, '{'));
  expect_suite_or_error("functions: &x [*x]");
  expect_suite_or_error("functions: [&x {name: f, runtime: native, command: *x, env: *x}]");
  expect_suite_or_error("defaults: &d {env: *d}\nfunctions: [*d, *d]");
}

}  // namespace
}  // namespace coldstart::harness
