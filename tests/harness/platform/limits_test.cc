// Limits of memory, CPU time and processes, with real functions and cgroups.
#include <filesystem>
#include <gtest/gtest.h>
#include <iostream>

#include "results/model/error.h"
#include "tests/harness/platform/load_rig.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

// Groups of ours that are there now, in any hierarchy.
std::vector<std::string> groups_of(pid_t launcher) {
  std::vector<std::string> found;
  const std::string prefix = "coldstart-" + std::to_string(launcher) + ".";
  std::error_code error;
  for (fs::recursive_directory_iterator
           it("/sys/fs/cgroup", fs::directory_options::skip_permission_denied, error),
       end;
       it != end; it.increment(error)) {
    if (error) break;
    if (it->path().filename().string().starts_with(prefix)) found.push_back(it->path());
  }
  return found;
}

// The rest of the test holds all the same, so it is not skipped as a whole (a kernel without BTF).
void without_probes(const char* what) {
  std::cout << "skipped in part: the probes are off, so it is not known " << what << '\n';
}

class LimitsTest : public testing::Test {
 protected:
  void SetUp() override {
    Limits all;
    all.memory_bytes = 64 << 20;
    all.cpus = 1;
    all.pids = 10;
    try {
      check_cgroups(find_cgroups(), all, "test");
    } catch (const Error& error) {
      GTEST_SKIP() << error.what();
    }
  }
  void TearDown() override {
    // A group goes when the kernel has let go of its last process: the launcher does not wait.
    constexpr int kStarts = 500;
    std::vector<std::string> left = groups_of(rig_.launcher.pid());
    for (int i = 0; i < kStarts && !left.empty(); ++i) {
      rig_.once(native("/bin/true"));
      left = groups_of(rig_.launcher.pid());
    }
    EXPECT_EQ(left, std::vector<std::string>{});
  }

  Rig rig_;
};

TEST_F(LimitsTest, AStartThatIsKilledAtItsMemoryLimitIsOutOfMemory) {
  FunctionSpec function = native(misbehaving("eats-memory"));
  function.env = {{"MEBIBYTES", "200"}};
  function.limits.memory_bytes = 64 << 20;
  const Start start = rig_.once(function);
  EXPECT_EQ(start.outcome, Outcome::kOutOfMemory) << start.message;
  EXPECT_NE(start.message.find("64 MiB"), std::string::npos) << start.message;
  function.limits.memory_bytes = 400 << 20;
  EXPECT_EQ(rig_.once(function).outcome, Outcome::kOk);
}

TEST_F(LimitsTest, ThePeakOfItsMemoryIsInTheLifeOfTheInstance) {
  FunctionSpec function = native(misbehaving("eats-memory"));
  function.env = {{"MEBIBYTES", "50"}};
  function.limits.memory_bytes = 200 << 20;
  const LoadResult result = drive(rig_, {function}, listed(), {std::chrono::milliseconds(0)});
  ASSERT_EQ(result.lives.size(), 1U);
  ASSERT_TRUE(result.lives[0].peak_memory_bytes.has_value());
  EXPECT_GE(*result.lives[0].peak_memory_bytes, 50 << 20);
  EXPECT_LE(*result.lives[0].peak_memory_bytes, 200 << 20);
}

TEST_F(LimitsTest, AFunctionGetsNoMoreProcessesAndThreadsThanItMay) {
  FunctionSpec function = native(misbehaving("starts-threads"));
  function.env = {{"THREADS", "20"}};
  function.limits.pids = 10;
  const Start refused = rig_.once(function);
  EXPECT_EQ(refused.outcome, Outcome::kExited);
  EXPECT_EQ(refused.exit_status, 7) << refused.message;
  function.limits.pids = 40;
  EXPECT_EQ(rig_.once(function).outcome, Outcome::kOk);
}

TEST_F(LimitsTest, AFunctionWithAFifthOfACpuTakesAboutFiveTimesAsLong) {
  FunctionSpec function = native(misbehaving("burns-cpu"));
  function.env = {{"CPU_MS", "200"}};
  function.limits.cpus = 0.2;
  const Start start = rig_.once(function);
  ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
  // 20 ms in each 100 ms: the tenth slice begins after 900 ms. Other load only makes it longer.
  EXPECT_GE(*latency_ns(start.timeline), 700'000'000);
  EXPECT_LE(*latency_ns(start.timeline), 4'000'000'000);
  // It is the limit that it waits for, and not that others run.
  if (start.account.causes.empty()) return without_probes("that it waits for its limit");
  TimeSplit sum;
  for (const PhaseCauses& phase : start.account.causes) {
    for (const auto& [what, time_ns] : phase.time.waits) sum.waits[what] += time_ns;
  }
  // 80 ms of each 100, less what it waited for others before it had used up its 20.
  EXPECT_GE(sum.waits["cpu limit"], 200'000'000);
}

TEST_F(LimitsTest, AStartInAGroupWaitsForNoGracePeriod) {
  FunctionSpec function = native(sample("hello"));
  function.limits.memory_bytes = 200 << 20;
  function.limits.cpus = 2;
  function.limits.pids = 50;
  function.platform.keep_alive = std::chrono::nanoseconds(0);
  // Far apart: a second move within a grace period finds the lock as the first one left it.
  std::vector<std::chrono::nanoseconds> times;
  constexpr int kStarts = 5;
  for (int i = 0; i < kStarts; ++i) times.emplace_back(std::chrono::milliseconds(400 * i));
  const LoadResult result = drive(rig_, {function}, listed(), times);
  ASSERT_EQ(result.starts.size(), times.size());
  std::vector<std::int64_t> waited;
  for (const Start& start : result.starts) {
    ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
    if (start.account.causes.empty()) return without_probes("that it waits for its limit");
    std::int64_t rcu_ns = 0;
    for (const PhaseCauses& phase : start.account.causes) {
      const auto found = phase.time.waits.find("rcu");
      if (found != phase.time.waits.end()) rcu_ns += found->second;
    }
    waited.push_back(rcu_ns);
  }
  std::sort(waited.begin(), waited.end());
  // To be moved there by cgroup.procs takes several milliseconds each time.
  EXPECT_LT(waited[kStarts / 2], 500'000);
}

TEST_F(LimitsTest, LimitsHoldInContainersOfBothEngines) {
  for (const char* engine : {"crun", "runc"}) {
    FunctionSpec function;
    function.name = engine;
    function.runtime = RuntimeKind::kContainer;
    function.engine = engine;
    function.rootfs = COLDSTART_BINARY_DIR "/tests/rootfs/eats-memory";
    function.command = {"/eats-memory"};
    function.env = {{"MEBIBYTES", "200"}};
    function.timeout = std::chrono::seconds(20);
    function.limits.memory_bytes = 64 << 20;
    function.limits.pids = 50;
    if (missing(function)) continue;
    const Start start = rig_.once(function);
    EXPECT_EQ(start.outcome, Outcome::kOutOfMemory) << engine << ": " << start.message;
    function.limits.memory_bytes = 400 << 20;
    const Start enough = rig_.once(function);
    EXPECT_EQ(enough.outcome, Outcome::kOk) << engine << ": " << enough.message;
  }
}

TEST_F(LimitsTest, WhatCannotBeExecutedLeavesNoGroup) {
  FunctionSpec function = native("/no/such/program");
  function.limits.pids = 10;
  EXPECT_EQ(rig_.once(function).outcome, Outcome::kNotStarted);
}

TEST_F(LimitsTest, APreparedInstanceThatIsNeverStartedLeavesNoGroup) {
  FunctionSpec function = native(sample("hello"));
  function.limits.pids = 10;
  {
    const auto start = rig_.platform.make_start(function, {});
    start->prepare();
    EXPECT_FALSE(groups_of(rig_.launcher.pid()).empty());
  }
}

}  // namespace
}  // namespace coldstart::harness
