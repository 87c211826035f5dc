#include "results/report/notes.h"

#include <gtest/gtest.h>

#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::plain_run;
using testing::plain_start;
using testing::realistic_run;

Notes notes(const Run& run) { return notes_of(run, summarize(run)); }

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

TEST(Notes, NameWhatWasSkippedAndWhatToInstall) {
  EXPECT_EQ(joined(notes(realistic_run(2)).skipped),
            "gvisor: skipped: needs `runsc`; apt-get install runsc\n");
}

TEST(Notes, CountFailuresByKindWithTheLastMessage) {
  EXPECT_EQ(joined(notes(realistic_run(30)).failures),
            "cpp: 1 of 30 left out: probe events were lost\n"
            "java: 1 of 30 failed: crashed (killed by signal 11)\n"
            "node: 2 of 30 failed: timeout (no answer within 30 s)\n");
}

TEST(Notes, NameAnswersThatCountButAreNoSuccess) {
  coldstart::Run run = plain_run({"a"}, 3);
  for (Start& start : run.starts) start.http_status = 404;
  EXPECT_TRUE(testing::contains(joined(notes(run).conditions), "a: answered 404 in 3 of 3 starts"));
  for (Start& start : run.starts) start.http_status = 302;
  EXPECT_FALSE(testing::contains(joined(notes(run).conditions), "answered"));
}

TEST(Notes, SayThatSampledStacksSlowedTheStarts) {
  coldstart::Run run = plain_run({"a"}, 2);
  EXPECT_FALSE(testing::contains(joined(notes(run).conditions), "stacks:"));
  run.starts[1].stacks = testing::full_stacks();
  EXPECT_TRUE(testing::contains(joined(notes(run).conditions),
                                "stacks: sampled 1,000 times a second on each CPU, which slows"));
}

TEST(Notes, SayOnceWhyAValueIsAbsent) {
  EXPECT_EQ(joined(notes(plain_run({"a", "b"}, 5)).absent),
            "the interval needs 6 starts\np90 needs 10 starts\np99 needs 100 starts\n");
  EXPECT_EQ(joined(notes(plain_run({"a"}, 100)).absent), "");
  coldstart::Run run = plain_run({"a"}, 1);
  run.starts[0].outcome = Outcome::kTimeout;
  EXPECT_EQ(joined(notes(run).absent), "no median: no start that can be used\n");
}

TEST(Notes, GroupUnseenBoundariesByReasonAndFunctions) {
  coldstart::Run run = plain_run({"a", "b"}, 4);
  for (Start& start : run.starts) {
    start.timeline.set_unseen(Boundary::kLinked, "tier loader is off");
    start.timeline.set_unseen(Boundary::kEntered, "tier loader is off");
    if (start.function == "b")
      start.timeline.set_unseen(Boundary::kRuntimeReady, "tier runtime is off");
  }
  run.starts[0].timeline.set_unseen(Boundary::kReceived, "io_uring");
  EXPECT_EQ(joined(notes(run).unseen),
            "not seen in a (1 of 4): received (io_uring)\n"
            "not seen in all functions: linked, entered (tier loader is off)\n"
            "not seen in b: runtime_ready (tier runtime is off)\n");
}

TEST(Notes, DoNotCallABoundaryUnseenThatAFailedStartNeverReached) {
  coldstart::Run run = plain_run({"a"}, 2);
  run.starts[0].outcome = Outcome::kCrashed;
  run.starts[0].timeline.set_unseen(Boundary::kListening, "it crashed");
  EXPECT_TRUE(notes(run).unseen.empty());
}

TEST(Notes, StateTheConditions) {
  coldstart::Run run = realistic_run(2);
  run.starts[0].readiness_poll_ns = 200'000;
  const std::string text = joined(notes(run).conditions);
  for (const char* part :
       {"due (", "responded (", "load cold, cache page-cache", "seed 18446744073709551615",
        "kernel 6.18.0-amd64", "2 CPUs", "8.0 GiB",
        "probes on: process, loader, runtime; lost events: 3",
        "probes off: cpu: needs CAP_SYS_ADMIN; run as root", "polled every 200 µs",
        "java: openjdk 17.0.15", "repeat: coldstart run bench/suites/hello.yaml"}) {
    EXPECT_TRUE(testing::contains(text, part)) << part << " in\n" << text;
  }
  run.info.finished_at.clear();
  EXPECT_TRUE(testing::contains(joined(notes(run).conditions), "interrupted"));
}

TEST(Notes, TellTheLimitsOfFunctionsThatHaveAny) {
  coldstart::Run run = plain_run({"a", "b", "c", "d"}, 2);
  EXPECT_FALSE(testing::contains(joined(notes(run).conditions), "limits:"));
  run.functions[0].limits.memory_bytes = run.functions[2].limits.memory_bytes = 256 << 20;
  run.functions[0].limits.cpus = run.functions[2].limits.cpus = 0.5;
  run.functions[3].limits.pids = 64;
  EXPECT_TRUE(testing::contains(joined(notes(run).conditions),
                                "limits: memory 256 MiB, 0.5 CPUs (a, c); 64 processes and "
                                "threads (d)"))
      << joined(notes(run).conditions);
}

TEST(Notes, NameFunctionsOfATraceThatHadNoRequest) {
  coldstart::Run run = plain_run({"cpp", "cpp:1", "cpp:2"}, 1);
  run.loads = {{"day", "trace", "", 1, 0, {}}};
  run.functions[1].sweep_key = run.functions[2].sweep_key = "trace";
  run.invocations.resize(1);
  run.invocations[0].function = 1;
  EXPECT_TRUE(testing::contains(joined(notes(run).conditions),
                                "no request was due for 1 of the trace's functions: cpp:2"))
      << joined(notes(run).conditions);
}

TEST(Notes, TellWhatAColdLoadWasLimitedTo) {
  coldstart::Run run = plain_run({"a"}, 2);
  run.loads = {{run.starts[0].load, "cold", R"({"duration_s":1.5,"timeout_s":1.0})", 1, 0, {}}};
  EXPECT_TRUE(testing::contains(joined(notes(run).conditions),
                                "load " + run.starts[0].load + ": duration 1.50 s, timeout 1.00 s"))
      << joined(notes(run).conditions);
}

TEST(Notes, TellCacheStatesApartWhereThereAreSeveral) {
  coldstart::Run run = plain_run({"a"}, 2);
  run.starts[0].cache = "disk";
  run.starts[0].outcome = Outcome::kTimeout;
  EXPECT_EQ(joined(notes(run).failures), "a (cold, disk): 1 of 1 failed: timeout\n");
}

TEST(Notes, CountStartsWhoseCacheStateWasNotProven) {
  EXPECT_EQ(joined(notes(testing::accounted_run(20)).failures),
            "java (cold, disk): 1 of 20 left out: the cache state disk was not proven (4 KiB of "
            "/app/app.jar stayed in the page cache)\n");
}

TEST(Notes, PartsOfTheAccountThatAreAbsentAreNamedOnceWithTheReason) {
  coldstart::Run run = plain_run({"a", "b"}, 3);
  for (Start& start : run.starts) {
    start.account.absent["causes"] = "tier cpu is off";
    if (start.function == "b") start.account.absent["python"] = "tier runtime is off";
  }
  EXPECT_EQ(joined(notes(run).unseen),
            "not seen in all functions: why the time passed (tier cpu is off)\n"
            "not seen in b: imports (tier runtime is off)\n");
}

TEST(Notes, SayWhatWeCostOrThatItWasNeverMeasured) {
  coldstart::Run run = plain_run({"a"}, 1);
  EXPECT_TRUE(testing::contains(joined(notes(run).conditions),
                                "our cost was never measured here; coldstart doctor --overhead"));
  run.info.overheads = {testing::sample_overhead("cpp", "all", 1.004),
                        testing::sample_overhead("java", "process", 0.998),
                        testing::sample_overhead("empty static program", "", 1.01)};
  run.info.overheads[1].low.reset();
  run.info.overheads[2].pairs = 1;
  const std::string text = joined(notes(run).conditions);
  EXPECT_TRUE(testing::contains(text,
                                "our cost, measured 2026-01-01 (200 pairs): cpp, all tiers "
                                "1.004 (0.992–1.037); java, tier process 0.998\n"))
      << text;
  EXPECT_TRUE(testing::contains(text, "(1 pair): empty static program, the launcher alone 1.010"));
  EXPECT_FALSE(testing::contains(text, "never measured"));
}

TEST(Notes, SayWhereTheClockStopsByContract) {
  coldstart::Run run = plain_run({"a", "b"}, 1);
  EXPECT_TRUE(
      testing::contains(joined(notes(run).conditions), "has the first byte of the answer)"));
  run.functions[0].contract = "exec";
  std::string text = joined(notes(run).conditions);
  EXPECT_TRUE(
      testing::contains(text, "the answer; of `exec` functions: the first byte of its output"));
  EXPECT_TRUE(testing::contains(text, "ratio: to the fastest function of the same contract"));
  run.functions[1].contract = "exec";
  text = joined(notes(run).conditions);
  EXPECT_TRUE(testing::contains(text, "has the first byte of its output, or its end)"));
  EXPECT_FALSE(testing::contains(text, "answer"));
}

TEST(Notes, ReasonsAreSaidInWordsOfTheUser) {
  coldstart::Run run = plain_run({"a"}, 1);
  run.starts[0].timeline.set_unseen(Boundary::kLinked,
                                    "the program was not examined before this start");
  EXPECT_EQ(joined(notes(run).unseen),
            "not seen in a: linked (it runs in a program that the rehearsal did not start, so its "
            "probe was not set yet)\n");
}

TEST(Notes, HoldNoControlCharacters) {
  coldstart::Run run = plain_run({"a"}, 1);
  run.starts[0].outcome = Outcome::kExited;
  run.starts[0].message = "line one\nline \x1b[31mtwo";
  EXPECT_EQ(notes(run).failures.at(0), "a: 1 of 1 failed: exited (line one line [31mtwo)");
}

}  // namespace
}  // namespace coldstart::results
