// Cache states of real functions: that they are proven, and that they make the difference they
// should.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <linux/magic.h>
#include <map>
#include <stdlib.h>
#include <sys/vfs.h>

#include "tests/harness/platform/rig.h"

namespace coldstart::harness {
namespace {

using B = Boundary;
using enum CacheState;

#define NEEDS_PROBES(rig)                                                 \
  if (!(rig).live()) {                                                    \
    GTEST_SKIP() << "skipped: " << (rig).session->tiers().front().reason; \
  }
#define NEEDS_RUNTIME(function) \
  if (auto lacking = missing(function)) GTEST_SKIP() << "skipped: " << *lacking

bool build_folder_is_in_memory() {
  struct statfs filesystem {};
  return ::statfs(COLDSTART_BINARY_DIR, &filesystem) == 0 && filesystem.f_type == TMPFS_MAGIC;
}
#define NEEDS_A_DISK() \
  if (build_folder_is_in_memory()) GTEST_SKIP() << "skipped: the build folder is in memory"

// A folder of the test's own, on the disk that the build is on.
struct Folder {
  Folder() { EXPECT_NE(::mkdtemp(path.data()), nullptr) << path; }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path + "/" + name) << text;
  }
  void link(const std::string& name, const std::string& target) const {
    std::filesystem::remove(path + "/" + name);
    std::filesystem::create_symlink(target, path + "/" + name);
  }
  std::string path = COLDSTART_BINARY_DIR "/cache-test-XXXXXX";
};

std::vector<Start> measure_all(Rig& rig, const std::vector<FunctionSpec>& functions,
                               const std::function<void(const Start&)>& after = {}) {
  std::vector<Start> starts;
  MeasureSink sink;
  sink.begin = [](const std::vector<Function>&) {};
  sink.progress = [](const std::string&, int, int) {};
  sink.started = [&](const Start& start) {
    starts.push_back(start);
    if (after) after(start);
  };
  MeasurePlan plan;
  plan.functions = functions;
  plan.seed = 1;
  EXPECT_FALSE(measure(rig.platform, plan, sink));
  return starts;
}

std::int64_t median_latency(const std::vector<Start>& starts, const std::string& cache) {
  std::vector<std::int64_t> latencies;
  for (const Start& start : starts) {
    if (start.cache == cache && start.usable()) latencies.push_back(*latency_ns(start.timeline));
  }
  if (latencies.empty()) return 0;
  std::sort(latencies.begin(), latencies.end());
  return latencies[latencies.size() / 2];
}

// On a busy machine others read /etc/ld.so.cache again at once: a start that says so is no failure,
// as long as most are not disturbed.
bool was_disturbed(const CacheProof& proof) {
  return !proof.proven && proof.reason.find("stayed in the page cache") != std::string::npos;
}

// Returns whether at least half of them were not disturbed.
bool expect_proven_unless_disturbed(const std::vector<Start>& starts) {
  std::size_t disturbed = 0;
  for (const Start& start : starts) {
    SCOPED_TRACE(start.function + ", " + start.cache);
    EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
    if (start.cache == "warm") {
      EXPECT_FALSE(start.account.cache);
      continue;
    }
    EXPECT_TRUE(start.account.cache) << start.account.absent.begin()->second;
    if (!start.account.cache) continue;
    const CacheProof& proof = *start.account.cache;
    if (was_disturbed(proof)) {
      disturbed += 1;
      continue;
    }
    EXPECT_TRUE(proof.proven) << proof.reason;
    EXPECT_GT(proof.files, 2) << "program, loader and libc";
    EXPECT_GT(proof.bytes, 1'000'000);
    if (start.cache == "disk") {
      EXPECT_EQ(proof.cached_bytes, proof.pinned_bytes);
      EXPECT_LT(proof.cached_bytes, proof.bytes);
      EXPECT_EQ(proof.pinned_files > 0, proof.reason.find("pinned") != std::string::npos);
    } else {
      EXPECT_EQ(proof.cached_bytes, proof.bytes);
    }
  }
  return disturbed * 2 <= starts.size();
}

void expect_all_proven(const std::vector<Start>& starts) {
  EXPECT_TRUE(expect_proven_unless_disturbed(starts)) << "most of them were disturbed";
}

TEST(CacheTest, ANativeProgramIsSlowerFromDiskAndBothStatesAreProven) {
  NEEDS_A_DISK();
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function = native(sample("hello"));
  function.trials = 15;
  function.caches = {kDisk, kPageCache};
  const auto starts = measure_all(rig, {function});
  ASSERT_EQ(starts.size(), 30U);
  expect_all_proven(starts);
  // Several reads of a disk, each some 100 us at least, against a start of 2 ms.
  EXPECT_GT(median_latency(starts, "disk"), median_latency(starts, "page-cache") * 11 / 10);
}

TEST(CacheTest, PythonIsSlowerFromDiskAndBothStatesAreProven) {
  NEEDS_A_DISK();
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function = native("python3");
  function.runtime = RuntimeKind::kPython;
  function.interpreter = "/usr/bin/python3";
  function.script = sample("hello.py");
  function.trials = 9;
  function.caches = {kDisk, kPageCache};
  NEEDS_RUNTIME(function);
  const auto starts = measure_all(rig, {function});
  expect_all_proven(starts);
  EXPECT_GT(median_latency(starts, "disk"), median_latency(starts, "page-cache") * 11 / 10);
}

TEST(CacheTest, AContainersFilesAreThoseBelowItsRoot) {
  NEEDS_A_DISK();
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function = native("/hello");
  function.runtime = RuntimeKind::kContainer;
  function.engine = "crun";
  function.rootfs = COLDSTART_BINARY_DIR "/bench/rootfs/hello-dynamic";
  function.trials = 2;
  function.caches = {kDisk, kPageCache};
  NEEDS_RUNTIME(function);
  expect_all_proven(measure_all(rig, {function}));
}

// A function that reads what the link `current` leads to before it serves.
FunctionSpec reads_current(const Folder& folder) {
  FunctionSpec function =
      native("/bin/sh",
             {"-c", "cat '" + folder.path + "/current' >/dev/null; " + "exec " + sample("hello")});
  function.trials = 3;
  return function;
}

TEST(CacheTest, AStartThatReadsWhatNoneBeforeItReadIsNotProvenAndTheNextOneIs) {
  NEEDS_A_DISK();
  for (const CacheState state : {kDisk, kPageCache}) {
    SCOPED_TRACE(name(state));
    const Folder folder;
    folder.write("first", "1");
    folder.write("second", "2");
    folder.link("current", "first");
    Rig rig;
    NEEDS_PROBES(rig);
    FunctionSpec function = reads_current(folder);
    function.caches = {state};
    const auto starts = measure_all(rig, {function}, [&](const Start& start) {
      if (start.trial == 1) folder.link("current", "second");
    });
    ASSERT_EQ(starts.size(), 3U);
    for (const std::size_t covered : {0U, 2U}) {
      ASSERT_TRUE(starts[covered].account.cache) << starts[covered].account.absent.at("cache");
      if (was_disturbed(*starts[covered].account.cache)) continue;
      EXPECT_TRUE(starts[covered].account.cache->proven) << starts[covered].account.cache->reason;
    }
    // As it was named: what a link leads to is the kernel's business.
    const std::string reason =
        "it read 1 file that no start before had read: " + folder.path + "/current";
    ASSERT_TRUE(starts[1].account.cache);
    if (was_disturbed(*starts[1].account.cache)) {
      GTEST_SKIP() << "skipped: somebody reads the same files all the time";
    }
    EXPECT_FALSE(starts[1].account.cache->proven);
    EXPECT_EQ(starts[1].account.cache->reason, reason);
    EXPECT_FALSE(starts[1].usable());
  }
}

TEST(CacheTest, FilesThatAreNewEachTimeBecauseTheStartWritesThemDoNotSpoilTheProof) {
  NEEDS_A_DISK();
  const Folder folder;
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function =
      native("/bin/sh", {"-c", "cd '" + folder.path +
                                   "'; rm -f pid; echo $$ >pid; cat pid >/dev/null; "
                                   "echo started >>log; exec " +
                                   sample("hello")});
  function.trials = 3;
  function.caches = {kDisk};
  // Every shell that starts on this machine meanwhile reads the same programs.
  constexpr int kAttempts = 5;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (expect_proven_unless_disturbed(measure_all(rig, {function}))) return;
  }
  GTEST_SKIP() << "skipped: somebody reads the same files all the time";
}

TEST(CacheTest, DiskIsNotProvenIfNobodyLooksWhichFilesAreOpened) {
  Rig rig(probes::TierSet::parse("process,loader"));
  NEEDS_PROBES(rig);
  FunctionSpec function = native(sample("hello"));
  function.trials = 1;
  function.caches = {kDisk};
  const auto starts = measure_all(rig, {function});
  ASSERT_TRUE(starts.at(0).account.cache);
  EXPECT_FALSE(starts[0].account.cache->proven);
  EXPECT_EQ(starts[0].account.cache->reason,
            "which files it opens is not known, because tier files is off: not asked for");
}

TEST(CacheTest, EveryBlockHoldsEveryFunctionInEachOfItsStates) {
  Rig rig(probes::TierSet::none());
  FunctionSpec a = native(sample("hello"));
  a.trials = 3;
  a.caches = {kDisk, kPageCache};
  FunctionSpec b = native(sample("hello-static"));
  b.trials = 3;
  const auto starts = measure_all(rig, {a, b});
  ASSERT_EQ(starts.size(), 9U);
  for (std::size_t block = 0; block < 3; ++block) {
    std::map<std::string, int> seen;
    for (std::size_t i = block * 3; i < block * 3 + 3; ++i) {
      seen[starts[i].function + " " + starts[i].cache] += 1;
      EXPECT_EQ(starts[i].trial, static_cast<int>(block) + 1);
      EXPECT_EQ(starts[i].order, static_cast<int>(i) + 1);
    }
    EXPECT_EQ(seen,
              (std::map<std::string, int>{
                  {"hello disk", 1}, {"hello page-cache", 1}, {"hello-static page-cache", 1}}));
  }
}

TEST(CacheTest, WithoutProbesDiskIsNotProvenAndPageCacheIsAsGoodAsBefore) {
  Rig rig(probes::TierSet::none());
  FunctionSpec function = native(sample("hello"));
  function.trials = 1;
  function.caches = {kDisk, kPageCache};
  const std::string reason = "the files it reads are not known without the probes";
  for (const Start& start : measure_all(rig, {function})) {
    EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
    if (start.cache == "disk") {
      ASSERT_TRUE(start.account.cache);
      EXPECT_FALSE(start.account.cache->proven);
      EXPECT_EQ(start.account.cache->reason, reason);
      EXPECT_FALSE(start.usable());
    } else {
      EXPECT_FALSE(start.account.cache);
      EXPECT_EQ(start.account.absent.at("cache"), reason);
      EXPECT_TRUE(start.usable());
    }
  }
}

TEST(CacheTest, AWarmInstanceHasNoStartOnlyAnAnswer) {
  Rig rig;
  NEEDS_PROBES(rig);
  FunctionSpec function = native(sample("hello"));
  function.trials = 5;
  function.caches = {kPageCache, kWarm};
  const auto starts = measure_all(rig, {function});
  ASSERT_EQ(starts.size(), 10U);
  for (const Start& start : starts) {
    if (start.cache != "warm") continue;
    expect_in_order(start, {B::kDue, B::kReceived, B::kReplied, B::kResponded, B::kCompleted});
    for (const B absent : {B::kRequested, B::kForked, B::kLaunched, B::kExeced, B::kLinked,
                           B::kEntered, B::kRuntimeReady, B::kListening}) {
      EXPECT_FALSE(start.timeline[absent].at_ns) << name(absent);
      EXPECT_EQ(start.timeline[absent].absence, Absence::kNotApplicable) << name(absent);
    }
    std::string phases;
    std::int64_t sum = 0;
    for (const PhaseSpan& span : phases_of(start.timeline)) {
      phases += span.name() + " ";
      sum += span.length_ns();
    }
    EXPECT_EQ(phases, "connect handle reply ");
    EXPECT_EQ(sum, *latency_ns(start.timeline));
    EXPECT_TRUE(start.usable());
    EXPECT_TRUE(start.pid);
  }
  EXPECT_LT(median_latency(starts, "warm"), median_latency(starts, "page-cache"));
  EXPECT_TRUE(leftovers(rig.launcher.pid()).empty());
}

TEST(CacheTest, WithoutProbesAWarmInstanceAnswersWithoutPolling) {
  Rig rig(probes::TierSet::none());
  for (const char* program : {"prefork", "ipv6-only"}) {
    FunctionSpec function = native(misbehaving(program));
    function.trials = 2;
    function.caches = {kWarm};
    for (const Start& start : measure_all(rig, {function})) {
      expect_in_order(start, {B::kDue, B::kResponded, B::kCompleted});
      EXPECT_FALSE(start.readiness_poll_ns);
      EXPECT_EQ(start.timeline[B::kListening].absence, Absence::kNotApplicable);
      EXPECT_EQ(start.timeline[B::kReceived].absence, Absence::kUnseen);
    }
  }
}

TEST(CacheTest, AFunctionThatCannotBeWarmedUpIsAFailureThatSaysSo) {
  Rig rig;
  FunctionSpec function = native(misbehaving("exit3"));
  function.trials = 1;
  function.caches = {kWarm};
  const auto starts = measure_all(rig, {function});
  ASSERT_EQ(starts.size(), 1U);
  EXPECT_EQ(starts[0].outcome, Outcome::kExited);
  EXPECT_TRUE(starts[0].message.starts_with("it could not be warmed up")) << starts[0].message;
  EXPECT_FALSE(latency_ns(starts[0].timeline));
}

}  // namespace
}  // namespace coldstart::harness
