// Sampled stacks of real programs on the real kernel.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <unistd.h>

#include "tests/harness/platform/rig.h"

namespace coldstart::harness {
namespace {

#define NEEDS_PROBES(rig)                                                 \
  if (!(rig).live()) {                                                    \
    GTEST_SKIP() << "skipped: " << (rig).session->tiers().front().reason; \
  }

#define NEEDS_JAVA(function)                                                                    \
  if (auto lacking = missing(function)) GTEST_SKIP() << "skipped: " << *lacking;                \
  if (!std::filesystem::exists(COLDSTART_BINARY_DIR "/tests/functions/java/Recursion.class")) { \
    GTEST_SKIP() << "skipped: there was no javac when it was built";                            \
  }

const std::string kClasses = COLDSTART_BINARY_DIR "/tests/functions/java";
constexpr int kRate = 997;
constexpr double kMillisecond = 1e6;

FunctionSpec runs_to_its_end(const std::string& program, std::vector<std::string> arguments = {}) {
  FunctionSpec function = native(program, std::move(arguments));
  function.contract = ContractKind::kExec;
  return function;
}

bool has_frame(const FoldedStack& stack, const std::string& frame) {
  return std::find(stack.frames.begin(), stack.frames.end(), frame) != stack.frames.end();
}

// Milliseconds of the stacks that have a frame.
double time_in(const StackProfile& profile, bool on_cpu, const std::string& frame) {
  double sum = 0;
  for (const FoldedStack& stack : profile.stacks) {
    if (stack.on_cpu == on_cpu && has_frame(stack, frame)) {
      sum += static_cast<double>(stack.time_ns) / kMillisecond;
    }
  }
  return sum;
}

// A sample more or less a side, and three standard deviations of a sampled share.
double tolerance(double milliseconds) { return 2 + 3 * std::sqrt(milliseconds); }

void expect_what_it_does(const Start& start, const std::string& beginning) {
  ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
  ASSERT_TRUE(start.stacks);
  const StackProfile& profile = *start.stacks;
  EXPECT_EQ(profile.rate_hz, kRate);
  EXPECT_EQ(profile.lost, 0);
  EXPECT_NEAR(time_in(profile, true, "spins_long"), 120, tolerance(120));
  EXPECT_NEAR(time_in(profile, true, "spins_shortly"), 40, tolerance(40));
  // To fall asleep and to wake take some CPU time: a sample may fall into either.
  EXPECT_LT(time_in(profile, true, "sleeps_for_a_while"), 2.5);
  // How late it comes back depends on who else wants the CPU; never too early.
  EXPECT_GE(time_in(profile, false, "sleeps_for_a_while"), 80);
  EXPECT_LT(time_in(profile, false, "sleeps_for_a_while"), 240);
  for (const FoldedStack& stack : profile.stacks) {
    if (!has_frame(stack, "spins_long") && !has_frame(stack, "sleeps_for_a_while")) continue;
    // Whole, although the program is compiled without frame pointers.
    EXPECT_EQ(stack.frames.front(), beginning);
    EXPECT_TRUE(has_frame(stack, "work"));
    EXPECT_EQ(stack.thread, "spins-and-sleep");
  }
}

TEST(StacksTest, HaveTheFunctionsWhereTimePassesWithTheTimeThatPassesThere) {
  Rig rig;
  NEEDS_PROBES(rig);
  rig.platform.sample_stacks(kRate);
  expect_what_it_does(rig.once(runs_to_its_end(misbehaving("spins-and-sleeps"))), "_start");
}

TEST(StacksTest, OfAThreadBeginWithItAndTheMainThreadWaits) {
  Rig rig;
  NEEDS_PROBES(rig);
  rig.platform.sample_stacks(kRate);
  const Start start = rig.once(runs_to_its_end(misbehaving("spins-and-sleeps"), {"thread"}));
  ASSERT_TRUE(start.stacks);
  // Where libc's symbols are stripped its first function has no name.
  const auto of_thread =
      std::find_if(start.stacks->stacks.begin(), start.stacks->stacks.end(),
                   [](const FoldedStack& stack) { return has_frame(stack, "spins_long"); });
  ASSERT_NE(of_thread, start.stacks->stacks.end());
  EXPECT_NE(of_thread->frames.front(), "[callers unknown]");
  expect_what_it_does(start, of_thread->frames.front());
  EXPECT_GE(time_in(*start.stacks, false, "std::thread::join") +
                time_in(*start.stacks, false, "[libstdc++.so.6.0.30]"),
            200);
}

TEST(StacksTest, AreNotTakenUnlessAskedForAndNotOfRehearsals) {
  Rig rig;
  NEEDS_PROBES(rig);
  const FunctionSpec function = native(sample("hello"));
  EXPECT_FALSE(rig.once(function).stacks);
  rig.platform.sample_stacks(kRate);
  EXPECT_FALSE(rig.once(function, {.rehearsal = true}).stacks);
  EXPECT_TRUE(rig.once(function).stacks);
}

TEST(StacksTest, OfAServerLieInTheirPhasesAndEndWithTheResponse) {
  Rig rig;
  NEEDS_PROBES(rig);
  rig.platform.sample_stacks(kRate);
  const Start start = rig.start(native(misbehaving("burns-cpu")));
  ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
  ASSERT_TRUE(start.stacks);
  std::map<std::string, std::int64_t> lengths;
  for (const PhaseSpan& phase : phases_of(start.timeline))
    lengths[phase.name()] = phase.length_ns();
  std::map<std::pair<std::string, std::string>, std::int64_t> off_cpu;  // of a thread in a phase
  for (const FoldedStack& stack : start.stacks->stacks) {
    ASSERT_TRUE(lengths.contains(stack.phase)) << stack.phase;
    if (!stack.on_cpu) off_cpu[{stack.phase, stack.thread}] += stack.time_ns;
  }
  for (const auto& [place, time_ns] : off_cpu) EXPECT_LE(time_ns, lengths[place.first]);
}

TEST(StacksTest, OfAContainerAreNamedByTheFilesOfItsRoot) {
  FunctionSpec function = native("/hello");
  function.name = "crun-hello";
  function.runtime = RuntimeKind::kContainer;
  function.engine = "crun";
  function.rootfs = COLDSTART_BINARY_DIR "/bench/rootfs/hello-dynamic";
  if (auto lacking = missing(function)) GTEST_SKIP() << "skipped: " << *lacking;
  Rig rig;
  NEEDS_PROBES(rig);
  rig.platform.sample_stacks(kRate);
  // It waits for the request, unless that was there before it asked: not in every start.
  constexpr int kStarts = 10;
  bool waits_in_main = false;
  for (int i = 0; i < kStarts && !waits_in_main; ++i) {
    const Start start = rig.once(function);
    ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
    ASSERT_TRUE(start.stacks);
    waits_in_main = std::any_of(
        start.stacks->stacks.begin(), start.stacks->stacks.end(), [](const FoldedStack& stack) {
          return !stack.on_cpu && stack.thread == "hello" && stack.frames.front() == "_start" &&
                 has_frame(stack, "main");
        });
  }
  EXPECT_TRUE(waits_in_main);
}

std::filesystem::path perf_map_of(std::int64_t pid) {
  return "/tmp/perf-" + std::to_string(pid) + ".map";
}

TEST(StacksTest, APerfMapThatNobodyAskedForStays) {
  // Not by the command: a wrapper of somebody's, who may want to read it.
  FunctionSpec function = runs_to_its_end("sh");
  function.command = {"/bin/sh", "-c", "echo '10 10 f' >/tmp/perf-$$.map; echo done"};
  function.runtime = RuntimeKind::kCommand;
  Rig rig;
  NEEDS_PROBES(rig);
  rig.platform.sample_stacks(kRate);
  const Start start = rig.once(function);
  ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
  ASSERT_TRUE(start.pid);
  EXPECT_TRUE(std::filesystem::remove(perf_map_of(*start.pid)));
}

TEST(StacksTest, APerfMapIsRemovedOnlyIfItIsThatOfTheProcess) {
  // The process makes a link where the map would be, to a file that is not its map.
  const std::filesystem::path kept = "/tmp/coldstart-test-kept-" + std::to_string(::getpid());
  FunctionSpec function = runs_to_its_end("sh");
  function.command = {
      "/bin/sh", "-c",
      "echo x >" + kept.string() + "; ln -s " + kept.string() + " /tmp/perf-$$.map; echo done",
      "-XX:+DumpPerfMapAtExit"};
  function.runtime = RuntimeKind::kCommand;
  Rig rig;
  NEEDS_PROBES(rig);
  rig.platform.sample_stacks(kRate);
  const Start start = rig.once(function);
  ASSERT_TRUE(start.pid);
  EXPECT_TRUE(std::filesystem::remove(perf_map_of(*start.pid)));
  EXPECT_TRUE(std::filesystem::remove(kept));
}

TEST(StacksTest, OfJavaHaveTheNamesOfItsPerfMap) {
  FunctionSpec function = runs_to_its_end("java");
  function.command = {"java",
                      "-XX:+UnlockDiagnosticVMOptions",
                      "-XX:+DumpPerfMapAtExit",
                      "-XX:+PreserveFramePointer",
                      "-cp",
                      kClasses,
                      "Recursion"};
  function.runtime = RuntimeKind::kCommand;
  NEEDS_JAVA(function);
  Rig rig;
  NEEDS_PROBES(rig);
  rig.platform.sample_stacks(kRate);
  const Start start = rig.once(function);
  ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
  // Read, it is of no use to anybody: a start each would fill /tmp.
  ASSERT_TRUE(start.pid);
  EXPECT_FALSE(std::filesystem::exists(perf_map_of(*start.pid)));
  ASSERT_TRUE(start.stacks);
  const std::string recursion = "long Recursion.fibonacci(int)_[j]";
  EXPECT_GT(time_in(*start.stacks, true, recursion), 10);
  // From the beginning of the thread through libjvm and the interpreter down to the method.
  const bool whole = std::any_of(
      start.stacks->stacks.begin(), start.stacks->stacks.end(), [&](const FoldedStack& stack) {
        return has_frame(stack, recursion) && has_frame(stack, "Interpreter_[j]") &&
               stack.frames.front() != "[callers unknown]";
      });
  EXPECT_TRUE(whole);
  EXPECT_TRUE(start.stacks->notes.empty());
}

TEST(StacksTest, OfJavaWithoutAPerfMapSayHowToGetOne) {
  FunctionSpec function = runs_to_its_end("java");
  function.command = {"java", "-cp", kClasses, "Recursion"};
  function.runtime = RuntimeKind::kCommand;
  NEEDS_JAVA(function);
  Rig rig;
  NEEDS_PROBES(rig);
  rig.platform.sample_stacks(kRate);
  const Start start = rig.once(function);
  ASSERT_TRUE(start.stacks);
  ASSERT_EQ(start.stacks->notes.size(), 1U);
  EXPECT_NE(start.stacks->notes[0].find("-XX:+DumpPerfMapAtExit"), std::string::npos);
  EXPECT_GT(start.stacks->broken, 0);  // compiled code keeps no frame pointer
}

}  // namespace
}  // namespace coldstart::harness
