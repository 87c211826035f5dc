// The contract `http`: requests over TCP connections, HTTP/1.1.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
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
  /// the poll interval where nothing does. After a few refusals it doubles up to the longest, so
  /// that waiting does not take a CPU from the function.
  std::chrono::nanoseconds retry_interval{};
  std::chrono::nanoseconds longest_retry_interval{};  ///< less than retry_interval: stays as it is
  std::function<bool()> give_up;  ///< asked between attempts: true if the function has ended
  /// Asked once, when there is a connection (to `peer`): what to send over it. Replaces `request`
  /// and `deadline_ns`. Absent text: nothing now; the call ends and its result is kConnected.
  std::function<std::optional<std::string>(const boost::asio::ip::tcp::endpoint& peer,
                                           std::int64_t& deadline_ns)>
      choose;
};

struct HttpResult {
  enum class Kind : std::uint8_t {
    kAnswered,      ///< a whole HTTP response came; see status
    kConnected,     ///< nothing was to be sent yet; the connection is open
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
  int refused = 0;  ///< refused attempts before the connection: nobody listened there yet
  int status = 0;   ///< of the response
  /// For kGarbage and kClosed: what was wrong. For kNotConnected: what hindered us, where that was
  /// something else than a refusal (the network cannot be reached, no connection was accepted).
  std::string problem;
};

/// "GET path HTTP/1.1" with the headers we send. `keep`: the connection may serve another request.
/// `work`: how long the function is to work on it, whole microseconds, in the header
/// `X-Coldstart-Duration-Us`; absent: without that header.
std::string http_get(const std::string& path, std::uint16_t port, bool keep = false,
                     std::optional<std::chrono::nanoseconds> work = std::nullopt);

/// A connection that lives for as many requests as both sides keep it open; one request at a time.
class HttpConnection {
 public:
  explicit HttpConnection(boost::asio::io_context& io);
  ~HttpConnection();
  HttpConnection(HttpConnection&&) noexcept;
  HttpConnection& operator=(HttpConnection&&) noexcept;

  /// Connects if there is no open connection (or the other side has closed it meanwhile), sends,
  /// receives; all of it ends at the deadline. Closed afterwards unless the answer was whole and
  /// both sides keep it. Never throws for what the other side does; throws Error if we cannot open
  /// a socket at all. `call` must live as long.
  boost::asio::awaitable<HttpResult> call(const HttpCall& call);

  bool is_open() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

/// One request over a connection of its own.
boost::asio::awaitable<HttpResult> http_call(boost::asio::io_context& io, const HttpCall& call);

}  // namespace coldstart::harness
