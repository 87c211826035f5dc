// The HTTP client against a real server on loopback, which answers in every way but the usual one.
#include "harness/contracts/http.h"

#include <chrono>
#include <fstream>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>

#include "harness/process/monotonic.h"
#include "probes/fd.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

namespace asio = boost::asio;
using Kind = HttpResult::Kind;
using std::chrono::milliseconds;

// A socket that listens on a port of its own.
struct Server {
  explicit Server(int backlog = 8) : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    if (backlog >= 0) ::listen(socket.get(), backlog);
  }
  Fd socket;
  std::uint16_t port = 0;
};

HttpCall call_to(std::uint16_t port, milliseconds limit = milliseconds(5000)) {
  HttpCall call;
  call.endpoints = {{asio::ip::address_v4::loopback(), port}};
  call.request = http_get("/", port);
  call.deadline_ns = monotonic_ns() + std::chrono::nanoseconds(limit).count();
  call.retry_interval = std::chrono::microseconds(20);
  call.longest_retry_interval = milliseconds(1);
  call.give_up = [] { return false; };
  return call;
}

HttpResult run(const HttpCall& call) {
  asio::io_context io;
  HttpResult result;
  std::exception_ptr failure;
  asio::co_spawn(io, http_call(io, call), [&](std::exception_ptr error, HttpResult got) {
    failure = std::move(error);
    result = std::move(got);
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return result;
}

using Answer = std::function<void(int connection, const std::shared_future<void>& over)>;

// Calls a server that reads the request and then does this with the connection; `over` is ready
// when the client has its result.
HttpResult exchange(const Answer& answer, milliseconds limit = milliseconds(5000)) {
  const Server server;
  const HttpCall call = call_to(server.port, limit);
  std::promise<void> over;
  std::thread thread([&, is_over = over.get_future().share()] {
    const Fd connection(::accept4(server.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    char buffer[2048];
    if (::recv(connection.get(), buffer, sizeof(buffer), 0) > 0) answer(connection.get(), is_over);
  });
  HttpResult result = run(call);
  over.set_value();
  thread.join();
  return result;
}
HttpResult exchange(const std::function<void(int)>& answer) {
  return exchange([&](int connection, const std::shared_future<void>&) { answer(connection); });
}

void say(int connection, std::string_view text) {
  ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
}

// Whether the client, which is the main thread of this process, sleeps.
bool client_sleeps() {
  std::ifstream file("/proc/self/task/" + std::to_string(::getpid()) + "/stat");
  std::string text;
  std::getline(file, text);
  const auto name_end = text.rfind(") ");
  return name_end != std::string::npos && text[name_end + 2] == 'S';
}

// Whether it has read all that was said. It may still have to look at its clock.
bool has_read(int connection) {
  sockaddr_in here{};
  socklen_t size = sizeof(here);
  ::getsockname(connection, reinterpret_cast<sockaddr*>(&here), &size);
  for (int fd = 3; fd < 256; ++fd) {
    sockaddr_in peer{};
    size = sizeof(peer);
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    int waiting = 0;
    if (peer.sin_port == here.sin_port && ::ioctl(fd, FIONREAD, &waiting) == 0) return waiting == 0;
  }
  return false;
}

TEST(HttpGet, TellsHowLongToWorkOnlyWhereThatIsAskedFor) {
  EXPECT_EQ(http_get("/a", 80).find("X-Coldstart"), std::string::npos);
  const std::string request = http_get("/a", 80, true, std::chrono::nanoseconds(1'234'567));
  EXPECT_NE(request.find("\r\nX-Coldstart-Duration-Us: 1235\r\n"), std::string::npos) << request;
  EXPECT_TRUE(request.ends_with("\r\n\r\n"));
  EXPECT_NE(http_get("/", 80, true, std::chrono::nanoseconds(0)).find("Duration-Us: 0\r\n"),
            std::string::npos);
}

TEST(HttpTest, AnAnswerInPiecesIsTimedAtItsFirstByteAndAtItsLast) {
  std::int64_t first_ns = 0, last_ns = 0;  // just before these pieces were sent
  const HttpResult result = exchange([&](int c) {
    first_ns = monotonic_ns();
    for (const char* piece : {"H", "TTP/1.1 200 OK\r\nContent-Le", "ngth: 5\r\n\r", "\nhe"}) {
      say(c, piece);
      // It sleeps again when it is done with what it has read.
      while (!has_read(c) || !client_sleeps()) std::this_thread::yield();
    }
    last_ns = monotonic_ns();
    say(c, "llo");
  });
  EXPECT_EQ(result.kind, Kind::kAnswered) << result.problem;
  EXPECT_EQ(result.status, 200);
  EXPECT_GE(*result.first_byte_ns, first_ns);
  EXPECT_LT(*result.first_byte_ns, last_ns);
  EXPECT_GE(*result.done_ns, last_ns);
}

TEST(HttpTest, AnAnswerThatEndsWithTheConnectionIsWhole) {
  const HttpResult result = exchange([](int c) { say(c, "HTTP/1.0 503 Busy\r\n\r\nlater"); });
  EXPECT_EQ(result.kind, Kind::kAnswered) << result.problem;
  EXPECT_EQ(result.status, 503);
}

TEST(HttpTest, AnAnswerThatIsCutShortIsGarbage) {
  const HttpResult result =
      exchange([](int c) { say(c, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"); });
  EXPECT_EQ(result.kind, Kind::kGarbage);
  EXPECT_NE(result.problem.find("middle of the answer"), std::string::npos) << result.problem;
}

TEST(HttpTest, WhatIsNotHttpIsGarbageAndShown) {
  const HttpResult result = exchange([](int c) { say(c, "SSH-2.0-OpenSSH\r\n\r\n"); });
  EXPECT_EQ(result.kind, Kind::kGarbage);
  EXPECT_NE(result.problem.find("SSH-2.0"), std::string::npos) << result.problem;
}

TEST(HttpTest, AConnectionThatIsClosedWithoutAByteIsClosed) {
  EXPECT_EQ(exchange([](int) {}).kind, Kind::kClosed);
}

TEST(HttpTest, AnAnswerThatDoesNotComeInTimeIsATimeout) {
  const HttpResult result =
      exchange([](int, const std::shared_future<void>& over) { over.wait(); }, milliseconds(100));
  EXPECT_EQ(result.kind, Kind::kTimeout);
  EXPECT_FALSE(result.first_byte_ns);
}

TEST(HttpTest, ARefusedConnectionIsTriedAgainLessAndLessOften) {
  const Server nobody(-1);
  HttpCall call = call_to(nobody.port);
  int asked = 0;
  call.give_up = [&] { return ++asked == 60; };
  const std::int64_t begin = monotonic_ns();
  const HttpResult result = run(call);
  EXPECT_EQ(result.kind, Kind::kNotConnected);
  EXPECT_TRUE(result.problem.empty()) << result.problem;
  EXPECT_EQ(result.refused, 60);
  EXPECT_GE(monotonic_ns() - begin, 40'000'000) << "no more than about one a millisecond";
}

TEST(HttpTest, AServerThatComesLaterIsFound) {
  const Server server(-1);
  HttpCall call = call_to(server.port);
  int asked = 0;
  call.give_up = [&] {
    if (++asked == 3) ::listen(server.socket.get(), 8);
    return false;
  };
  std::thread thread([&] {
    Fd connection;
    while (!connection) {  // EINVAL: it does not listen yet
      connection = Fd(::accept4(server.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
      std::this_thread::yield();
    }
    char buffer[2048];
    ::recv(connection.get(), buffer, sizeof(buffer), 0);
    say(connection.get(), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const HttpResult result = run(call);
  thread.join();
  EXPECT_EQ(result.kind, Kind::kAnswered) << result.problem;
  EXPECT_EQ(result.refused, 3);
}

TEST(HttpTest, GivingUpEndsTheAttempts) {
  const Server nobody(-1);
  HttpCall call = call_to(nobody.port);
  int asked = 0;
  call.give_up = [&] { return ++asked == 3; };
  EXPECT_EQ(run(call).kind, Kind::kNotConnected);
  EXPECT_EQ(asked, 3);
}

// The queue of connections is full: the kernel drops what else comes, and connecting hangs.
TEST(HttpTest, ConnectingEndsAtTheDeadlineToo) {
  const Server server(0);
  std::vector<Fd> queued;
  for (int i = 0; i < 4; ++i) {
    queued.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // It need not succeed: the queue is to be full.
    (void)::connect(queued.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
  }
  const std::int64_t begin = monotonic_ns();
  const HttpResult result = run(call_to(server.port, milliseconds(200)));
  EXPECT_LT(monotonic_ns() - begin, 5'000'000'000);
  EXPECT_EQ(result.kind, Kind::kNotConnected);
  EXPECT_NE(result.problem.find("was accepted in time"), std::string::npos) << result.problem;
}

TEST(HttpTest, WhatCannotBeReachedIsNotCountedAsRefused) {
  HttpCall call = call_to(9, milliseconds(500));
  call.endpoints = {{asio::ip::make_address("255.255.255.255"), 9}};
  const HttpResult result = run(call);
  EXPECT_EQ(result.kind, Kind::kNotConnected);
  EXPECT_EQ(result.refused, 0);
  EXPECT_NE(result.problem.find("cannot connect"), std::string::npos) << result.problem;
}

// So short that the deadline passes at every point of an attempt.
TEST(HttpTest, WhyItCannotBeReachedIsToldWhereverTheDeadlineFalls) {
  for (int i = 0; i < 300; ++i) {
    HttpCall call = call_to(9);
    call.deadline_ns = monotonic_ns() + 50'000 + i * 1'000;
    call.endpoints = {{asio::ip::make_address("255.255.255.255"), 9}};
    const HttpResult result = run(call);
    ASSERT_EQ(result.kind, Kind::kNotConnected);
    ASSERT_NE(result.problem.find("cannot connect"), std::string::npos)
        << result.problem << " with a deadline after " << 50 + i << " µs";
  }
}

TEST(HttpTest, HavingNoDescriptorLeftIsOurOwnError) {
  const Server nobody(-1);
  const HttpCall call = call_to(nobody.port);
  asio::io_context io;
  const asio::ip::tcp::socket makes_the_reactor_open_its_own(io);
  std::exception_ptr failure;
  asio::co_spawn(io, http_call(io, call),
                 [&](std::exception_ptr error, const HttpResult&) { failure = std::move(error); });
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{0, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  io.run();
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_TRUE(failure);
  EXPECT_THROW(std::rethrow_exception(failure), Error);
}

}  // namespace
}  // namespace coldstart::harness
