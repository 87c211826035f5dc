// The HTTP client against a real server on loopback, which answers in every way but the usual one.
#include "harness/contracts/http.h"

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>

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

// Calls a server that reads the request and then does this with the connection.
HttpResult exchange(const std::function<void(int)>& answer,
                    milliseconds limit = milliseconds(5000)) {
  const Server server;
  const HttpCall call = call_to(server.port, limit);
  std::thread thread([&] {
    const Fd connection(::accept4(server.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    char buffer[2048];
    if (::recv(connection.get(), buffer, sizeof(buffer), 0) > 0) answer(connection.get());
  });
  HttpResult result = run(call);
  thread.join();
  return result;
}

void say(int connection, std::string_view text) {
  ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
}
void pause(int ms) { std::this_thread::sleep_for(milliseconds(ms)); }

TEST(HttpTest, AnAnswerInPiecesIsTimedAtItsFirstByteAndAtItsLast) {
  const HttpResult result = exchange([](int c) {
    for (const char* piece :
         {"H", "TTP/1.1 200 OK\r\nContent-Le", "ngth: 5\r\n\r", "\nhe", "llo"}) {
      say(c, piece);
      pause(20);
    }
  });
  EXPECT_EQ(result.kind, Kind::kAnswered) << result.problem;
  EXPECT_EQ(result.status, 200);
  EXPECT_GT(*result.done_ns - *result.first_byte_ns, 50'000'000);
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
  const HttpResult result = exchange([](int) { pause(300); }, milliseconds(100));
  EXPECT_EQ(result.kind, Kind::kTimeout);
  EXPECT_FALSE(result.first_byte_ns);
}

TEST(HttpTest, ARefusedConnectionIsTriedAgainLessAndLessOften) {
  const Server nobody(-1);
  const HttpResult result = run(call_to(nobody.port, milliseconds(200)));
  EXPECT_EQ(result.kind, Kind::kNotConnected);
  EXPECT_TRUE(result.problem.empty()) << result.problem;
  EXPECT_GT(result.refused, 10);
  EXPECT_LT(result.refused, 400) << "no more than about one a millisecond";
}

TEST(HttpTest, AServerThatComesLaterIsFound) {
  const Server server(-1);
  std::thread thread([&] {
    pause(50);
    ::listen(server.socket.get(), 8);
    const Fd connection(::accept4(server.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    say(connection.get(), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    pause(50);
  });
  const HttpResult result = run(call_to(server.port));
  thread.join();
  EXPECT_EQ(result.kind, Kind::kAnswered) << result.problem;
  EXPECT_GT(result.refused, 0);
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
  HttpCall call = call_to(9, milliseconds(50));
  call.endpoints = {{asio::ip::make_address("255.255.255.255"), 9}};
  const HttpResult result = run(call);
  EXPECT_EQ(result.kind, Kind::kNotConnected);
  EXPECT_EQ(result.refused, 0);
  EXPECT_NE(result.problem.find("cannot connect"), std::string::npos) << result.problem;
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
