// sandbox-steps CGROUP PROGRAM [ARGUMENTS]: a container runtime in small. Makes a folder in a
// cgroup, which it names from there, a namespace with clone3, then becomes the program.
#include <cstdio>
#include <cstdlib>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 3 || ::chdir(argv[1]) != 0) return 2;
  const std::string folder = "coldstart-test-" + std::to_string(::getpid());
  if (::mkdir(folder.c_str(), 0755) != 0) return 3;
  ::rmdir(folder.c_str());
  if (::chdir("/") != 0) return 4;

  clone_args arguments{};
  arguments.flags = CLONE_NEWUTS;
  arguments.exit_signal = SIGCHLD;
  const long child = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) ::_exit(0);
  if (child < 0 || ::waitpid(static_cast<pid_t>(child), nullptr, 0) != child) return 5;

  ::execv(argv[2], argv + 2);
  return 6;
}
