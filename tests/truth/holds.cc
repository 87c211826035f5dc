#include "tests/truth/holds.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <linux/sockios.h>
#include <string>
#include <sys/ioctl.h>
#include <thread>

#include "harness/process/monotonic.h"
#include "probes/fd.h"

namespace coldstart::truth {
namespace {

constexpr auto kLimit = std::chrono::seconds(10);

// One after the other, in a thread: wait for the point, let the delay pass, let go.
class HoldInThread : public Hold {
 public:
  ~HoldInThread() override { join(); }

  std::vector<Logged> log() override {
    join();
    EXPECT_NE(end_ns_, 0) << "nothing was held";
    return {{"spawn", begin_ns_, end_ns_, 0}, {name_, begin_ns_, end_ns_, 0}};
  }

 protected:
  HoldInThread(std::string name, int delay_ms) : name_(std::move(name)), delay_ms_(delay_ms) {}

  void run() {
    thread_ = std::thread([this] {
      const bool reached = await_point();
      begin_ns_ = harness::monotonic_ns();
      if (reached) {
        std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms_));
        end_ns_ = harness::monotonic_ns();
      }
      let_go();
    });
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

  virtual bool await_point() = 0;
  virtual void let_go() = 0;

 private:
  std::string name_;
  int delay_ms_;
  std::int64_t begin_ns_ = 0, end_ns_ = 0;
  std::thread thread_;
};

// The request to start waits in the socket of a launcher that is stopped.
class StoppedLauncher final : public HoldInThread {
 public:
  StoppedLauncher(const harness::Launcher& launcher, int delay_ms)
      : HoldInThread("launcher-stopped", delay_ms), launcher_(launcher) {
    ::kill(launcher_.pid(), SIGSTOP);
    run();
  }
  ~StoppedLauncher() override { join(); }

 private:
  bool await_point() override {
    const auto limit = std::chrono::steady_clock::now() + kLimit;
    while (std::chrono::steady_clock::now() < limit) {
      int unread = 0;
      if (::ioctl(launcher_.fd(), SIOCOUTQ, &unread) == 0 && unread > 0) return true;
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    return false;
  }
  void let_go() override { ::kill(launcher_.pid(), SIGCONT); }

  const harness::Launcher& launcher_;
};

// A write lease on the program: who opens it, to execute it, waits until the lease is given up. The
// kernel tells us by a signal.
class HeldExec final : public HoldInThread {
 public:
  HeldExec(const std::string& program, int delay_ms) : HoldInThread("exec-held", delay_ms) {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGRTMIN);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    file_ = Fd(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(::fcntl(file_.get(), F_SETSIG, SIGRTMIN), 0);
    EXPECT_EQ(::fcntl(file_.get(), F_SETLEASE, F_WRLCK), 0) << std::strerror(errno);
    run();
  }
  ~HeldExec() override { join(); }

 private:
  bool await_point() override {
    const timespec limit{kLimit.count(), 0};
    return ::sigtimedwait(&signals_, nullptr, &limit) == SIGRTMIN;
  }
  void let_go() override { ::fcntl(file_.get(), F_SETLEASE, F_UNLCK); }

  sigset_t signals_{};
  Fd file_;
};

}  // namespace

std::unique_ptr<Hold> hold_of(DelayKind kind, harness::Rig& rig,
                              const harness::FunctionSpec& function, int delay_ms) {
  switch (kind) {
    case DelayKind::kStoppedLauncher:
      return std::make_unique<StoppedLauncher>(rig.launcher, delay_ms);
    case DelayKind::kHeldExec:
      return std::make_unique<HeldExec>(function.command.front(), delay_ms);
    default:
      return nullptr;
  }
}

}  // namespace coldstart::truth
