// Errors of `loads`, `platform`, `limits` and `sweep`: where each is, what to do about it.
#include "tests/harness/suite/suite_folder.h"

namespace coldstart::harness {
namespace {

class SuiteLoadErrors : public SuiteFolder {
 protected:
  /// Errors of a suite whose only load has these keys, on line 2 from column 5 on.
  Lines load_errors(const std::string& keys) const {
    return errors("loads:\n - {" + keys +
                  "}\nfunctions: [{name: f, runtime: native, command: [./program]}]\n");
  }
  /// Errors of a suite whose only function has this besides, on line 2 from column 53 on.
  Lines more_errors(const std::string& keys) const {
    return function_errors("name: f, runtime: native, command: [./program], " + keys);
  }
};

TEST_F(SuiteLoadErrors, AllAtOnce) {
  EXPECT_EQ(errors(R"(
defaults: {platform: {concurrency: 0}, limits: {memory: 128MB}}
functions:
  - {name: f, runtime: native, command: [./program], sweep: {memory: []}}
loads:
  - {name: a, pattern: cold, rate: 3}
  - {name: b, pattern: constant, rate: 0}
  - {name: c, pattern: burst, size: 1, functions: [g]}
  - {name: c, pattern: stages, stages: [{to: -1, duration: 0s}], time_scale: 0}
)"),
            (Lines{
                "2:36: 'concurrency' cannot be 0; write a number from 1 to 100000",
                ("2:57: 'memory' must be a size, not '128MB'; "
                 "write a number and a unit (KiB, MiB, GiB), such as 128MiB"),
                "4:70: 'memory' is empty; add a value",
                ("6:30: 'rate' is for pattern constant and onoff, and load 'a' has pattern cold; "
                 "remove it"),
                ("7:5: load 'b' lacks 'duration': pattern constant has no end of its own; "
                 "add `duration: 30s`"),
                "7:40: 'rate' cannot be 0; write a number above 0 and at most 1000000",
                "8:52: no function 'g' in this suite; did you mean 'f'?",
                "9:12: duplicate load name 'c', first on line 8; give each its own name",
                "9:46: 'to' cannot be -1; write a number from 0 to 1000000",
                "9:60: 'duration' cannot be 0s; write more than 0s and at most 8784h",
                "9:78: 'time_scale' cannot be 0; write a number above 0 and at most 1000000",
            }));
}

TEST_F(SuiteLoadErrors, MissingKeys) {
  EXPECT_EQ(load_errors("name: x"),
            Lines{"2:4: load 'x' lacks 'pattern'; add `pattern: …`, one of: cold, closed, "
                  "constant, stages, burst, onoff, sine, cron, list, trace"});
  EXPECT_EQ(load_errors("pattern: closed, duration: 1s"),
            Lines{"2:4: this load lacks 'clients'; add `clients: 4`"});
  EXPECT_EQ(load_errors("pattern: burst"),
            Lines{"2:4: this load lacks 'size' or 'sizes'; add `size: 16`"});
  EXPECT_EQ(load_errors("pattern: burst, sizes: [1, 2]"),
            Lines{"2:4: this load lacks 'interval'; add `interval: 1s`"});
  EXPECT_EQ(load_errors("pattern: stages, stages: [{to: 4}]"),
            Lines{"2:31: this stage lacks 'duration'; add `duration: 10s`"});
  EXPECT_EQ(load_errors("pattern: cron, duration: 1h"),
            Lines{"2:4: this load lacks 'expression'; add `expression: \"*/5 * * * *\"`"});
  EXPECT_EQ(load_errors("pattern: trace"),
            (Lines{"2:4: this load lacks 'file'; add `file: invocations.csv`",
                   "2:4: this load lacks 'format'; add `format: azure-2019`"}));
}

TEST_F(SuiteLoadErrors, EveryPatternWithoutAnEndNeedsADuration) {
  for (const std::string keys :
       {"closed, clients: 1", "constant, rate: 1", "onoff, rate: 1, on: 1s, off: 1s",
        "sine, mean: 1, amplitude: 1, period: 1s", "cron, expression: '@hourly'"}) {
    const Lines lines = load_errors("pattern: " + keys);
    ASSERT_EQ(lines.size(), 1U) << keys;
    EXPECT_TRUE(lines[0].starts_with("2:4: this load lacks 'duration'")) << lines[0];
    EXPECT_EQ(load_errors("pattern: " + keys + ", duration: 1s"), Lines{});
  }
}

TEST_F(SuiteLoadErrors, Values) {
  EXPECT_EQ(load_errors("pattern: constant, rate: many, duration: 1s"),
            Lines{"2:30: 'rate' must be a number, not 'many'; "
                  "write a number above 0 and at most 1000000"});
  EXPECT_EQ(load_errors("pattern: constant, rate: .inf, duration: 1s"),
            Lines{"2:30: 'rate' must be a number, not '.inf'; "
                  "write a number above 0 and at most 1000000"});
  EXPECT_EQ(load_errors("pattern: constant, rate: nan, duration: 1s"),
            Lines{"2:30: 'rate' must be a number, not 'nan'; "
                  "write a number above 0 and at most 1000000"});
  EXPECT_EQ(load_errors("pattern: constant, rate: '5', duration: 1s"),
            Lines{"2:30: 'rate' must be a number, not '5'; "
                  "write a number above 0 and at most 1000000, without quotes"});
  EXPECT_EQ(load_errors("pattern: constant, rate: 5, duration: 1s, spacing: evn"),
            Lines{"2:56: unknown spacing 'evn'; did you mean 'even'?"});
  EXPECT_EQ(load_errors("pattern: burst, size: 1, seed: -1"),
            Lines{"2:36: 'seed' must be a whole number, not '-1'; "
                  "write a number from 0 to 18446744073709551615"});
  EXPECT_EQ(load_errors("pattern: burst, size: 1, together: yes"),
            Lines{"2:40: 'together' must be true or false, not 'yes'; "
                  "write one of them, without quotes"});
  EXPECT_EQ(load_errors("pattern: burst, size: 1, name: a b"),
            Lines{"2:36: 'a b' cannot be the name of a load; "
                  "write 1 to 64 letters, digits, '.', '_' or '-'"});
}

TEST_F(SuiteLoadErrors, WhatMakesNoSense) {
  EXPECT_EQ(load_errors("pattern: burst, size: 1, sizes: [2]"),
            Lines{"2:30: 'size' and 'sizes' say the same; keep one of them"});
  EXPECT_EQ(load_errors("pattern: burst, sizes: []"), Lines{"2:28: 'sizes' is empty; add a size"});
  EXPECT_EQ(load_errors("pattern: stages, stages: [{from: 0, duration: 1s}]"),
            Lines{"2:30: 'stages' has no rate above 0: no request would be due; "
                  "write it as `stages: [{from: 1, to: 50, duration: 20s}]`"});
  EXPECT_EQ(load_errors("pattern: sine, mean: 1, amplitude: 2, period: 1s, duration: 1s"),
            Lines{"2:40: 'amplitude' is above 'mean': the rate would be negative; "
                  "write at most the mean"});
  EXPECT_EQ(load_errors("pattern: list, times: [1s, 0s]"),
            Lines{"2:32: 'times' goes back here; write the times in ascending order"});
  EXPECT_EQ(load_errors("pattern: list, times: []"), Lines{"2:27: 'times' is empty; add a time"});
  EXPECT_EQ(load_errors("pattern: cron, expression: '* * * *', duration: 1h"),
            Lines{"2:32: '* * * *' has 4 fields; "
                  "write five: minute, hour, day of the month, month, day of the week"});
  EXPECT_EQ(load_errors("pattern: burst, size: 1, overflow: drop"),
            Lines{"2:30: 'overflow' without 'max_in_flight': nothing can overflow; "
                  "add `max_in_flight: 100`, or remove it"});
  EXPECT_EQ(load_errors("pattern: constant, rate: 1, duration: 1s, warmup: 1s"),
            Lines{"2:55: 'warmup' takes all of 'duration': nothing would be measured; "
                  "make it shorter"});
  EXPECT_EQ(load_errors("pattern: cold, duration: 1s, max_in_flight: 4"),
            Lines{"2:34: 'max_in_flight' is not for pattern cold; remove it"});
}

TEST_F(SuiteLoadErrors, Functions) {
  EXPECT_EQ(load_errors("pattern: cold, functions: []"),
            Lines{"2:31: 'functions' is empty; "
                  "name a function, or remove the key: then it drives all"});
  EXPECT_EQ(load_errors("pattern: cold, functions: [f, f]"),
            Lines{"2:35: 'functions' has 'f' twice; remove one of them"});
  EXPECT_EQ(load_errors("pattern: cold, functions: [java]"),
            Lines{"2:32: no function 'java' in this suite; the suite has: f"});
  EXPECT_EQ(load_errors("pattern: trace, file: app.js, format: azure-2019, functions: [f]"),
            Lines{"2:66: 'functions' of a trace is how many of its functions are replayed, not a "
                  "list; write a number here, and functions of the suite as `deal_to: […]`"});
}

TEST_F(SuiteLoadErrors, Traces) {
  EXPECT_EQ(load_errors("pattern: trace, file: none.csv, format: azure-2019"),
            Lines{"2:27: no such file: <folder>/none.csv; build it, or correct the path"});
  EXPECT_EQ(load_errors("pattern: trace, file: app.js, format: azure-2020"),
            Lines{"2:43: unknown format 'azure-2020'; did you mean 'azure-2021'?"});
  EXPECT_EQ(load_errors("pattern: trace, file: app.js, format: azure-2021, spread: even"),
            Lines{"2:55: 'spread' is for format azure-2019: azure-2021 tells when each request was "
                  "due; remove it"});
}

TEST_F(SuiteLoadErrors, AFixedPortLetsOneInstanceListen) {
  const std::string function =
      "functions:\n - {name: f, runtime: native, command: [./program], port: 80";
  const std::string load = "}\nloads:\n - {pattern: burst, size: 2}\n";
  EXPECT_EQ(errors(function + load),
            Lines{"4:4: this load may start several instances of function 'f', which has the fixed "
                  "port 80; let it listen on $PORT and remove 'port', or give it "
                  "`platform: {max_instances: 1}`"});
  EXPECT_EQ(errors(function + ", platform: {max_instances: 1}" + load), Lines{});
  EXPECT_EQ(errors(function + "}\nloads: [{pattern: cold}]\n"), Lines{});
}

TEST_F(SuiteLoadErrors, Platform) {
  EXPECT_EQ(more_errors("platform: {scale: knativ}"),
            Lines{"2:71: unknown scale 'knativ'; did you mean 'knative'?"});
  EXPECT_EQ(more_errors("platform: {scale: knative, keep_alive: 1m}"),
            Lines{"2:80: 'keep_alive' is for scale demand, and this is scale knative; remove it"});
  EXPECT_EQ(more_errors("platform: {tick: 1s}"),
            Lines{"2:64: 'tick' is for scale knative, and this is scale demand; remove it"});
  EXPECT_EQ(more_errors("platform: {max_instances: 2, min_instances: 3}"),
            Lines{"2:97: 'min_instances' is 3 and 'max_instances' 2; "
                  "write a 'min_instances' that is not above 'max_instances'"});
  EXPECT_EQ(more_errors("platform: {scale: knative, panic_window: 61s}"),
            Lines{"2:94: 'panic_window' is longer than 'stable_window'; make it the shorter one"});
  EXPECT_EQ(more_errors("platform: {keepalive: 1m}"),
            Lines{"2:64: unknown key 'keepalive' in 'platform'; did you mean 'keep_alive'?"});
  EXPECT_EQ(more_errors("contract: exec, platform: {concurrency: 2}"),
            Lines{"2:79: function 'f' has contract exec: an instance ends with its answer, so its "
                  "platform has no 'concurrency'; remove it"});
}

TEST_F(SuiteLoadErrors, Limits) {
  EXPECT_EQ(more_errors("limits: {memory: 128}"),
            Lines{"2:70: 'memory' must be a size, not '128'; "
                  "write a number and a unit (KiB, MiB, GiB), such as 128MiB"});
  EXPECT_EQ(more_errors("limits: {memory: 4KiB}"),
            Lines{"2:70: 'memory' cannot be 4KiB; write at least 1MiB"});
  EXPECT_EQ(more_errors("limits: {cpus: 0}"),
            Lines{"2:68: 'cpus' cannot be 0; write a number from 0.01 to 1024"});
  EXPECT_EQ(more_errors("limits: {pids: 0}"),
            Lines{"2:68: 'pids' cannot be 0; write a number from 1 to 4194304"});
}

TEST_F(SuiteLoadErrors, Sweep) {
  EXPECT_EQ(more_errors("sweep: {}"),
            Lines{"2:60: 'sweep' names no limit; name one: `sweep: {memory: [128MiB, 256MiB]}`"});
  EXPECT_EQ(more_errors("sweep: {memory: [1GiB], cpus: [1]}"),
            Lines{"2:60: 'sweep' names several limits; "
                  "name one: `sweep: {memory: [128MiB, 256MiB]}`"});
  EXPECT_EQ(more_errors("sweep: {memory: [1GiB, 1024MiB]}"),
            Lines{"2:76: 'memory' has 1024MiB twice; remove one of them"});
  EXPECT_EQ(more_errors("sweep: {memory: 1GiB}"),
            Lines{"2:69: 'memory' must be a list, not '1GiB'; "
                  "write it as `memory: [128MiB, 256MiB]`"});
  EXPECT_EQ(more_errors("limits: {cpus: 1}, sweep: {cpus: [1, 2]}"),
            Lines{"2:80: 'cpus' is in 'limits' and in 'sweep'; remove it from 'limits'"});
}

}  // namespace
}  // namespace coldstart::harness
