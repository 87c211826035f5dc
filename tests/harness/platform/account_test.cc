// The accounts of real functions: that causes add up to their phases, and what they consist of.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <unistd.h>

#include "tests/harness/platform/rig.h"

namespace coldstart::harness {
namespace {

#define NEEDS_PROBES(rig)                                                 \
  if (!(rig).live()) {                                                    \
    GTEST_SKIP() << "skipped: " << (rig).session->tiers().front().reason; \
  }
#define NEEDS_RUNTIME(function) \
  if (auto lacking = missing(function)) GTEST_SKIP() << "skipped: " << *lacking

// The suite that `./dev run` measures, with the files of this build, whichever it is.
std::vector<FunctionSpec> hello_functions() {
  const std::string file = COLDSTART_SOURCE_DIR "/bench/suites/hello.yaml";
  std::ifstream stream(file);
  std::string yaml(std::istreambuf_iterator<char>(stream), {});
  const std::string root = "root: ../../build/release";
  const std::size_t at = yaml.find(root);
  EXPECT_NE(at, std::string::npos);
  yaml.replace(at, root.size(), "root: " COLDSTART_BINARY_DIR);
  return parse_suite(yaml, file).functions;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

TEST(AccountTest, CausesAddUpToTheirPhaseForEveryFunctionOfTheHelloSuite) {
  constexpr int kStarts = 5;
  Rig rig;
  NEEDS_PROBES(rig);
  int measured = 0;
  for (const FunctionSpec& function : hello_functions()) {
    if (missing(function)) continue;
    SCOPED_TRACE(function.name);
    measured += 1;
    rig.once(function, {.rehearsal = true});
    std::map<std::string, std::vector<double>> error;  // by phase, as a share of it
    for (int i = 0; i < kStarts; ++i) {
      const Start start = rig.once(function);
      ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
      const auto phases = phases_of(start.timeline);
      ASSERT_EQ(start.account.causes.size(), phases.size());
      std::int64_t cpu_time = 0;
      for (std::size_t p = 0; p < phases.size(); ++p) {
        const PhaseCauses& cause = start.account.causes[p];
        ASSERT_EQ(cause.phase, phases[p].name());
        const TimeSplit& time = cause.time;
        const std::int64_t sum = time.cpu_ns + time.runnable_ns + time.disk_ns + time.wait_ns;
        const auto length = static_cast<double>(std::max<std::int64_t>(1, phases[p].length_ns()));
        error[cause.phase].push_back(std::abs(static_cast<double>(sum - phases[p].length_ns())) /
                                     length);
        std::int64_t waits = 0;
        for (const auto& [reason, ns] : time.waits) waits += ns;
        EXPECT_EQ(waits, time.wait_ns) << cause.phase;
        EXPECT_GE(cause.cpu_time_ns, time.cpu_ns) << "one thread at least ran in it";
        cpu_time += cause.cpu_time_ns;
      }
      EXPECT_GT(cpu_time, 0) << "an account that saw no thread run adds up, too";
    }
    for (const auto& [phase, errors] : error) EXPECT_LE(median(errors), 0.01) << phase;
  }
  EXPECT_GE(measured, 2) << "cpp and cpp-static need nothing that may be missing";
}

TEST(AccountTest, ARelativeFolderInACgroupAndANamespaceOfClone3AreStepsOfTheSandbox) {
  Rig rig;
  NEEDS_PROBES(rig);
  std::ifstream mounts("/proc/mounts");
  std::string cgroup;
  for (std::string line; cgroup.empty() && std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string device, folder, type;
    fields >> device >> folder >> type;
    // A v1 hierarchy, where any folder will do, or the unified one.
    if (type == "cgroup2" || folder.ends_with("/pids")) cgroup = folder;
  }
  if (cgroup.empty()) GTEST_SKIP() << "skipped: no cgroup file system is mounted";
  if (::geteuid() != 0) GTEST_SKIP() << "skipped: cgroups and namespaces need root";
  const Start start = rig.start(native(misbehaving("sandbox-steps"), {cgroup, sample("hello")}));
  ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
  ASSERT_TRUE(start.account.sandbox);
  std::map<std::string, std::int64_t> calls;
  std::int64_t sum = 0;
  for (const SandboxStep& step : *start.account.sandbox) {
    calls[step.name] = step.calls;
    sum += step.time.total_ns();
  }
  EXPECT_EQ(calls["cgroup"], 1) << "mkdir";
  EXPECT_EQ(calls["namespaces"], 1) << "clone3";
  EXPECT_EQ(calls["mounts"], 0);
  EXPECT_EQ(sum, at(start, Boundary::kExeced) - at(start, Boundary::kLaunched));
}

// What real engines do, whatever their version: each kind of work is found, and none of it twice.
TEST(AccountTest, TheSandboxOfRealEnginesIsTakenApart) {
  for (const char* engine : {"crun", "runc"}) {
    SCOPED_TRACE(engine);
    Rig rig;
    NEEDS_PROBES(rig);
    FunctionSpec function = native("/hello");
    function.runtime = RuntimeKind::kContainer;
    function.engine = engine;
    function.rootfs = COLDSTART_BINARY_DIR "/bench/rootfs/hello";
    NEEDS_RUNTIME(function);
    const Start start = rig.start(function);
    ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
    ASSERT_TRUE(start.account.sandbox);
    std::map<std::string, SandboxStep> steps;
    std::int64_t sum = 0;
    for (const SandboxStep& step : *start.account.sandbox) {
      steps[step.name] = step;
      sum += step.time.total_ns();
    }
    EXPECT_EQ(sum, at(start, Boundary::kExeced) - at(start, Boundary::kLaunched));
    for (const char* name : {"exec", "cgroup", "namespaces", "mounts", "security", "final exec"}) {
      EXPECT_GT(steps[name].calls, 0) << name;
      EXPECT_GT(steps[name].time.total_ns(), 0) << name;
    }
    EXPECT_EQ(steps["final exec"].calls, 1);
    EXPECT_LT(steps["own code"].time.total_ns(), sum);
  }
}

// A program that waits 40 ms for each thing that the kernel can tell, before it answers.
TEST(AccountTest, AWaitIsNamedAfterWhatWasWaitedFor) {
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function =
      native("/usr/bin/python3",
             {"-S", "-c",
              "import os, select, time\n"
              "def child(seconds):\n"
              "    pid = os.fork()\n"
              "    if pid == 0: time.sleep(seconds); os._exit(0)\n"
              "    return pid\n"
              "os.waitpid(child(0.04), 0)\n"
              "ends = os.pipe()\n"
              "if os.fork() == 0: time.sleep(0.05); os.write(ends[1], b'x'); os._exit(0)\n"
              "os.read(ends[0], 1)\n"
              "poll = select.poll(); poll.register(ends[0], select.POLLIN); poll.poll(60)\n"
              "time.sleep(0.07)\n"});
  if (missing(function)) GTEST_SKIP() << "skipped: no python3";
  function.contract = ContractKind::kExec;
  const Start start = rig.start(function);
  ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
  std::map<std::string, std::int64_t> waits;
  // While one of them still waits for a CPU it is no wait of all.
  std::int64_t runnable = 0;
  for (const PhaseCauses& phase : start.account.causes) {
    runnable += phase.time.runnable_ns;
    for (const auto& [reason, ns] : phase.time.waits) waits[reason] += ns;
  }
  // A wait is that of the thread whose waking ended it: while the children sleep, and their parent
  // waits for them, theirs ends first.
  std::string all;
  for (const auto& [reason, ns] : waits) all += reason + " " + std::to_string(ns) + ", ";
  EXPECT_GE(waits["poll"] + runnable, 58'000'000) << all;
  EXPECT_GE(waits["sleep"] + waits["pipe"] + waits["child"] + runnable, 158'000'000) << all;
  EXPECT_LT(waits["poll"], 90'000'000) << all;
}

// It has touched 256 MiB: to give them back takes the kernel a fifth of the whole time, on a CPU,
// after the process has ended.
TEST(AccountTest, WhatTheKernelDoesToTakeAProcessDownIsTimeOnACpu) {
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function =
      native("/usr/bin/python3", {"-c", "import os; b = b'x' * (256 << 20); os._exit(0)"});
  if (missing(function)) GTEST_SKIP() << "skipped: no python3";
  function.contract = ContractKind::kExec;
  const Start start = rig.start(function);
  ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
  const TimeSplit& last = start.account.causes.back().time;
  // Nothing but the launcher's report may be a wait at the end.
  EXPECT_FALSE(last.waits.contains("exit"));
  const auto told = last.waits.find("launcher");
  EXPECT_LT(told == last.waits.end() ? 0 : told->second, last.total_ns() / 10);
}

// The JVM's own log of its classes, from its begin to its end.
struct ClassLog {
  explicit ClassLog(const std::string& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      if (line.find(" Hello source: ") != std::string::npos) before_main = classes;
      classes += 1;
      if (line.find("source: shared objects file") != std::string::npos) shared += 1;
    }
  }
  std::int64_t classes = 0, shared = 0, before_main = -1;
};

TEST(AccountTest, TheClassesOfAJvmAreThoseOfItsOwnLog) {
  Rig rig;
  NEEDS_PROBES(rig);
  const std::string log =
      COLDSTART_BINARY_DIR "/account-test-classes-" + std::to_string(::getpid());
  FunctionSpec function = native("java");
  function.runtime = RuntimeKind::kJvm;
  function.main = "Hello";
  function.classpath = {sample("java")};
  function.jvm_args = {"-Xlog:class+load:file=" + log};
  function.stop_timeout = std::chrono::seconds(10);  // the log is whole when it has ended by itself
  NEEDS_RUNTIME(function);
  const Start start = rig.start(function);
  const ClassLog truth(log);
  std::filesystem::remove(log);
  ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
  ASSERT_TRUE(start.account.jvm);
  const JvmAccount& jvm = *start.account.jvm;
  ASSERT_GE(truth.before_main, 0);
  EXPECT_EQ(jvm.classes_before_main, truth.before_main);
  // It goes on loading until it has ended: a few classes, of other connections and of its shutdown.
  EXPECT_LE(jvm.classes, truth.classes);
  EXPECT_GE(jvm.classes, truth.classes - 60);
  EXPECT_LE(jvm.shared_classes, truth.shared);
  EXPECT_GE(jvm.shared_classes, truth.shared - 30);
  ASSERT_TRUE(jvm.main_class_ns);
  EXPECT_GT(*jvm.main_class_ns, at(start, Boundary::kRuntimeReady)) << "the JVM is up before";
  EXPECT_LT(*jvm.main_class_ns, at(start, Boundary::kListening));
  EXPECT_GT(jvm.compilations, 10);
  EXPECT_GT(jvm.compile_ns, 0);
}

// Made and read by real JVMs: one that writes an archive when it ends, one that uses it, and one
// whose class path is no longer what the archive was made of.
TEST(AccountTest, AnArchiveOfTheApplicationIsSeenToBeUsedOrNot) {
  Rig rig;
  NEEDS_PROBES(rig);
  const std::filesystem::path folder =
      COLDSTART_BINARY_DIR "/account-test-archive-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  const std::string jar = folder / "hello.jar";
  const std::string archive = folder / "hello.jsa";
  FunctionSpec function = native("java");
  function.runtime = RuntimeKind::kJvm;
  function.main = "Hello";
  function.classpath = {jar};
  function.stop_timeout = std::chrono::seconds(30);  // it writes the archive as it ends
  function.jvm_args = {"-XX:ArchiveClassesAtExit=" + archive};
  NEEDS_RUNTIME(function);
  if (std::system(("jar --create --file " + jar + " -C " + sample("java") + " .").c_str()) != 0) {
    GTEST_SKIP() << "skipped: no jar (part of a JDK)";
  }
  ASSERT_EQ(rig.once(function).outcome, Outcome::kOk);
  ASSERT_TRUE(std::filesystem::exists(archive));

  function.jvm_args = {"-XX:SharedArchiveFile=" + archive};
  const Start with = rig.start(function);
  std::filesystem::last_write_time(jar,
                                   std::filesystem::last_write_time(jar) + std::chrono::seconds(5));
  const Start mismatched = rig.start(function);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(with.account.jvm && mismatched.account.jvm);
  EXPECT_EQ(with.account.jvm->main_class_shared, true);
  EXPECT_EQ(mismatched.account.jvm->main_class_shared, false);
  EXPECT_GT(mismatched.account.jvm->shared_classes, 0) << "of the JVM's own archive";
}

}  // namespace
}  // namespace coldstart::harness
