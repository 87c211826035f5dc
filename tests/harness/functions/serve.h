// What the functions that misbehave have in common: a listening socket, and reading a request.
// Header only; a failing system call ends the function with status 1 and a line on standard error.
#pragma once

#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace serve {

inline int check(int result, const char* what) {
  if (result >= 0) return result;
  std::perror(what);
  std::exit(1);
}

inline in_port_t port() {
  const char* text = std::getenv("PORT");
  return htons(static_cast<in_port_t>(text == nullptr ? 8080 : std::atoi(text)));
}

/// Says so in the FIFO (or file) that the environment names as TELL_LISTENING, if it does.
inline void tell_listening() {
  const char* path = std::getenv("TELL_LISTENING");
  if (path == nullptr) return;
  const int fd = check(::open(path, O_WRONLY | O_CLOEXEC), "TELL_LISTENING");
  check(static_cast<int>(::write(fd, "listening\n", 10)), "TELL_LISTENING");
  ::close(fd);
}

template <typename Address>
int listen_at(int family, const Address& address) {
  const int fd = check(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  check(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
  check(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  check(::listen(fd, SOMAXCONN), "listen");
  tell_listening();
  return fd;
}

/// A socket that listens on 127.0.0.1:$PORT.
inline int listen_v4() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = port();
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return listen_at(AF_INET, address);
}

/// A socket that listens on [::1]:$PORT and nowhere else.
inline int listen_v6() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = port();
  address.sin6_addr = in6addr_loopback;
  return listen_at(AF_INET6, address);
}

/// The next connection, its request read up to the end of the head (or of the connection).
inline int accept_request(int listener) {
  const int fd = check(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), "accept");
  char buffer[4096];
  std::size_t length = 0;
  while (std::string_view(buffer, length).find("\r\n\r\n") == std::string_view::npos &&
         length < sizeof buffer) {
    const ssize_t count = ::recv(fd, buffer + length, sizeof buffer - length, 0);
    if (count <= 0) break;
    length += static_cast<std::size_t>(count);
  }
  return fd;
}

inline void send_text(int fd, std::string_view text) {
  static_cast<void>(::send(fd, text.data(), text.size(), MSG_NOSIGNAL));
}

inline constexpr std::string_view kHello =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 21\r\nConnection: close\r\n\r\n"
    "hello from coldstart\n";

/// Answers each request with `text`, one a connection, for ever.
[[noreturn]] inline void answer_all(int listener, std::string_view text = kHello) {
  for (;;) {
    const int fd = accept_request(listener);
    send_text(fd, text);
    ::close(fd);
  }
}

}  // namespace serve
