// Processes that are started in a group of cgroups version 2, with a real launcher and real probes.
// On a machine whose controllers are all in version 1 as well: its hierarchy can be mounted
// anywhere.
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/platform/rig.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kInstance = 77;

// The hierarchy of version 2, mounted for this process alone, with a group of ours.
class Group {
 public:
  Group() {
    std::string folder = fs::temp_directory_path() / "coldstart-cgroup2-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return;
    mount_ = folder;
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", mount_.c_str(), "cgroup2", 0, nullptr) != 0) {
      return;
    }
    mounted_ = true;
    name_ = "coldstart-birth-" + std::to_string(::getpid());
    made_ = ::mkdir(folder_of_group().c_str(), 0755) == 0;
  }
  ~Group() {
    if (made_) ::rmdir(folder_of_group().c_str());
    if (mounted_) ::umount2(mount_.c_str(), MNT_DETACH);
    if (!mount_.empty()) ::rmdir(mount_.c_str());
  }
  bool usable() const { return made_; }
  const std::string& name() const { return name_; }
  std::string folder_of_group() const { return mount_ + "/" + name_; }

 private:
  std::string mount_, name_;
  bool mounted_ = false, made_ = false;
};

// clone3 is not there, as for a process in a container with an older seccomp profile. For this
// process and all that it forks from now on.
bool forbid_clone3() {
  std::array<sock_filter, 4> program = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

struct Born {
  std::string said;                  // /proc/self/cgroup
  std::vector<cs_event_kind> kinds;  // events of the instance, in order
  std::string problem;
};

Born start_in_group() {
  Born born;
  Rig rig;  // its launcher is forked before this process sees the mount
  const Group group;
  if (!group.usable()) {
    born.problem = "cgroups version 2 cannot be mounted here";
    return born;
  }
  if (!rig.live()) {
    born.problem = "the probes are off";
    return born;
  }
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  LaunchRequest request;
  request.instance = kInstance;
  request.executable = "/bin/cat";
  request.arguments = {"cat", "/proc/self/cgroup"};
  request.stdin_fd = request.stderr_fd = null.get();
  request.stdout_fd = writing.get();
  request.cgroups.folders = {group.folder_of_group()};
  rig.launcher.launch(request);
  writing.reset();
  for (bool ended = false; !ended;) {
    pollfd watched{rig.launcher.fd(), POLLIN, 0};
    if (::poll(&watched, 1, 10'000) != 1) {
      ADD_FAILURE() << "the launcher said nothing";
      return born;
    }
    while (const auto report = rig.launcher.receive()) {
      EXPECT_NE(report->kind, LaunchReport::Kind::kFailed) << ::strerror(report->error);
      ended = ended || report->kind != LaunchReport::Kind::kUnmarked;
    }
  }
  std::array<char, 8192> text{};
  for (ssize_t got = 0; (got = ::read(reading.get(), text.data(), text.size())) > 0;) {
    born.said.append(text.data(), static_cast<std::size_t>(got));
  }
  rig.session->drain([&](probes::Event&& event) {
    if (event.raw.instance == kInstance) born.kinds.push_back(event.kind());
  });
  EXPECT_NE(born.said.find("0::/" + group.name() + "\n"), std::string::npos) << born.said;
  return born;
}

void expect_followed(const Born& born) {
  const auto fork = std::find(born.kinds.begin(), born.kinds.end(), CS_FORK);
  const auto exec = std::find(fork, born.kinds.end(), CS_EXEC);
  EXPECT_NE(exec, born.kinds.end()) << "no fork and exec among " << born.kinds.size() << " events";
  EXPECT_NE(std::find(exec, born.kinds.end(), CS_EXIT), born.kinds.end());
}

TEST(CgroupBirth, AProcessIsBornInItsGroupOfVersion2AndTheProbesFollowIt) {
  const Born born = start_in_group();
  if (!born.problem.empty()) GTEST_SKIP() << "skipped: " << born.problem;
  expect_followed(born);
}

// In a process of its own: what is forbidden stays so.
TEST(CgroupBirth, WhereCloneThreeIsForbiddenTheProcessMovesIntoItsGroup) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    constexpr int kSkipped = 77;
    if (!forbid_clone3()) ::_exit(kSkipped);
    const Born born = start_in_group();
    if (!born.problem.empty()) ::_exit(kSkipped);
    expect_followed(born);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "skipped: needs root, the probes and seccomp";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace coldstart::harness
