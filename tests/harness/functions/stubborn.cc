// Answers well and ignores SIGTERM: only SIGKILL stops it.
#include <csignal>

#include "tests/harness/functions/serve.h"

int main() {
  std::signal(SIGTERM, SIG_IGN);
  serve::answer_all(serve::listen_v4());
}
