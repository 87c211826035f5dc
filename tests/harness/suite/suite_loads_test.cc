// The keys `loads`, `platform`, `limits` and `sweep`: what valid ones become.
#include <chrono>
#include <variant>

#include "tests/harness/suite/suite_folder.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

class SuiteLoads : public SuiteFolder {
 protected:
  LoadSpec load(const std::string& keys) const {
    return parse(
               "functions: [{name: f, runtime: native, command: [./program]},\n"
               "  {name: g, runtime: node, script: app.js, sweep: {memory: [64MiB, 1GiB]}}]\n"
               "loads: [{" +
               keys + "}]")
        .loads.at(0);
  }
  template <typename P>
  P pattern(const std::string& keys) const {
    return std::get<P>(load(keys).pattern);
  }
};

TEST_F(SuiteLoads, SeveralInTheOrderOfTheFile) {
  const Suite suite = parse(R"(
functions: [{name: f, runtime: native, command: [./program]}]
loads:
  - {pattern: cold}
  - {name: steady, pattern: constant, rate: 20, duration: 10s}
  - {name: spike, pattern: burst, size: 64}
)");
  ASSERT_EQ(suite.loads.size(), 3U);
  EXPECT_EQ(suite.loads[0].name, "cold");
  EXPECT_EQ(suite.loads[1].name, "steady");
  EXPECT_EQ(pattern_name(suite.loads[2].pattern), "burst");
}

TEST_F(SuiteLoads, TheKeysThatPatternsShare) {
  const LoadSpec plain = load("pattern: burst, size: 3");
  EXPECT_FALSE(plain.seed || plain.duration || plain.max_in_flight || plain.timeout);
  EXPECT_EQ(plain.warmup, 0s);
  EXPECT_EQ(plain.time_scale, 1);
  EXPECT_FALSE(plain.together);
  EXPECT_TRUE(plain.functions.empty());
  const LoadSpec full = load(
      "name: x, pattern: constant, rate: 0.5, spacing: even, seed: 18446744073709551615, "
      "duration: 48h, max_in_flight: 9, overflow: drop, timeout: 2s, warmup: 1h, time_scale: 60, "
      "together: true, functions: [f]");
  EXPECT_EQ(full.seed, 18446744073709551615U);
  EXPECT_EQ(full.duration, 48h);
  EXPECT_EQ(full.max_in_flight, 9);
  EXPECT_EQ(full.overflow, Overflow::kDrop);
  EXPECT_EQ(full.timeout, 2s);
  EXPECT_EQ(full.warmup, 1h);
  EXPECT_EQ(full.time_scale, 60);
  EXPECT_TRUE(full.together);
  EXPECT_EQ(full.functions, Lines{"f"});
}

TEST_F(SuiteLoads, ASweptFunctionIsDrivenAtAllItsSizes) {
  EXPECT_EQ(load("pattern: cold, functions: [g]").functions, (Lines{"g@64MiB", "g@1GiB"}));
  EXPECT_EQ(load("pattern: cold, functions: [g@1GiB]").functions, Lines{"g@1GiB"});
}

TEST_F(SuiteLoads, ClosedAndConstant) {
  const auto closed = pattern<ClosedPattern>("pattern: closed, clients: 4, duration: 5s");
  EXPECT_EQ(closed.clients, 4);
  EXPECT_EQ(closed.think, 0s);
  const auto constant = pattern<ConstantPattern>("pattern: constant, rate: 200, duration: 5s");
  EXPECT_EQ(constant.rate, 200);
  EXPECT_EQ(constant.spacing, Spacing::kPoisson);
}

TEST_F(SuiteLoads, AStageBeginsWhereTheOneBeforeEndedAndStaysUnlessItSaysOtherwise) {
  const auto stages = pattern<StagesPattern>(
                          "pattern: stages, stages: [{to: 50, duration: 20s}, {duration: 5s}, "
                          "{from: 200, duration: 1s}, {from: 50, to: 0, duration: 2s}]")
                          .stages;
  ASSERT_EQ(stages.size(), 4U);
  const auto is = [](const Stage& stage, double from, double to, std::chrono::nanoseconds d) {
    return stage.from == from && stage.to == to && stage.duration == d;
  };
  EXPECT_TRUE(is(stages[0], 0, 50, 20s));
  EXPECT_TRUE(is(stages[1], 50, 50, 5s));
  EXPECT_TRUE(is(stages[2], 200, 200, 1s));
  EXPECT_TRUE(is(stages[3], 50, 0, 2s));
}

TEST_F(SuiteLoads, BurstsAreAsManyAsTheirSizesUnlessTheyAreCounted) {
  const auto one = pattern<BurstPattern>("pattern: burst, size: 64");
  EXPECT_EQ(one.sizes, std::vector{64});
  EXPECT_EQ(one.count, 1);
  const auto sizes = pattern<BurstPattern>("pattern: burst, sizes: [1, 4, 16], interval: 2s");
  EXPECT_EQ(sizes.sizes, (std::vector{1, 4, 16}));
  EXPECT_EQ(sizes.count, 3);
  EXPECT_EQ(sizes.interval, 2s);
  EXPECT_EQ(pattern<BurstPattern>("pattern: burst, sizes: [1, 2], interval: 1s, count: 7").count,
            7);
}

TEST_F(SuiteLoads, OnOffSineCronAndList) {
  const auto onoff =
      pattern<OnOffPattern>("pattern: onoff, rate: 5, on: 2s, off: 3s, duration: 1m");
  EXPECT_EQ(onoff.on, 2s);
  EXPECT_EQ(onoff.off, 3s);
  const auto sine = pattern<SinePattern>(
      "pattern: sine, mean: 10, amplitude: 10, period: 1m, duration: 1m, spacing: uniform");
  EXPECT_EQ(sine.amplitude, 10);
  EXPECT_EQ(sine.spacing, Spacing::kUniform);
  EXPECT_EQ(
      pattern<CronPattern>("pattern: cron, expression: '*/5 * * * *', duration: 1h").expression,
      "*/5 * * * *");
  EXPECT_EQ(pattern<ListPattern>("pattern: list, times: [0s, 10ms, 10ms, 1s]").times,
            (std::vector<std::chrono::nanoseconds>{0s, 10ms, 10ms, 1s}));
}

TEST_F(SuiteLoads, ATraceDrivesItsFunctionsTogetherUnlessItSaysOtherwise) {
  const LoadSpec spec = load(
      "pattern: trace, file: app.js, format: azure-2019, durations: app.py, spread: even, "
      "functions: 400, deal_to: [f]");
  const auto& trace = std::get<TracePattern>(spec.pattern);
  EXPECT_EQ(trace.file, folder_ / "app.js");
  EXPECT_EQ(trace.durations, folder_ / "app.py");
  EXPECT_EQ(trace.spread, Spread::kEven);
  EXPECT_EQ(trace.functions, 400);
  EXPECT_EQ(spec.functions, Lines{"f"});
  EXPECT_TRUE(spec.together);
  EXPECT_FALSE(load("pattern: trace, file: app.js, format: azure-2021, together: false").together);
}

TEST_F(SuiteLoads, TheKeysOfAFunctionsPlatformAddToThoseOfTheDefaults) {
  const Suite suite = parse(R"(
defaults:
  platform: {keep_alive: 5m, max_instances: 8, queue: 0}
  limits: {memory: 128MiB, pids: 64}
functions:
  - {name: f, runtime: native, command: [./program]}
  - name: g
    runtime: native
    command: [./program]
    platform: {scale: knative, concurrency: 10, min_instances: 1, stable_window: 30s, tick: 1s}
    limits: {memory: 1GiB, cpus: 0.5}
)");
  const FunctionSpec& f = suite.functions.at(0);
  EXPECT_EQ(f.platform.keep_alive, 5min);
  EXPECT_EQ(f.platform.max_instances, 8);
  EXPECT_EQ(f.platform.queue, 0);
  EXPECT_EQ(f.platform.concurrency, 1);
  EXPECT_EQ(f.limits.memory_bytes, 128 * 1024 * 1024);
  EXPECT_EQ(f.limits.pids, 64);
  EXPECT_FALSE(f.limits.cpus.has_value());
  const FunctionSpec& g = suite.functions.at(1);
  EXPECT_EQ(g.platform.scale, PlatformSpec::Scale::kKnative);
  EXPECT_EQ(g.platform.max_instances, 8);
  EXPECT_EQ(g.platform.concurrency, 10);
  EXPECT_EQ(g.platform.min_instances, 1);
  EXPECT_EQ(g.platform.stable_window, 30s);
  EXPECT_EQ(g.platform.panic_window, 6s);
  EXPECT_EQ(g.platform.tick, 1s);
  EXPECT_EQ(g.limits.memory_bytes, 1024 * 1024 * 1024);
  EXPECT_EQ(g.limits.cpus, 0.5);
  EXPECT_EQ(g.limits.pids, 64);
}

TEST_F(SuiteLoads, ASweepIsAFunctionForEachSize) {
  const Suite suite = parse(R"(
defaults: {limits: {memory: 2GiB, pids: 10}}
functions:
  - {name: m, runtime: native, command: [./program], sweep: {memory: [128MiB, 0.5GiB]}}
  - {name: c, runtime: native, command: [./program], sweep: {cpus: [0.25, 1, 2]}}
)");
  Lines names;
  for (const FunctionSpec& function : suite.functions) names.push_back(function.name);
  EXPECT_EQ(names, (Lines{"m@128MiB", "m@512MiB", "c@0.25cpu", "c@1cpu", "c@2cpu"}));
  EXPECT_EQ(suite.functions[1].sweep_of, "m");
  EXPECT_EQ(suite.functions[1].sweep_key, "memory");
  EXPECT_EQ(suite.functions[1].limits.memory_bytes, 512 * 1024 * 1024);
  EXPECT_EQ(suite.functions[1].limits.pids, 10);
  EXPECT_EQ(suite.functions[2].sweep_key, "cpus");
  EXPECT_EQ(suite.functions[2].limits.cpus, 0.25);
  EXPECT_EQ(suite.functions[2].limits.memory_bytes, std::int64_t{2} << 30);
}

}  // namespace
}  // namespace coldstart::harness
