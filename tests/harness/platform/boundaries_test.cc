// Real eBPF on real functions: which boundaries are seen of which runtime, and in which order.
#include "tests/harness/platform/rig.h"

namespace coldstart::harness {
namespace {

using B = Boundary;

#define NEEDS_PROBES(rig)                                                 \
  if (!(rig).live()) {                                                    \
    GTEST_SKIP() << "skipped: " << (rig).session->tiers().front().reason; \
  }
#define NEEDS_RUNTIME(function) \
  if (auto lacking = missing(function)) GTEST_SKIP() << "skipped: " << *lacking

const std::vector<B> kAlways = {B::kDue,       B::kRequested, B::kForked,   B::kLaunched,
                                B::kExeced,    B::kListening, B::kReceived, B::kReplied,
                                B::kResponded, B::kCompleted};
const std::vector<B> kDynamic = {B::kExeced, B::kLinked, B::kEntered, B::kListening};

FunctionSpec container(const std::string& engine, const std::string& rootfs) {
  FunctionSpec function = native("/hello");
  function.name = engine + "-" + rootfs;
  function.runtime = RuntimeKind::kContainer;
  function.engine = engine;
  function.rootfs = COLDSTART_BINARY_DIR "/bench/rootfs/" + rootfs;
  return function;
}

TEST(BoundariesTest, ADynamicProgramShowsAllOfThem) {
  Rig rig;
  NEEDS_PROBES(rig);
  const Start start = rig.start(native(sample("hello")));
  expect_in_order(start, kAlways);
  expect_in_order(start, kDynamic);
  EXPECT_EQ(start.timeline[B::kRuntimeReady].absence, Absence::kNotApplicable);
  EXPECT_EQ(start.http_status, 200);
  EXPECT_EQ(start.lost_events, 0U);
  EXPECT_FALSE(start.readiness_poll_ns) << "readiness is an event, not a poll";
  EXPECT_LT(*latency_ns(start.timeline), 10'000'000'000);
}

TEST(BoundariesTest, AStaticProgramIsNeverLinked) {
  Rig rig;
  NEEDS_PROBES(rig);
  const Start start = rig.start(native(sample("hello-static")));
  expect_in_order(start, kAlways);
  EXPECT_EQ(start.timeline[B::kLinked].absence, Absence::kNotApplicable);
}

TEST(BoundariesTest, CrunIsTheSandboxOfAStaticProgram) {
  Rig rig;
  NEEDS_PROBES(rig);
  const FunctionSpec function = container("crun", "hello");
  NEEDS_RUNTIME(function);
  const Start start = rig.start(function);
  expect_in_order(start, kAlways);
  EXPECT_GT(at(start, B::kExeced), at(start, B::kLaunched));
}

TEST(BoundariesTest, RuncIsTheSandboxOfAStaticProgram) {
  Rig rig;
  NEEDS_PROBES(rig);
  const FunctionSpec function = container("runc", "hello");
  NEEDS_RUNTIME(function);
  const Start start = rig.start(function);
  expect_in_order(start, kAlways);
  EXPECT_GT(at(start, B::kExeced), at(start, B::kLaunched));
}

TEST(BoundariesTest, LoadingLibrariesInsideAContainerIsSeen) {
  Rig rig;
  NEEDS_PROBES(rig);
  const FunctionSpec function = container("crun", "hello-dynamic");
  NEEDS_RUNTIME(function);
  const Start start = rig.start(function);
  expect_in_order(start, kAlways);
  expect_in_order(start, kDynamic);
}

TEST(BoundariesTest, TheJvmSaysWhenItIsUp) {
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function = native("java");
  function.runtime = RuntimeKind::kJvm;
  function.main = "Hello";
  function.classpath = {sample("java")};
  NEEDS_RUNTIME(function);
  const Start start = rig.start(function);
  expect_in_order(start, kAlways);
  expect_in_order(start, {B::kExeced, B::kLinked, B::kEntered, B::kRuntimeReady, B::kListening});
}

TEST(BoundariesTest, NodeShowsItsBootstrap) {
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function = native("node");
  function.runtime = RuntimeKind::kNode;
  function.interpreter = "node";
  function.script = sample("hello.js");
  NEEDS_RUNTIME(function);
  const Start start = rig.start(function);
  expect_in_order(start, kAlways);
  expect_in_order(start, {B::kEntered, B::kRuntimeReady, B::kListening});
}

TEST(BoundariesTest, PythonShowsWhenItTurnsToTheScript) {
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function = native("python3");
  function.runtime = RuntimeKind::kPython;
  function.interpreter = "/usr/bin/python3";
  function.script = sample("hello.py");
  NEEDS_RUNTIME(function);
  const Start start = rig.start(function);
  expect_in_order(start, kAlways);
  expect_in_order(start, {B::kEntered, B::kRuntimeReady, B::kListening});
}

TEST(BoundariesTest, AWrapperScriptIsTheSandbox) {
  Rig rig;
  NEEDS_PROBES(rig);
  for (const char* wrapper : {"wrapper.sh", "wrapper-noexec.sh"}) {
    const Start start = rig.start(native(misbehaving(wrapper), {sample("hello")}));
    expect_in_order(start, kAlways);
    expect_in_order(start, kDynamic);
    EXPECT_GT(at(start, B::kExeced), at(start, B::kLaunched)) << wrapper;
  }
}

TEST(BoundariesTest, WorkersDaemonsAndOrphansServeWithTheExecOfTheirAncestor) {
  Rig rig;
  NEEDS_PROBES(rig);
  for (const char* program : {"prefork", "daemonish", "double-fork", "ipv6-only"}) {
    SCOPED_TRACE(program);
    const Start start = rig.start(native(misbehaving(program)));
    expect_in_order(start, kAlways);
    EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
  }
}

TEST(BoundariesTest, AProgramThatRunsToItsEndRespondsWithItsFirstByteOrItsExit) {
  Rig rig;
  NEEDS_PROBES(rig);
  for (const char* program : {"prints", "prints-late"}) {
    SCOPED_TRACE(program);
    FunctionSpec function = native(misbehaving(program));
    function.contract = ContractKind::kExec;
    const Start start = rig.start(function);
    expect_in_order(start, {B::kRequested, B::kForked, B::kLaunched, B::kExeced, B::kLinked,
                            B::kEntered, B::kResponded, B::kCompleted});
    EXPECT_EQ(start.timeline[B::kListening].absence, Absence::kNotApplicable);
    EXPECT_EQ(start.exit_status, 0);
  }
}

TEST(BoundariesTest, PhasesAddUpToTheLatencyExactly) {
  Rig rig;
  NEEDS_PROBES(rig);
  const Start start = rig.start(native(sample("hello")));
  std::int64_t sum = 0;
  for (const PhaseSpan& span : phases_of(start.timeline)) sum += span.length_ns();
  EXPECT_EQ(sum, *latency_ns(start.timeline));
}

TEST(BoundariesTest, WithoutTheLoaderTierItsBoundariesAreAbsentWithTheReason) {
  Rig rig(probes::TierSet::parse("process"));
  NEEDS_PROBES(rig);
  const Start start = rig.start(native(sample("hello")));
  expect_in_order(start, kAlways);
  EXPECT_FALSE(start.timeline[B::kLinked].at_ns);
  EXPECT_NE(start.timeline[B::kLinked].reason.text().find("not asked for"), std::string::npos);
}

TEST(BoundariesTest, WithoutProbesTheStartIsMeasuredByPollingAndSaysSo) {
  Rig rig(probes::TierSet::none());
  const Start start = rig.start(native(sample("hello")));
  expect_in_order(start, {B::kDue, B::kRequested, B::kResponded, B::kCompleted});
  EXPECT_TRUE(start.readiness_poll_ns);
  EXPECT_FALSE(start.timeline[B::kListening].at_ns);
  EXPECT_NE(start.timeline[B::kListening].reason.text().find("tier process is off"),
            std::string::npos);
}

TEST(BoundariesTest, AThousandStartsBackToBackLoseNoEvent) {
  Rig rig;
  NEEDS_PROBES(rig);
  const FunctionSpec function = native(sample("hello-static"));
  rig.once(function, {.rehearsal = true});
  for (int i = 0; i < 1000; ++i) {
    const Start start = rig.once(function);
    ASSERT_EQ(start.outcome, Outcome::kOk) << start.message;
    ASSERT_TRUE(start.timeline[B::kReplied].at_ns) << start.timeline[B::kReplied].reason.text();
  }
  EXPECT_EQ(rig.session->lost_events(), 0U);
}

}  // namespace
}  // namespace coldstart::harness
