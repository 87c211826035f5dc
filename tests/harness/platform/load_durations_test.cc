// Requests that say how long the function is to work: the sample functions do, others do not.
#include <chrono>
#include <gtest/gtest.h>

#include "harness/runtimes/runtime.h"
#include "tests/harness/platform/load_rig.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

constexpr auto kWork = 70ms;

FunctionSpec on(RuntimeKind runtime) {
  FunctionSpec function;
  function.name = "sample";
  function.runtime = runtime;
  function.timeout = 10s;
  if (runtime == RuntimeKind::kNative) function.command = {sample("hello")};
  if (runtime == RuntimeKind::kPython) {
    function.interpreter = "/usr/bin/python3";
    function.script = sample("hello.py");
  }
  if (runtime == RuntimeKind::kNode) {
    function.interpreter = "node";
    function.script = sample("hello.js");
  }
  if (runtime == RuntimeKind::kJvm) {
    function.main = "Hello";
    function.classpath = {sample("java")};
  }
  return function;
}

class SampleFunction : public ::testing::TestWithParam<RuntimeKind> {};

TEST_P(SampleFunction, WorksAsLongAsItsRequestSays) {
  Rig rig;
  FunctionSpec function = on(GetParam());
  if (const auto lacking = missing(function)) GTEST_SKIP() << *lacking;
  function.platform.concurrency = 4;
  function.platform.max_instances = 1;
  // One that starts it, three that come together when it is there, long after.
  const LoadResult result = drive(rig, {function}, listed(), {0ms, 3s, 3s, 3s}, nullptr, kWork);
  ASSERT_EQ(result.invocations.size(), 4U);
  EXPECT_EQ(result.with(Outcome::kOk), 4U);
  EXPECT_EQ(result.cold(), 1U);
  for (const Invocation& request : result.invocations) {
    EXPECT_GE(*request.first_byte_ns - *request.sent_ns, std::chrono::nanoseconds(kWork).count());
  }
  // Side by side: a request does not wait for the work on another.
  const Invocation& last = result.invocations.back();
  EXPECT_LT(*last.first_byte_ns, std::chrono::nanoseconds(3 * kWork).count());
}

INSTANTIATE_TEST_SUITE_P(LoadDurations, SampleFunction,
                         ::testing::Values(RuntimeKind::kNative, RuntimeKind::kPython,
                                           RuntimeKind::kNode, RuntimeKind::kJvm),
                         [](const auto& with) { return std::string(name(with.param)); });

TEST(LoadDurations, AFunctionThatDoesNotLookAtTheHeaderIsFaster) {
  Rig rig;
  FunctionSpec function = native(misbehaving("counts-requests"));
  const LoadResult result = drive(rig, {function}, listed(), {0ms, 300ms}, nullptr, 10s);
  EXPECT_EQ(result.with(Outcome::kOk), 2U);
}

TEST(LoadDurations, UnderTheContractExecTheyAreInTheEnvironment) {
  Rig rig;
  FunctionSpec function = native("/bin/sh");
  function.command = {"/bin/sh", "-c", "test \"$COLDSTART_DURATION_US\" = 70000"};
  function.contract = ContractKind::kExec;
  const LoadResult told = drive(rig, {function}, listed(), {0ms, 100ms}, nullptr, kWork);
  EXPECT_EQ(told.with(Outcome::kOk), 2U);
  function.command = {"/bin/sh", "-c", "test -z \"${COLDSTART_DURATION_US+set}\""};
  const LoadResult untold = drive(rig, {function}, listed(), {0ms});
  EXPECT_EQ(untold.with(Outcome::kOk), 1U);
}

}  // namespace
}  // namespace coldstart::harness
