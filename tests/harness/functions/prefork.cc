// A server as nginx is one: the first process listens, two forked workers accept and answer.
// SIGTERM to the first process ends the workers too.
#include <array>
#include <csignal>
#include <sys/wait.h>

#include "tests/harness/functions/serve.h"

namespace {

std::array<pid_t, 2> workers{};

}  // namespace

int main() {
  const int listener = serve::listen_v4();
  for (pid_t& worker : workers) {
    worker = serve::check(::fork(), "fork");
    if (worker == 0) serve::answer_all(listener);
  }
  std::signal(SIGTERM, [](int) {
    for (const pid_t worker : workers) ::kill(worker, SIGTERM);
    ::_exit(0);
  });
  while (::wait(nullptr) > 0) {
  }
}
