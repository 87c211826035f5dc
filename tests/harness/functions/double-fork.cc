// The server is a grandchild whose parent has exited, in a session of its own; the first process
// stays until it is killed.
#include <sys/wait.h>

#include "tests/harness/functions/serve.h"

int main() {
  if (serve::check(::fork(), "fork") == 0) {
    serve::check(::setsid(), "setsid");
    if (serve::check(::fork(), "fork") != 0) ::_exit(0);
    serve::answer_all(serve::listen_v4());
  }
  ::wait(nullptr);
  for (;;) ::pause();
}
