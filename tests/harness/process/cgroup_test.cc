// Where controllers are found in the three layouts of cgroups, and that groups limit and go away.
#include "harness/process/cgroup.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "harness/process/cgroup_removal.h"
#include "harness/process/monotonic.h"
#include "probes/fd.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "cgroup-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path_); }
  void file(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  std::string path(const std::string& below = "") const {
    return below.empty() ? path_.string() : (path_ / below).string();
  }

 private:
  fs::path path_;
};

std::string mount_line(const std::string& point, const std::string& type,
                       const std::string& options, const std::string& root = "/") {
  return "32 31 0:29 " + root + " " + point + " rw,relatime shared:9 - " + type + " cgroup " +
         options + "\n";
}

TEST(Cgroups, InVersion1GroupsAreMadeBelowOurOwnInEachHierarchy) {
  const Folder root;
  fs::create_directories(root.path("memory/jobs/7"));
  fs::create_directories(root.path("cpu,cpuacct"));
  const std::string mounts = mount_line(root.path("memory"), "cgroup", "rw,memory") +
                             mount_line(root.path("cpu,cpuacct"), "cgroup", "rw,cpu,cpuacct");
  const CgroupLayout layout =
      find_cgroups(mounts, "4:memory:/jobs/7\n2:cpu,cpuacct:/\n1:name=systemd:/\n0::/\n");
  EXPECT_EQ(layout.places.at(Controller::kMemory),
            (CgroupPlace{1, root.path("memory/jobs/7"), "/jobs/7"}));
  EXPECT_EQ(layout.places.at(Controller::kCpu), (CgroupPlace{1, root.path("cpu,cpuacct"), "/"}));
  EXPECT_FALSE(layout.places.contains(Controller::kPids));
  EXPECT_EQ(layout.obstacles.at(Controller::kPids), "no cgroup hierarchy carries it");
  // One path for all: the roots.
  const CgroupLayout roots = at_one_path(layout);
  EXPECT_EQ(roots.places.at(Controller::kMemory), (CgroupPlace{1, root.path("memory"), "/"}));
}

TEST(Cgroups, InVersion2TheNearestAncestorThatHandsOutTheControllerIsTheirPlace) {
  const Folder root;
  root.file("cgroup.controllers", "cpu memory pids\n");
  root.file("cgroup.subtree_control", "cpu memory pids\n");
  root.file("user.slice/cgroup.controllers", "cpu memory pids\n");
  root.file("user.slice/cgroup.subtree_control", "memory pids\n");
  root.file("user.slice/cgroup.type", "domain\n");
  root.file("user.slice/mine/cgroup.controllers", "memory pids\n");
  root.file("user.slice/mine/cgroup.subtree_control", "");
  root.file("user.slice/mine/cgroup.type", "domain\n");
  const CgroupLayout layout =
      find_cgroups(mount_line(root.path(), "cgroup2", "rw"), "0::/user.slice/mine\n");
  EXPECT_EQ(layout.places.at(Controller::kMemory).parent, root.path("user.slice"));
  EXPECT_EQ(layout.places.at(Controller::kMemory).version, 2);
  // user.slice does not hand out cpu, the root does.
  EXPECT_TRUE(fs::equivalent(layout.places.at(Controller::kCpu).parent, root.path()));
  // The kernel would let us write pids there, and then refuse processes in the groups below.
  EXPECT_EQ(std::filesystem::file_size(root.path("user.slice/mine/cgroup.subtree_control")), 0U);
}

TEST(Cgroups, InVersion2TheRootHandsOutWhatItHas) {
  const Folder root;
  root.file("cgroup.controllers", "cpu memory pids\n");
  root.file("cgroup.subtree_control", "");
  const CgroupLayout layout = find_cgroups(mount_line(root.path(), "cgroup2", "rw"), "0::/\n");
  for (const Controller c : {Controller::kMemory, Controller::kCpu, Controller::kPids}) {
    EXPECT_EQ(layout.places.at(c), (CgroupPlace{2, root.path(), "/"})) << name(c);
  }
}

TEST(Cgroups, InVersion2AContainersOwnRootHasProcessesAndHandsOutNothing) {
  const Folder root;
  root.file("cgroup.controllers", "cpu memory pids\n");
  root.file("cgroup.subtree_control", "");
  root.file("cgroup.type", "domain\n");
  const CgroupLayout layout = find_cgroups(mount_line(root.path(), "cgroup2", "rw"), "0::/\n");
  EXPECT_TRUE(layout.places.empty());
  EXPECT_NE(layout.obstacles.at(Controller::kPids).find("cannot while it has processes"),
            std::string::npos);
}

TEST(Cgroups, InAHybridLayoutEachControllerIsFoundWhereItIs) {
  const Folder root;
  fs::create_directories(root.path("memory"));
  root.file("unified/cgroup.controllers", "pids\n");
  root.file("unified/cgroup.subtree_control", "pids\n");
  const std::string mounts = mount_line(root.path("memory"), "cgroup", "rw,memory") +
                             mount_line(root.path("unified"), "cgroup2", "rw");
  const CgroupLayout layout = find_cgroups(mounts, "4:memory:/\n0::/\n");
  EXPECT_EQ(layout.places.at(Controller::kMemory).version, 1);
  EXPECT_EQ(layout.places.at(Controller::kPids).version, 2);
}

TEST(Cgroups, ThePathInAContainerIsRelativeToWhatTheMountShows) {
  const Folder root;
  fs::create_directories(root.path("memory"));
  const CgroupLayout layout =
      find_cgroups(mount_line(root.path("memory"), "cgroup", "rw,memory", "/docker/abc"),
                   "4:memory:/docker/abc\n");
  EXPECT_EQ(layout.places.at(Controller::kMemory).parent, fs::path(root.path("memory")));
}

TEST(Cgroups, AControllerThatIsMissingIsNamedWithARemedy) {
  Limits limits;
  limits.pids = 10;
  try {
    check_cgroups(find_cgroups("", ""), limits, "hello");
    FAIL();
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("hello: limits: pids: the controller 'pids'"), std::string::npos) << text;
    EXPECT_NE(text.find("leave the limit out"), std::string::npos) << text;
  }
}

TEST(Cgroups, WhatIsMadeCarriesTheLimitsAndGoesAway) {
  Limits limits;
  limits.memory_bytes = 64 << 20;
  limits.cpus = 0.5;
  limits.pids = 20;
  const CgroupLayout layout = find_cgroups();
  try {
    check_cgroups(layout, limits, "test");
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  const CgroupSet set =
      plan_cgroups(layout, "coldstart-test-" + std::to_string(::getpid()), limits);
  make_cgroups(layout, set, limits);
  for (const std::string& folder : set.folders) EXPECT_TRUE(fs::is_directory(folder)) << folder;
  EXPECT_TRUE(read_memory_use(set)->peak_bytes.has_value());
  fs::create_directory(set.folders.front() + "/below");
  remove_cgroups(set);
  for (const std::string& folder : set.folders) EXPECT_FALSE(fs::exists(folder)) << folder;
}

// A group with a process in it that ends when the other end of its pipe is closed.
struct OccupiedGroup {
  std::string folder;
  Fd leash;
  pid_t occupant = -1;

  explicit OccupiedGroup(const std::string& path) : folder(path) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    occupant = ::fork();
    if (occupant == 0) {
      ::close(ends[1]);
      char byte;
      ::_exit(static_cast<int>(::read(ends[0], &byte, 1)));
    }
    ::close(ends[0]);
    leash = Fd(ends[1]);
    std::ofstream(folder + "/cgroup.procs") << occupant << std::flush;
  }
  void let_go() {
    leash.reset();
    ::waitpid(occupant, nullptr, 0);
  }
};

// In each kind of hierarchy that is here: version 1 tells by the process, version 2 by the group.
class Removal : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string group = "/coldstart-removal-" + std::to_string(::getpid());
    folder_ = GetParam() + group;
    if (::mkdir(folder_.c_str(), 0755) != 0) {
      GTEST_SKIP() << "skipped: no group can be made in " << GetParam();
    }
  }
  void TearDown() override { ::rmdir(folder_.c_str()); }

  std::string folder_;
};

TEST_P(Removal, OfABusyGroupDoesNotWaitAndIsToldWhenItCanGo) {
  OccupiedGroup group(folder_);
  CgroupRemoval removal;
  const std::int64_t begin = monotonic_ns();
  removal.remove(folder_);
  EXPECT_LT(monotonic_ns() - begin, 500'000'000) << "it waited till it gave up";
  EXPECT_TRUE(fs::exists(folder_));
  EXPECT_NE(removal.next_ns(), CgroupRemoval::kNever);
  std::vector<pollfd> watched;
  removal.watch(watched);
  ASSERT_EQ(watched.size(), 1U);
  EXPECT_EQ(::poll(watched.data(), 1, 0), 0) << "nothing has happened yet";
  group.let_go();
  EXPECT_EQ(::poll(watched.data(), 1, 5000), 1);
  removal.go_on();
  removal.finish();
  EXPECT_FALSE(fs::exists(folder_));
  EXPECT_EQ(removal.next_ns(), CgroupRemoval::kNever);
}

TEST_P(Removal, OfAGroupThatStaysBusyIsGivenUp) {
  OccupiedGroup group(folder_);
  CgroupRemoval removal;
  removal.remove(folder_);
  removal.finish();
  EXPECT_TRUE(fs::exists(folder_));
  EXPECT_EQ(removal.next_ns(), CgroupRemoval::kNever);
  EXPECT_EQ(removal.given_up(), std::vector<std::string>{folder_});
  group.let_go();
}

TEST_P(Removal, TakesTheGroupsBelowAlong) {
  ASSERT_EQ(::mkdir((folder_ + "/below").c_str(), 0755), 0);
  OccupiedGroup group(folder_ + "/below");
  CgroupRemoval removal;
  removal.remove(folder_);
  group.let_go();
  removal.finish();
  EXPECT_FALSE(fs::exists(folder_));
}

std::vector<const char*> hierarchies_here() {
  std::vector<const char*> here;
  for (const char* folder : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory",
                             "/sys/fs/cgroup/pids"}) {
    if (fs::exists(std::string(folder) + "/cgroup.procs")) here.push_back(folder);
  }
  return here;
}

INSTANTIATE_TEST_SUITE_P(Cgroups, Removal, ::testing::ValuesIn(hierarchies_here()));
// Where no hierarchy is mounted there is nothing to remove.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Removal);

}  // namespace
}  // namespace coldstart::harness
