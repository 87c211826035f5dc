// The pattern `cold`: one start after the other, as the keys of the load say.
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/harness/platform/rig.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

struct Measured {
  std::int64_t begin_ns = 0;  // of the load
  std::vector<Start> starts;
  std::vector<std::string> warnings;
};

Measured measured(const std::vector<FunctionSpec>& functions, const LoadSpec& load) {
  Rig rig;
  MeasurePlan plan;
  plan.functions = functions;
  plan.loads = {load};
  plan.keep_going = true;
  Measured result;
  MeasureSink sink;
  sink.begin = [](const std::vector<Function>&) {};
  sink.load_begins = [&](const Load& begun) { result.begin_ns = begun.begin_ns; };
  sink.progress = [](const std::string&, int, int) {};
  sink.warn = [&](const std::string& line) { result.warnings.push_back(line); };
  sink.started = [&](const Start& start) { result.starts.push_back(start); };
  EXPECT_FALSE(measure(rig.platform, plan, sink).has_value());
  return result;
}

TEST(ColdLoad, NoStartBeginsAfterItsDuration) {
  FunctionSpec function = native(sample("hello"));
  function.trials = 100'000;
  LoadSpec load;
  load.duration = 300ms;
  const Measured result = measured({function}, load);
  ASSERT_GE(result.starts.size(), 2U);
  EXPECT_LT(result.starts.size(), 100'000U);
  // The last one was prepared after the one before it was over, and before the time was.
  EXPECT_LT(result.starts.end()[-2].due_ns - result.begin_ns, 300ms / 1ns);
  ASSERT_EQ(result.warnings.size(), 1U);
  EXPECT_NE(result.warnings[0].find("its duration of 300 ms is over after " +
                                    std::to_string(result.starts.size()) + " of 100000 starts"),
            std::string::npos)
      << result.warnings[0];
}

TEST(ColdLoad, StartsOfTheWarmUpTakeNoTrialFromAnybody) {
  std::vector<FunctionSpec> functions = {native(sample("hello")), native("/bin/true")};
  functions[1].contract = ContractKind::kExec;
  for (FunctionSpec& function : functions) function.trials = 3;
  LoadSpec load;
  load.warmup = 200ms;
  const Measured result = measured(functions, load);
  for (const FunctionSpec& function : functions) {
    int warm = 0, due_later = 0;
    for (const Start& start : result.starts) {
      if (start.function != function.name) continue;
      (start.due_ns - result.begin_ns < 200ms / 1ns ? warm : due_later) += 1;
    }
    EXPECT_GE(due_later, 3) << function.name;
    EXPECT_LE(due_later, 4) << "one may have been prepared in the warm-up";
    EXPECT_GE(warm, 1) << function.name;
  }
}

TEST(ColdLoad, ItsTimeoutIsThatOfItsStarts) {
  FunctionSpec function = native("/bin/sleep", {"0.2"});
  function.contract = ContractKind::kExec;
  function.trials = 2;
  LoadSpec load;
  load.timeout = 50ms;
  const Measured result = measured({function}, load);
  ASSERT_EQ(result.starts.size(), 2U);
  for (const Start& start : result.starts) EXPECT_EQ(start.outcome, Outcome::kTimeout);
  EXPECT_TRUE(result.warnings.empty()) << "the rehearsal is not part of the load";
}

TEST(ColdLoad, ItsSeedGivesTheOrderOfStarts) {
  std::vector<FunctionSpec> functions(4, native("/bin/true"));
  for (std::size_t i = 0; i < functions.size(); ++i) {
    functions[i].name = std::string(1, static_cast<char>('a' + i));
    functions[i].contract = ContractKind::kExec;
    functions[i].trials = 6;
  }
  const auto order = [&](std::uint64_t seed) {
    LoadSpec load;
    load.seed = seed;
    std::string text;
    for (const Start& start : measured(functions, load).starts) text += start.function;
    return text;
  };
  const std::string first = order(1);
  EXPECT_EQ(first.size(), 24U);
  EXPECT_EQ(order(1), first);
  EXPECT_NE(order(2), first);
}

}  // namespace
}  // namespace coldstart::harness
