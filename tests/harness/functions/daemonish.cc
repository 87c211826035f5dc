// The first process forks one that listens and answers, and only waits for it. It tells nobody when
// it is stopped: the server outlives it.
#include <sys/wait.h>

#include "tests/harness/functions/serve.h"

int main() {
  if (serve::check(::fork(), "fork") == 0) serve::answer_all(serve::listen_v4());
  ::wait(nullptr);
}
