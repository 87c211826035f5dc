// Works for $WORK_MS (10) on every request, each connection in a thread of its own. Answers 500
// where more than $MOST (1) requests are at work at once.
#include <atomic>
#include <string>
#include <thread>
#include <time.h>

#include "serve.h"

namespace {

int number(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

std::atomic<int> at_work = 0;

void serve_connection(int fd, int most, int work_ms) {
  std::string received;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::recv(fd, buffer, sizeof buffer, 0);
    if (count <= 0) break;
    received.append(buffer, static_cast<std::size_t>(count));
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    received.erase(0, end + 4);
    const bool too_many = ++at_work > most;
    const timespec work{work_ms / 1000, work_ms % 1000 * 1'000'000L};
    ::nanosleep(&work, nullptr);
    --at_work;
    serve::send_text(fd, too_many ? "HTTP/1.1 500 Too Many\r\nContent-Length: 0\r\n\r\n"
                                  : "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n");
  }
  ::close(fd);
}

}  // namespace

int main() {
  const int most = number("MOST", 1);
  const int work_ms = number("WORK_MS", 10);
  const int listener = serve::listen_v4();
  for (;;) {
    const int fd = serve::check(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), "accept");
    std::thread(serve_connection, fd, most, work_ms).detach();
  }
}
