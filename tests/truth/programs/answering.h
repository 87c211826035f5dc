// A server with places for delays that logs between which moments its boundaries lie:
//   "listen"   around listen(2) (and what leads to it)
//   "receive"  from before accept(2) until the request has been read
//   "send"     around the call that sends the answer
#pragma once

#include <csignal>

#include "tests/harness/functions/serve.h"
#include "tests/truth/programs/delay.h"

namespace truth {

/// Delays at the place "app", then listens on $PORT.
inline int listening() {
  delay("app");
  const std::int64_t begin = now();
  const int listener = serve::listen_v4();
  log("listen", begin, now());
  return listener;
}

/// Answers one request a connection for ever: read(listener) accepts and reads one, send(fd)
/// answers. Delays at the places "connect" (before the first accept) and "handle".
template <typename Receive, typename Send>
[[noreturn]] void answering(int listener, Receive receive, Send send) {
  delay("connect");
  for (;;) {
    const std::int64_t begin_receive = now();
    const int fd = receive(listener);
    const std::int64_t received = now();
    // The client has its answer before we have logged when we sent it, and ends us then.
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &term, nullptr);
    delay("handle");
    const std::int64_t begin_send = now();
    send(fd);
    const std::int64_t sent = now();
    log("receive", begin_receive, received);
    log("send", begin_send, sent);
    ::close(fd);
    ::pthread_sigmask(SIG_UNBLOCK, &term, nullptr);
  }
}

[[noreturn]] inline void answering(int listener) {
  answering(listener, serve::accept_request, [](int fd) { serve::send_text(fd, serve::kHello); });
}

}  // namespace truth
