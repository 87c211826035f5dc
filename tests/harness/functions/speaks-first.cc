// Sends a greeting that is not HTTP, and waits for an answer to it with the connection open.
#include "tests/harness/functions/serve.h"

int main() {
  const int listener = serve::listen_v4();
  for (;;) {
    const int fd = serve::check(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), "accept");
    serve::send_text(fd, "SSH-2.0-example\r\n");
  }
}
