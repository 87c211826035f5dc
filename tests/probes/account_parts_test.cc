// Causes, files, the parts of the sandbox, the inside of runtimes: each from made-up events.
#include <gtest/gtest.h>
#include <numeric>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "probes/causes.h"
#include "probes/files_read.h"
#include "probes/kernel_symbols.h"
#include "probes/runtime_account.h"
#include "probes/sandbox_steps.h"
#include "probes/syscall_table.h"
#include "tests/probes/made_events.h"

namespace coldstart::probes {
namespace {

constexpr std::uint32_t kPid = 100;

Activity follow(const std::vector<Event>& events, std::int64_t to_ns) {
  return follow_threads(events, 0, to_ns, [](int) { return std::string("rcu"); });
}

TEST(CausesTest, AddUpToEachPhase) {
  Timeline timeline;
  timeline.set(Boundary::kDue, 0);
  timeline.set(Boundary::kRequested, 0);
  timeline.set(Boundary::kLaunched, 10);
  timeline.set(Boundary::kExeced, 10);
  timeline.set(Boundary::kLinked, 30);
  timeline.set(Boundary::kResponded, 100);
  const Activity activity =
      follow({made(CS_FORK, 1005, 1, 1, kPid)}, 1100);  // only to have segments at all
  const auto causes = causes_of(activity, timeline, 1000);
  const auto spans = phases_of(timeline);
  ASSERT_EQ(causes.size(), spans.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    EXPECT_EQ(causes[i].phase, spans[i].name());
    EXPECT_EQ(causes[i].time.total_ns(), spans[i].length_ns()) << spans[i].name();
  }
}

TEST(CausesTest, FaultsBetweenTwoEventsAreSharedOutByTimeOnACpu) {
  Timeline timeline;
  timeline.set(Boundary::kDue, 0);
  timeline.set(Boundary::kRequested, 0);
  timeline.set(Boundary::kLaunched, 100);
  timeline.set(Boundary::kResponded, 200);
  // On a CPU 0–150: two thirds before the boundary at 100.
  const Activity activity = follow({made(CS_FORK, 0, 1, 1, kPid), switched_in(0, kPid),
                                    with_counters(blocked(150, kPid, SYS_futex), 9, 0, 10)},
                                   200);
  const auto causes = causes_of(activity, timeline, 0);
  ASSERT_EQ(causes.size(), 3U);  // queue, spawn, and all the rest as one
  EXPECT_EQ(causes[1].minor_faults, 6);
  EXPECT_EQ(causes[2].minor_faults, 3);
  EXPECT_EQ(causes[1].read_bytes + causes[2].read_bytes, 10) << "nothing is lost to rounding";
  EXPECT_EQ(causes[2].context_switches, 1);
  EXPECT_EQ(causes[2].cpu_time_ns, 50);
}

TEST(FilesTest, ALibraryIsOpenedAndMapped) {
  const std::vector<Event> events = {
      on_file(call(CS_OPENED, CS_CALL_OPENAT, 10, 12, kPid, "/lib/libx.so"), 5, 9000),
      on_file(call(CS_READ, CS_CALL_READ, 13, 14, kPid), 5, 832),
      on_file(call(CS_MAPPED, CS_CALL_MMAP, 15, 16, kPid), 5, 9000, PROT_READ),
      on_file(call(CS_MAPPED, CS_CALL_MMAP, 17, 18, kPid), 5, 4000, PROT_READ | PROT_EXEC),
      on_file(call(CS_MAPPED, CS_CALL_MMAP, 19, 21, kPid), 5, 100, PROT_READ | PROT_WRITE)};
  const FilesSeen seen = files_of(events, {2, 100, 50, {}});
  ASSERT_EQ(seen.libraries.size(), 1U);
  const Library& library = seen.libraries[0];
  EXPECT_EQ(library.path, "/lib/libx.so");
  EXPECT_EQ(library.bytes, 9000);
  EXPECT_EQ(library.opened_ns, 8);
  EXPECT_EQ(library.mapped_ns, 19);
  EXPECT_EQ(library.at_startup, true);
  EXPECT_FALSE(library.cached_bytes) << "not measured here";
  EXPECT_EQ(seen.files.files, 0) << "a library is no file";
}

TEST(FilesTest, ALibraryThatComesAfterTheEntryCameByDlopen) {
  const std::vector<Event> events = {
      on_file(call(CS_OPENED, CS_CALL_OPENAT, 60, 61, kPid, "/lib/plugin.so"), 6, 100),
      on_file(call(CS_MAPPED, CS_CALL_MMAP, 62, 63, kPid), 6, 100, PROT_EXEC)};
  EXPECT_EQ(files_of(events, {0, 100, 50, {}}).libraries.at(0).at_startup, false);
  EXPECT_FALSE(files_of(events, {0, 100, {}, {}}).libraries.at(0).at_startup)
      << "when it was entered was not seen";
}

TEST(FilesTest, WhatAChildMapsBeforeItsOwnEntryIsItsStartUp) {
  constexpr std::uint32_t kChild = kPid + 1;
  const auto mapped = [](std::int64_t at, std::uint32_t pid, std::uint64_t inode) {
    return on_file(call(CS_MAPPED, CS_CALL_MMAP, at - 1, at, pid), inode, 100, PROT_EXEC);
  };
  const std::vector<Event> events = {
      made(CS_EXEC, 10, kPid),      mapped(20, kPid, 5),
      made(CS_ENTERED, 30, kPid),   made(CS_FORK, 35, kPid, kPid, kChild),
      made(CS_EXEC, 40, kChild),    mapped(50, kChild, 5),
      made(CS_ENTERED, 60, kChild), mapped(70, kChild, 6),
      mapped(75, kPid, 6),          made(CS_EXEC, 80, kChild),
      mapped(85, kChild, 5)};
  const auto libraries = files_of(events, {0, 100, 30, {}}).libraries;
  ASSERT_EQ(libraries.size(), 5U);
  EXPECT_EQ(libraries[0].at_startup, true);
  EXPECT_EQ(libraries[1].at_startup, true) << "later than the entry of its parent";
  EXPECT_EQ(libraries[2].at_startup, false);
  EXPECT_EQ(libraries[3].at_startup, false);
  EXPECT_FALSE(libraries[4].at_startup) << "this program was not entered before the response";
}

TEST(FilesTest, ReadsAreSummedByFileUpToTheResponse) {
  const std::vector<Event> events = {
      on_file(call(CS_OPENED, CS_CALL_OPENAT, 10, 12, kPid, "a.txt"), 5, 100),
      on_file(call(CS_READ, CS_CALL_READ, 20, 30, kPid), 5, 60),
      on_file(call(CS_READ, CS_CALL_READ, 30, 45, kPid), 5, 40),
      on_file(call(CS_OPENED, CS_CALL_OPENAT, 46, 47, kPid, "only-opened"), 6, 100),
      on_file(call(CS_READ, CS_CALL_READ, 90, 110, kPid), 5, 1000)};
  const FilesRead files = files_of(events, {0, 100, std::nullopt, {}}).files;
  EXPECT_EQ(files.files, 1);
  EXPECT_EQ(files.bytes, 100);
  ASSERT_EQ(files.top.size(), 1U);
  EXPECT_EQ(files.top[0].path, "a.txt");
  EXPECT_EQ(files.top[0].reads, 2);
  EXPECT_EQ(files.top[0].time_ns, 2 + 10 + 15);
}

TEST(FilesTest, TheTenMostExpensiveAreNamed) {
  std::vector<Event> events;
  for (int i = 0; i < 12; ++i) {
    const std::uint64_t inode = 10U + static_cast<unsigned>(i);
    events.push_back(on_file(
        call(CS_OPENED, CS_CALL_OPENAT, i * 100, i * 100 + 1 + i, kPid, "f" + std::to_string(i)),
        inode, 1));
    events.push_back(
        on_file(call(CS_READ, CS_CALL_READ, i * 100 + 50, i * 100 + 51, kPid), inode, 1));
  }
  const FilesRead files = files_of(events, {0, 10'000, std::nullopt, {}}).files;
  EXPECT_EQ(files.files, 12);
  ASSERT_EQ(files.top.size(), 10U);
  EXPECT_EQ(files.top.front().path, "f11");
}

TEST(SandboxTest, TheCallThatBeganLastIsTheStepAndAllAddUp) {
  Event exec = made(CS_EXEC, 20, kPid);
  exec.raw.file.begin_ns = 10;
  Event last = made(CS_EXEC, 100, kPid + 1);
  last.raw.file.begin_ns = 90;
  const std::vector<Event> events = {
      made(CS_FORK, 0, 1, 1, kPid), switched_in(0, kPid), exec, made(CS_ENTERED, 30, kPid),
      // A mount inside of an unshare of another process: the mount is the step.
      call(CS_SYSCALL, CS_CALL_MOUNT, 50, 60, kPid + 1),
      call(CS_SYSCALL, CS_CALL_NAMESPACE, 40, 70, kPid),
      call(CS_SYSCALL, CS_CALL_MKDIR, 70, 75, kPid, "/sys/fs/cgroup/x"), last};
  const auto steps = sandbox_steps(events, follow(events, 200), 10, 100);
  std::map<std::string, std::int64_t> lengths;
  for (const SandboxStep& step : steps) lengths[step.name] = step.time.total_ns();
  EXPECT_EQ(lengths.at("exec"), 20);
  EXPECT_EQ(lengths.at("mounts"), 10);
  EXPECT_EQ(lengths.at("namespaces"), 20);
  EXPECT_EQ(lengths.at("cgroup"), 5);
  EXPECT_EQ(lengths.at("final exec"), 10);
  EXPECT_EQ(lengths.at("own code"), 25);
  EXPECT_EQ(steps.front().name, "own code") << "the longest first";
}

TEST(SandboxTest, AFolderInACgroupIsKnownByItsPathOrByWhereARelativeOneBegins) {
  Event relative = call(CS_SYSCALL, CS_CALL_MKDIR, 10, 20, kPid, "leaf");
  relative.raw.call.flags = CS_IN_CGROUP;
  Event file = call(CS_OPENED, CS_CALL_OPENAT, 20, 25, kPid, "leaf/cgroup.procs");
  file.raw.call.flags = CS_IN_CGROUP | CS_MAY_WRITE;
  const std::vector<Event> events = {
      made(CS_FORK, 0, 1, 1, kPid),
      switched_in(0, kPid),
      relative,
      file,
      call(CS_SYSCALL, CS_CALL_MKDIRAT, 30, 33, kPid, "/sys/fs/cgroup/x"),
      call(CS_SYSCALL, CS_CALL_MKDIRAT, 40, 47, kPid, "proc")};
  const auto steps = sandbox_steps(events, follow(events, 200), 10, 100);
  std::map<std::string, std::int64_t> lengths;
  for (const SandboxStep& step : steps) lengths[step.name] = step.time.total_ns();
  EXPECT_EQ(lengths.at("cgroup"), 10 + 5 + 3);
  EXPECT_EQ(lengths.at("mounts"), 7);
}

TEST(RuntimeTest, AJvmCountsClassesUpToTheResponse) {
  const std::vector<Event> events = {made(CS_JVM_INIT_BEGIN, 10, kPid),
                                     made(CS_JVM_CLASS, 20, kPid, 0, 1),
                                     named(CS_JVM_CLASS, 30, kPid, "Hello"),
                                     made(CS_JVM_CLASS, 30, kPid, 0, 0),
                                     named(CS_JVM_CLASS, 31, kPid + 1, "OfAnotherJvmInTheInstance"),
                                     made(CS_JVM_COMPILE_BEGIN, 40, kPid, 7),
                                     made(CS_JVM_GC_BEGIN, 42, kPid, 8),
                                     made(CS_JVM_GC_END, 45, kPid, 8),
                                     made(CS_JVM_COMPILE_END, 50, kPid, 7),
                                     made(CS_JVM_COMPILE_BEGIN, 90, kPid, 7),
                                     named(CS_JVM_CLASS, 101, kPid, "TooLate")};
  const JvmAccount jvm = jvm_account(events, {kPid, 0, 2, 100, std::nullopt, std::nullopt});
  EXPECT_EQ(jvm.init_begin_ns, 8);
  EXPECT_EQ(jvm.classes, 3);
  EXPECT_EQ(jvm.shared_classes, 1);
  EXPECT_EQ(jvm.main_class_ns, 28);
  EXPECT_EQ(jvm.main_class_shared, false);
  EXPECT_EQ(jvm.classes_before_main, 1);
  EXPECT_EQ(jvm.compilations, 2);
  EXPECT_EQ(jvm.compile_ns, 10 + 10);
  EXPECT_EQ(jvm.collections, 1);
  EXPECT_EQ(jvm.gc_ns, 3);
}

TEST(RuntimeTest, AnImportKnowsWhatItSpentOnOthers) {
  const std::vector<Event> events = {
      named(CS_IMPORT_BEGIN, 10, kPid, "outer"), named(CS_IMPORT_BEGIN, 20, kPid, "inner"),
      named(CS_IMPORT_END, 50, kPid, "inner", 1), named(CS_IMPORT_END, 60, kPid, "outer", 1)};
  const PythonAccount python =
      python_account(events, {kPid, 0, 0, 100, std::nullopt, std::nullopt});
  EXPECT_EQ(python.imports, 2);
  ASSERT_EQ(python.top.size(), 2U);
  EXPECT_EQ(python.top[0].name, "outer");
  EXPECT_EQ(python.top[0].total_ns, 50);
  EXPECT_EQ(python.top[0].self_ns, 20);
  EXPECT_EQ(python.top[1].self_ns, 30);
}

TEST(RuntimeTest, AnImportThatFailedIsClosedByItsParent) {
  const std::vector<Event> events = {named(CS_IMPORT_BEGIN, 10, kPid, "outer"),
                                     named(CS_IMPORT_BEGIN, 20, kPid, "missing"),
                                     named(CS_IMPORT_END, 60, kPid, "outer", 1)};
  const PythonAccount python =
      python_account(events, {kPid, 0, 0, 100, std::nullopt, std::nullopt});
  EXPECT_EQ(python.imports, 2);
  EXPECT_EQ(python.top.at(0).total_ns, 50);
}

TEST(RuntimeTest, NodesModulesAreTheScriptsThatItReads) {
  const std::vector<Event> events = {
      on_file(call(CS_OPENED, CS_CALL_OPENAT, 10, 12, kPid, "/app/index.js"), 5, 100),
      on_file(call(CS_READ, CS_CALL_READ, 12, 15, kPid), 5, 100),
      on_file(call(CS_OPENED, CS_CALL_OPENAT, 20, 21, kPid, "/etc/hosts"), 6, 100)};
  const NodeAccount node = node_account(events, {kPid, 0, 0, 100, 5, 9});
  EXPECT_EQ(node.bootstrap_ns, 4);
  EXPECT_EQ(node.modules, 1);
  EXPECT_EQ(node.top.at(0).total_ns, 5);
}

TEST(WaitsTest, ACallSaysWhatItWaitsFor) {
  EXPECT_EQ(wait_of_call(SYS_futex, 0), "futex");
  EXPECT_EQ(wait_of_call(SYS_epoll_pwait, 0), "poll");
  EXPECT_EQ(wait_of_call(SYS_clock_nanosleep, 0), "sleep");
  EXPECT_EQ(wait_of_call(SYS_wait4, 0), "child");
  EXPECT_EQ(wait_of_call(SYS_read, 0010600), "pipe");
  EXPECT_EQ(wait_of_call(SYS_read, 0140600), "socket");
  EXPECT_EQ(wait_of_call(SYS_accept4, 0), "socket");
  EXPECT_EQ(wait_of_call(-1, 0), "page fault");
  EXPECT_EQ(wait_of_call(CS_SYSCALLS - 1, 0), "kernel");
}

TEST(WaitsTest, AKernelStackSaysWhatItWaitsFor) {
  const auto wait = [](std::initializer_list<std::string_view> stack) {
    return wait_of_stack(std::vector<std::string_view>(stack));
  };
  EXPECT_EQ(wait({"schedule", "schedule_timeout", "wait_for_completion", "__wait_rcu_gp"}), "rcu");
  EXPECT_EQ(wait({"schedule", "__mutex_lock", "rcu_barrier"}), "rcu");
  EXPECT_EQ(wait({"schedule", "rwsem_down_write_slowpath"}), "kernel lock");
  EXPECT_EQ(wait({"schedule", "__flush_work"}), "kernel worker");
  EXPECT_EQ(wait({"schedule", ""}), "kernel");
}

}  // namespace
}  // namespace coldstart::probes
