// Real processes that die, run into limits or race: what is left in the file.
#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "results/store/store.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::error_of;
using testing::in_child;
using testing::plain_run;
using testing::plain_start;
using testing::TempFolder;

TEST(StoreCrash, AKilledRunKeepsEveryFinishedStart) {
  const TempFolder folder;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    Store store(folder / "a.db", Store::Mode::kWrite);
    coldstart::Run run = plain_run({"f"}, 0);
    run.info.finished_at.clear();
    const auto id = store.begin_run(run.info, run.functions);
    for (int i = 1;; ++i) {
      store.add_start(id, plain_start("f", i, i));
      if (write(ends[1], "x", 1) != 1) _exit(1);
    }
  }
  close(ends[1]);
  std::size_t finished = 0;
  char buffer[64];
  while (finished < 40) {
    const ssize_t n = read(ends[0], buffer, 1);
    ASSERT_EQ(n, 1);
    ++finished;
  }
  kill(child, SIGKILL);
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    finished += static_cast<std::size_t>(n);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));

  const Store store(folder / "a.db", Store::Mode::kRead);
  const coldstart::Run run = store.load(store.resolve("latest"));
  EXPECT_GE(run.starts.size(), finished);
  EXPECT_LE(run.starts.size(), finished + 1);  // stored, but killed before it said so
  for (std::size_t i = 0; i < run.starts.size(); ++i) {
    EXPECT_EQ(run.starts[i].trial, static_cast<int>(i + 1));
  }
  EXPECT_EQ(store.list().at(0).finished_at, "");
}

TEST(StoreCrash, TheNextRunGoesOnAfterAKilledOne) {
  const TempFolder folder;
  in_child([&] {
    Store* leaked = new Store(folder / "a.db", Store::Mode::kWrite);
    const auto id = leaked->begin_run({}, plain_run({"f"}, 0).functions);
    leaked->add_start(id, plain_start("f", 1, 1));
    return std::string("done");  // and dies without closing
  });
  ASSERT_TRUE(std::filesystem::exists(folder / "a.db-wal"));
  Store store(folder / "a.db", Store::Mode::kWrite);
  EXPECT_EQ(store.begin_run({}, {}), 2);
  EXPECT_EQ(store.load(1).starts.size(), 1U);
}

TEST(StoreCrash, AProcessThatDiesWhileItCreatesTheStoreLeavesNothingThatStopsTheNextOne) {
  const TempFolder folder;
  testing::write_file(folder / "a.db", "");  // created, and nothing written yet
  Store store(folder / "a.db", Store::Mode::kWrite);
  EXPECT_EQ(store.begin_run({}, {}), 1);
}

TEST(StoreCrash, ProcessesThatCreateTheSameStoreAtOnceAllSucceed) {
  for (int round = 0; round < 5; ++round) {
    const TempFolder folder;
    int go[2];
    ASSERT_EQ(pipe(go), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
      const pid_t child = fork();
      if (child == 0) {
        close(go[1]);
        char c;
        if (read(go[0], &c, 1) != 0) _exit(2);  // the end of the file is the start of the race
        const std::string error = error_of([&] {
          Store store(folder / "a.db", Store::Mode::kWrite);
          const auto id = store.begin_run({}, plain_run({"f"}, 0).functions);
          store.add_start(id, plain_start("f", 1, 1));
        });
        if (!error.empty()) fprintf(stderr, "%s\n", error.c_str());
        _exit(error.empty() ? 0 : 1);
      }
      children.push_back(child);
    }
    close(go[0]);
    close(go[1]);
    for (const pid_t child : children) {
      int status = 0;
      waitpid(child, &status, 0);
      EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(Store(folder / "a.db", Store::Mode::kRead).list().size(), 4U);
  }
}

// Adds starts until the store says no; "stored N: message".
std::string fill(const std::filesystem::path& file) {
  std::size_t stored = 0;
  const std::string error = error_of([&] {
    Store store(file, Store::Mode::kWrite);
    const auto id = store.begin_run({}, plain_run({"f"}, 0).functions);
    for (int i = 1; i < 100'000; ++i) {
      Start start = plain_start("f", i, i);
      start.message = std::string(1000, 'm');
      store.add_start(id, start);
      ++stored;
    }
  });
  return "stored " + std::to_string(stored) + ": " + error;
}

TEST(StoreCrash, AFileSizeLimitIsAnErrorAndKeepsWhatWasStored) {
  const TempFolder folder;
  const std::string result = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{400'000, 400'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    return fill(folder / "a.db");
  });
  EXPECT_TRUE(contains(result, "cannot be read or written")) << result;
  EXPECT_TRUE(contains(result, "ulimit -f")) << result;
  const Store store(folder / "a.db", Store::Mode::kRead);
  const std::size_t kept = store.load(1).starts.size();
  EXPECT_GT(kept, 10U);
  EXPECT_TRUE(contains(result, "stored " + std::to_string(kept) + ":")) << result << kept;
}

// Puts an empty file system of 512 KiB at `folder`, for this process only; false: not allowed here.
// A user namespace gives an ordinary user the right to mount it.
bool mount_small_disk(const std::filesystem::path& folder) {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (unshare(CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER)) != 0) return false;
  if (uid != 0) {
    testing::write_file("/proc/self/setgroups", "deny");
    testing::write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
    testing::write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
  }
  return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=512k") == 0;
}

TEST(StoreCrash, AFullDiskIsAnErrorAndKeepsWhatWasStored) {
  const TempFolder folder;
  const std::string result = in_child([&]() -> std::string {
    if (!mount_small_disk(folder.path())) return "skip";
    const std::string filled = fill(folder / "a.db");
    const Store store(folder / "a.db", Store::Mode::kRead);
    return filled + "; kept " + std::to_string(store.load(1).starts.size());
  });
  if (result == "skip") GTEST_SKIP() << "this machine does not let us mount a small file system";
  EXPECT_TRUE(contains(result, "the disk is full; free some space")) << result;
  const std::string stored = result.substr(7, result.find(':') - 7);
  EXPECT_GT(std::stoi(stored), 10);
  EXPECT_TRUE(contains(result, "; kept " + stored)) << result;
}

}  // namespace
}  // namespace coldstart::results
