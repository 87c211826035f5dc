// The contract `http`: one request over a fresh TCP connection, HTTP/1.1.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>  // Boost 1.74: awaitable.hpp uses std::exchange without including it
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace coldstart::harness {

struct HttpCall {
  /// Where to connect; tried in turn while the connection is refused.
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;
  std::string request;           ///< all bytes of it, made beforehand
  std::int64_t deadline_ns = 0;  ///< CLOCK_MONOTONIC
  /// Time between two attempts after a refusal: short where an event says that the socket listens,
  /// the poll interval where nothing does.
  std::chrono::nanoseconds retry_interval{};
  std::function<bool()> give_up;  ///< asked between attempts: true if the function has ended
};

struct HttpResult {
  enum class Kind : std::uint8_t {
    kAnswered,      ///< a whole HTTP response came; see status
    kNotConnected,  ///< never accepted a connection: gave up, or the deadline
    kTimeout,       ///< accepted, but the answer was not complete at the deadline
    kClosed,        ///< the connection was closed before the first byte
    kGarbage,       ///< bytes that are not an HTTP response, or an incomplete one
  };
  Kind kind = Kind::kNotConnected;
  std::optional<std::int64_t> sent_ns;  ///< CLOCK_MONOTONIC, as all times here
  std::optional<std::int64_t> first_byte_ns;
  std::optional<std::int64_t> done_ns;
  std::uint16_t server_port = 0;  ///< 0: never connected
  std::uint16_t client_port = 0;
  int refused = 0;      ///< refused attempts before the connection
  int status = 0;       ///< of the response
  std::string problem;  ///< for kGarbage and kClosed: what was wrong
};

/// "GET path HTTP/1.1" with the headers we send.
std::string http_get(const std::string& path, std::uint16_t port);

/// Connects, sends, receives. Never throws for what the other side does.
boost::asio::awaitable<HttpResult> http_call(boost::asio::io_context& io, const HttpCall& call);

}  // namespace coldstart::harness
