// The launcher: what it starts, what it tells, and that nothing is left of it.
#include "harness/process/launcher.h"

#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <poll.h>
#include <set>
#include <string.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "harness/process/monotonic.h"
#include "harness/process/process_tree.h"
#include "harness/process/spawn.h"

namespace coldstart::harness {
namespace {

using Kind = LaunchReport::Kind;
using std::chrono::milliseconds;

class LauncherTest : public testing::Test {
 protected:
  void launch(Launcher& launcher, std::vector<std::string> command) {
    request_.instance = 1;
    request_.executable = command.front();
    request_.arguments = std::move(command);
    request_.stdin_fd = null_.get();
    request_.stdout_fd = request_.stderr_fd = said_.writing.get();
    launcher.launch(request_);
  }
  void shell(Launcher& launcher, const std::string& script) {
    launch(launcher, {"/bin/sh", "-c", script});
  }
  // The next report of this kind; others are left out. Fails the test after ten seconds.
  static LaunchReport await(Launcher& launcher, Kind wanted) {
    for (;;) {
      pollfd watched{launcher.fd(), POLLIN, 0};
      if (::poll(&watched, 1, 10'000) != 1) break;
      while (auto report = launcher.receive()) {
        if (report->kind == wanted) return *report;
      }
    }
    ADD_FAILURE() << "no such report";
    return {};
  }
  // All that was written so far.
  const std::string& output() {
    std::array<char, 8192> text{};
    for (ssize_t got = 0; (got = ::read(said_.reading.get(), text.data(), text.size())) > 0;) {
      output_.append(text.data(), static_cast<std::size_t>(got));
    }
    return output_;
  }
  // Returns when something was written. Fails the test after ten seconds.
  void await_output() const {
    pollfd watched{said_.reading.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&watched, 1, 10'000), 1) << "not a word";
  }
  // Ended but not waited for counts: the launcher says that all are gone when all are.
  static std::size_t processes_below(pid_t launcher) {
    return descendants(list_processes(), launcher).size();
  }

  struct Pipe {
    Pipe() {
      std::array<int, 2> ends{};
      EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
      reading = Fd(ends[0]);
      writing = Fd(ends[1]);
    }
    Fd reading, writing;
  };

  LauncherTest() { ::fcntl(said_.reading.get(), F_SETFL, O_NONBLOCK); }

  Fd null_{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  Pipe said_;
  std::string output_;
  LaunchRequest request_;
};

// As when the machine is overloaded: more is asked for than fits into the socket, and nobody reads
// what the launcher says meanwhile.
TEST_F(LauncherTest, ALauncherThatIsBehindIsWaitedForAndNothingIsLost) {
  constexpr std::uint64_t kMany = 400;
  Launcher launcher;
  ::fcntl(launcher.fd(), F_SETFL, O_NONBLOCK);  // as a descriptor is that Asio watches
  request_.environment = {"LARGE=" + std::string(100'000, 'x')};
  ::kill(launcher.pid(), SIGSTOP);
  std::thread waker([pid = launcher.pid()] {
    // When the main thread sleeps it waits for the launcher.
    const std::string path = "/proc/self/task/" + std::to_string(::getpid()) + "/stat";
    for (std::string text; text.find(") S ") == std::string::npos; std::this_thread::yield()) {
      std::ifstream file(path);
      std::getline(file, text);
    }
    ::kill(pid, SIGCONT);
  });
  request_.executable = "/bin/true";
  request_.arguments = {"/bin/true"};
  request_.stdin_fd = null_.get();
  request_.stdout_fd = request_.stderr_fd = said_.writing.get();
  for (request_.instance = 1; request_.instance <= kMany; ++request_.instance) {
    launcher.launch(request_);
  }
  waker.join();
  std::set<std::uint64_t> exited;
  while (exited.size() < kMany) {
    const LaunchReport report = await(launcher, Kind::kExited);
    ASSERT_NE(report.instance, 0U) << exited.size() << " of " << kMany;
    exited.insert(report.instance);
  }
}

TEST_F(LauncherTest, WhatCannotBeExecutedIsReportedWithItsReasonAndLeavesNoProcess) {
  Launcher launcher;
  launch(launcher, {"/no/such/program"});
  EXPECT_EQ(await(launcher, Kind::kFailed).error, ENOENT);
  EXPECT_EQ(processes_below(launcher.pid()), 0U);
}

TEST_F(LauncherTest, AWorkingDirectoryThatIsNotThereIsAFailureToStart) {
  Launcher launcher;
  request_.directory = "/no/such/folder";
  launch(launcher, {"/bin/true"});
  EXPECT_EQ(await(launcher, Kind::kFailed).error, ENOENT);
}

TEST_F(LauncherTest, TheExitStatusIsReported) {
  Launcher launcher;
  shell(launcher, "exit 7");
  const LaunchReport report = await(launcher, Kind::kExited);
  EXPECT_TRUE(WIFEXITED(report.wait_status));
  EXPECT_EQ(WEXITSTATUS(report.wait_status), 7);
  EXPECT_TRUE(report.last);
}

TEST_F(LauncherTest, EnvironmentAndDirectoryAreExactlyThose) {
  Launcher launcher;
  request_.environment = {"ONLY=this"};
  request_.directory = "/usr/bin";
  launch(launcher, {"/bin/sh", "-c", "/usr/bin/env; pwd"});
  await(launcher, Kind::kExited);
  EXPECT_NE(output().find("ONLY=this\n"), std::string::npos) << output();
  EXPECT_NE(output().find("\n/usr/bin\n"), std::string::npos) << output();
  EXPECT_EQ(output().find("HOME="), std::string::npos) << output();
}

TEST_F(LauncherTest, AFunctionIgnoresAndBlocksNoSignalHoweverColdstartWasStarted) {
  ::signal(SIGTERM, SIG_IGN);
  ::signal(SIGCHLD, SIG_IGN);
  Launcher launcher;
  ::signal(SIGTERM, SIG_DFL);
  ::signal(SIGCHLD, SIG_DFL);
  launch(launcher, {"/bin/grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status"});
  EXPECT_TRUE(WIFEXITED(await(launcher, Kind::kExited).wait_status));
  EXPECT_EQ(output(), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(LauncherTest, StopAsksFirstAndKillsAfterTheGrace) {
  Launcher launcher;
  shell(launcher, "trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 0.02; done");
  await_output();
  launcher.stop(1, milliseconds(5000));
  await(launcher, Kind::kGone);
  // The shell may also say that its own child was terminated.
  EXPECT_TRUE(output().ends_with("asked\n")) << output();
  EXPECT_EQ(processes_below(launcher.pid()), 0U);
}

TEST_F(LauncherTest, WhatDoesNotListenToSigtermIsKilled) {
  Launcher launcher;
  shell(launcher, "trap '' TERM; echo ready; while :; do sleep 0.02; done");
  await_output();
  launcher.stop(1, milliseconds(50));
  await(launcher, Kind::kGone);
  EXPECT_EQ(processes_below(launcher.pid()), 0U);
}

TEST_F(LauncherTest, AnOrphanInASessionOfItsOwnBelongsToTheInstance) {
  Launcher launcher;
  shell(launcher, "setsid sleep 100 & exit 0");
  await(launcher, Kind::kExited);
  EXPECT_EQ(processes_below(launcher.pid()), 1U);
  launcher.stop(1, milliseconds(0));
  await(launcher, Kind::kGone);
  EXPECT_EQ(processes_below(launcher.pid()), 0U);
}

// Such a process looks dead in /proc: its state is that of its main thread.
TEST_F(LauncherTest, AProcessWhoseMainThreadHasEndedIsEndedToo) {
  Launcher launcher;
  launch(launcher, {COLDSTART_BINARY_DIR "/tests/functions/main-thread-ends"});
  await_output();
  launcher.stop(1, milliseconds(0));
  await(launcher, Kind::kGone);
  EXPECT_EQ(processes_below(launcher.pid()), 0U);
}

TEST_F(LauncherTest, EmptyIsToldWhenTheLastOrphanEnds) {
  Launcher launcher;
  Pipe until_closed;  // made after the launcher was forked, which would keep it open
  null_ = std::move(until_closed.reading);
  shell(launcher, "exec 3<&0; cat <&3 & exit 0");
  EXPECT_FALSE(await(launcher, Kind::kExited).last);
  EXPECT_EQ(processes_below(launcher.pid()), 1U);
  const std::int64_t last_moment = monotonic_ns();
  until_closed.writing.reset();
  EXPECT_GE(await(launcher, Kind::kEmpty).time_ns, last_moment);
}

TEST_F(LauncherTest, AMapThatCannotBeWrittenIsOurErrorAndNothingIsStarted) {
  Launcher launcher;
  launcher.use_spawners_map(null_.get());  // no map at all
  shell(launcher, "echo started");
  EXPECT_NE(await(launcher, Kind::kUnmarked).error, 0);
  EXPECT_EQ(output(), "");
}

}  // namespace
}  // namespace coldstart::harness
