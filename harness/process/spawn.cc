// Boost.Process 1.74 declares posix::use_vfork on Linux, but leaves its implementation out unless
// told that the system has vfork: without this the program does not link.
#define BOOST_POSIX_HAS_VFORK 1

#include "harness/process/spawn.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/posix.hpp>

#include "probes/fd.h"

namespace bp = boost::process;

namespace coldstart::harness {
namespace {

std::vector<char*> c_strings(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Hands the command to Boost.Process's executor and prepares the child. on_exec_setup runs in the
// child of a vfork: only system calls, no memory of the parent may change but errno.
struct Setup : bp::extend::handler {
  Setup(const SpawnCommand& c, std::vector<char*>& arguments, std::vector<char*>& environment)
      : command(c), argv(arguments.data()), envp(environment.data()) {}
  Setup(const SpawnCommand& c, const Setup& like) : command(c), argv(like.argv), envp(like.envp) {}

  template <typename Executor>
  void on_setup(Executor& executor) const {
    executor.exe = command.executable.c_str();
    executor.cmd_line = argv;
    executor.env = envp;
  }

  template <typename Executor>
  void on_exec_setup(Executor& executor) const {
    if (prepare_child()) return;
    failed_errno = errno;
    executor.exe = "";  // execve then fails and the executor cleans up
  }

  // Both are called in the parent, the second one where the exec failed.
  template <typename Executor>
  void on_success(Executor& executor) const {
    pid = executor.pid;
  }
  template <typename Executor>
  void on_error(Executor& executor, const std::error_code&) const {
    pid = executor.pid;
  }

  // In the child. False: errno says why.
  bool prepare_child() const {
    ::setsid();
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    return join_groups() && place(command.stdin_fd, 0) && place(command.stdout_fd, 1) &&
           place(command.stderr_fd, 2) &&
           (command.directory.empty() || ::chdir(command.directory.c_str()) == 0);
  }

  // "0" is whoever writes it.
  bool join_groups() const {
    for (const int fd : command.group_tasks) {
      if (::write(fd, "0", 1) != 1) return false;
    }
    return true;
  }

  static bool place(int from, int to) { return from < 0 || ::dup2(from, to) == to; }

  const SpawnCommand& command;
  char** argv;
  char** envp;
  mutable volatile int failed_errno = 0;
  mutable pid_t pid = 0;  // Boost.Process keeps it to itself where the exec failed
};

// What Boost.Process does for the others, born in a group. The child has a copy of our memory, so
// it tells through a pipe what failed. Returns errno, 0 if it was executed.
int clone_into_group(const Setup& setup) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
  const Fd told(ends[0]);
  Fd telling(ends[1]);
  clone_args how{};
  how.flags = CLONE_VFORK | CLONE_INTO_CGROUP;
  how.exit_signal = SIGCHLD;
  how.cgroup = static_cast<__u64>(setup.command.group_folder);
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &how, sizeof(how)));
  if (pid < 0) return errno;
  if (pid == 0) {
    if (setup.prepare_child()) {
      ::execve(setup.command.executable.c_str(), setup.argv, setup.envp);
    }
    const int failed = errno;
    [[maybe_unused]] const auto written = ::write(telling.get(), &failed, sizeof(failed));
    ::_exit(127);
  }
  setup.pid = pid;
  telling.reset();
  int failed = 0;
  return ::read(told.get(), &failed, sizeof(failed)) == sizeof(failed) ? failed : 0;
}

// A seccomp filter of a container, or an old kernel, that does not let us.
bool cannot_clone_into(int error) {
  return error == ENOSYS || error == EINVAL || error == E2BIG || error == EPERM;
}

// Boost.Process's own spawn. Returns errno, 0 if it was executed.
int vfork_child(const Setup& setup) {
  std::error_code error;
  bp::child child(setup, error, bp::posix::use_vfork);
  child.detach();
  if (!error) return 0;
  return setup.failed_errno != 0 ? setup.failed_errno : error.value();
}

// The child moves itself: later than it could be, and perhaps after a grace period.
int move_into_group(const SpawnCommand& command, Setup& setup) {
  const Fd members(::openat(command.group_folder, "cgroup.procs", O_WRONLY | O_CLOEXEC));
  if (!members) return errno;
  SpawnCommand moved = command;
  moved.group_tasks.push_back(members.get());
  const Setup other(moved, setup);
  const int error = vfork_child(other);
  setup.pid = other.pid;
  return error;
}

int start_in_group(const SpawnCommand& command, Setup& setup) {
  const int error = clone_into_group(setup);
  return setup.pid == 0 && cannot_clone_into(error) ? move_into_group(command, setup) : error;
}

// Marks (or unmarks, with 0) the calling thread as one whose children belong to an instance.
// Returns errno, 0 if it worked.
int mark_thread(int map, std::uint64_t instance) {
  if (map < 0) return 0;
  const auto thread = static_cast<std::uint32_t>(::gettid());
  bpf_attr attributes{};
  attributes.map_fd = static_cast<__u32>(map);
  attributes.key = reinterpret_cast<__u64>(&thread);
  attributes.value = reinterpret_cast<__u64>(&instance);
  attributes.flags = BPF_ANY;
  return ::syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attributes, sizeof(attributes)) == 0 ? 0 : errno;
}

}  // namespace

std::string instance_mark(pid_t launcher, std::uint64_t instance) {
  return std::to_string(launcher) + "." + std::to_string(instance);
}

SpawnResult spawn(const SpawnCommand& command, int spawners_map, std::uint64_t instance) {
  std::vector<char*> arguments = c_strings(command.arguments);
  std::vector<char*> environment = c_strings(command.environment);
  Setup setup(command, arguments, environment);
  SpawnResult result;
  result.mark_error = mark_thread(spawners_map, instance);
  if (result.mark_error != 0) return result;
  result.error = command.group_folder >= 0 ? start_in_group(command, setup) : vfork_child(setup);
  mark_thread(spawners_map, 0);  // the entry exists: what worked above works again
  result.pid = setup.pid;
  // It came back while the child was still on its way out.
  if (result.error != 0 && result.pid > 0) ::waitpid(result.pid, nullptr, 0);
  return result;
}

bool run_and_wait(const std::vector<std::string>& command, std::chrono::seconds limit) {
  std::error_code error;
  bp::child child(
      bp::exe = command.front(),
      bp::args = std::vector<std::string>(command.begin() + 1, command.end()),
      bp::std_in<bp::null, bp::std_out> bp::null, bp::std_err > bp::null, error,
      bp::extend::on_exec_setup = [](auto&) {
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
      });
  if (error) return false;
  // Boost.Process's wait_for uses SIGCHLD itself; the launcher reads that signal, so wait by hand.
  const pid_t pid = child.id();
  child.detach();
  const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd watched{handle.get(), POLLIN, 0};
  const int ended = ::poll(&watched, 1, static_cast<int>(limit.count()) * 1000);
  if (ended == 0) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return ended == 1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace coldstart::harness
