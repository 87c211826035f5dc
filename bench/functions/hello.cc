// The sample function in C++: a small HTTP/1.1 server on plain sockets.
//
// It answers every request with "hello from coldstart\n", keeps connections open as HTTP/1.1 asks,
// and serves several at once from one poll loop. A request with the header X-Coldstart-Duration-Us
// is answered so many microseconds later, as if it took work. Port and address come from $PORT
// (8080) and $HOST (127.0.0.1). SIGTERM ends it at once, as process 1 of a container too.
#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::size_t kLargestHead = 64 * 1024;

using Clock = std::chrono::steady_clock;

struct Connection {
  int fd;
  std::string received;                        // what of the next request is here already
  std::optional<Clock::time_point> busy_till;  // it works on the first request in `received`
};

struct Wishes {
  bool close = false;  // the connection, after the answer
  std::chrono::microseconds work{0};
};

std::string environment(const char* variable, const char* otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int listen_on(const std::string& host, int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<in_port_t>(port));
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    std::fprintf(stderr, "HOST is no IPv4 address: %s\n", host.c_str());
    std::exit(1);
  }
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (::listen(fd, SOMAXCONN) != 0) fail("listen");
  return fd;
}

// What the head of the request asks for.
Wishes read_head(std::string_view head) {
  constexpr std::string_view kWork = "\r\nx-coldstart-duration-us:";
  std::string lower(head);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto has = [&lower](const char* text) { return lower.find(text) != std::string::npos; };
  Wishes wishes;
  wishes.close =
      has(" http/1.0\r\n") ? !has("\r\nconnection: keep-alive") : has("\r\nconnection: close");
  if (const auto at = lower.find(kWork); at != std::string::npos) {
    wishes.work = std::chrono::microseconds(std::atoll(lower.c_str() + at + kWork.size()));
  }
  return wishes;
}

// Head and body in one write: nothing waits for an acknowledgement. False: the client is gone.
bool answer(int fd, bool close) {
  static constexpr std::string_view kBody = "hello from coldstart\n";
  std::string text = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ";
  text += std::to_string(kBody.size());
  if (close) text += "\r\nConnection: close";
  text += kEndOfHead;
  text += kBody;
  return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

// Answers the complete requests that were received, up to one that takes longer. False: the
// connection is done.
bool answer_all(Connection& connection) {
  for (;;) {
    const std::size_t end = connection.received.find(kEndOfHead);
    if (end == std::string::npos) return connection.received.size() <= kLargestHead;
    const std::size_t length = end + kEndOfHead.size();
    const Wishes wishes = read_head(std::string_view(connection.received).substr(0, length));
    if (wishes.work.count() > 0) {
      if (!connection.busy_till) connection.busy_till = Clock::now() + wishes.work;
      if (Clock::now() < *connection.busy_till) return true;
      connection.busy_till.reset();
    }
    if (!answer(connection.fd, wishes.close) || wishes.close) return false;
    connection.received.erase(0, length);
  }
}

// Reads what is there and answers it. False: the connection is done.
bool serve(Connection& connection) {
  char buffer[4096];
  const ssize_t count = ::recv(connection.fd, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  connection.received.append(buffer, static_cast<std::size_t>(count));
  return answer_all(connection);
}

// Until the next answer is due; absent: none is.
std::optional<timespec> time_left(const std::vector<Connection>& connections) {
  std::optional<Clock::time_point> next;
  for (const Connection& connection : connections) {
    const auto& busy_till = connection.busy_till;
    if (busy_till && (!next || *busy_till < *next)) next = busy_till;
  }
  if (!next) return std::nullopt;
  const auto left = std::max(*next - Clock::now(), Clock::duration::zero());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  return timespec{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
}

}  // namespace

int main() {
  // Process 1 of a container gets no signal that it does not handle.
  std::signal(SIGTERM, [](int) { ::_exit(0); });
  std::signal(SIGINT, [](int) { ::_exit(0); });

  const int listener =
      listen_on(environment("HOST", "127.0.0.1"), std::atoi(environment("PORT", "8080").c_str()));
  std::vector<Connection> connections;
  std::vector<pollfd> waiting;
  for (;;) {
    waiting.assign(1, {listener, POLLIN, 0});
    for (const Connection& connection : connections) {
      waiting.push_back({connection.fd, POLLIN, 0});
    }
    const std::optional<timespec> left = time_left(connections);
    if (::ppoll(waiting.data(), waiting.size(), left ? &*left : nullptr, nullptr) < 0) continue;

    for (std::size_t i = connections.size(); i-- > 0;) {
      const bool goes_on = waiting[i + 1].revents != 0 ? serve(connections[i])
                           : connections[i].busy_till  ? answer_all(connections[i])
                                                       : true;
      if (goes_on) continue;
      ::close(connections[i].fd);
      connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (waiting[0].revents != 0) {
      const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections.push_back({fd, {}, {}});
    }
  }
}
