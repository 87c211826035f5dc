#include "harness/contracts/http.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <limits>
#include <memory>
#include <string_view>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "harness/process/monotonic.h"
#include "results/model/error.h"

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace coldstart::harness {
namespace {

constexpr std::size_t kAttemptsBeforeBackingOff = 8;

using Parser = http::response_parser<http::string_body>;

std::chrono::steady_clock::time_point time_point(std::int64_t monotonic) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(monotonic));
}

std::string printable_start(const char* data, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size && i < 24; ++i) {
    const auto c = static_cast<unsigned char>(data[i]);
    text += std::isprint(c) != 0 ? static_cast<char>(c) : '?';
  }
  return text;
}

// Closes with a reset: neither side keeps the port in TIME_WAIT, so a server with a fixed port can
// be started again at once.
void close_hard(tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

// We have no descriptor or memory left: not the function's fault, and waiting does not help.
bool is_ours(const boost::system::error_code& error) {
  return error == boost::system::errc::too_many_files_open ||
         error == boost::system::errc::too_many_files_open_in_system ||
         error == boost::system::errc::no_buffer_space ||
         error == boost::system::errc::not_enough_memory;
}

}  // namespace

class HttpConnection::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(asio::io_context& io) : socket_(io), timer_(io), watchdog_(io) {}

  asio::awaitable<HttpResult> call(const HttpCall& call) {
    begin(call);
    watch(call.deadline_ns);
    bool connected = is_fresh();
    if (connected) {
      result_.server_port = peer_.port();
      result_.client_port = client_port_;
    } else {
      connected = co_await connect();
    }
    if (connected) co_await converse();
    watchdog_.cancel();
    watch_ += 1;
    const bool keep = result_.kind == HttpResult::Kind::kConnected ||
                      (result_.kind == HttpResult::Kind::kAnswered && kept_);
    if (socket_.is_open() && !keep) close_hard(socket_);
    co_return std::move(result_);
  }

  bool is_open() const { return socket_.is_open(); }
  void close() {
    if (socket_.is_open()) close_hard(socket_);
  }

 private:
  void begin(const HttpCall& call) {
    call_ = &call;
    result_ = {};
    pending_.clear();
    begins_like_http_ = false;
    timed_out_ = false;
    kept_ = false;
    parser_.emplace();
    // boost::none would mean "no limit", but Beast 1.74 then compares with an uninitialised value.
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
    parser_->eager(true);
  }

  // Ends the call at the deadline.
  void watch(std::int64_t deadline_ns) {
    watchdog_.expires_at(time_point(deadline_ns));
    // Cancelling does not recall a handler that is queued already: it may run when we are gone, or
    // at the next request.
    watchdog_.async_wait(
        [weak = weak_from_this(), watch = ++watch_](boost::system::error_code cancelled) {
          const auto self = weak.lock();
          if (cancelled || !self || self->watch_ != watch) return;
          self->timed_out_ = true;
          close_hard(self->socket_);
          self->timer_.cancel();
        });
  }

  // Whether a connection is there that the other side has not closed since it was used.
  bool is_fresh() {
    if (!socket_.is_open()) return false;
    char byte = 0;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
    close_hard(socket_);
    return false;
  }

  asio::awaitable<void> converse() {
    if (!call_->choose) co_return co_await exchange(call_->request);
    std::int64_t deadline_ns = call_->deadline_ns;
    const std::optional<std::string> request = call_->choose(peer_, deadline_ns);
    if (!request) {
      result_.kind = HttpResult::Kind::kConnected;
      co_return;
    }
    watch(deadline_ns);
    co_await exchange(*request);
  }

  // What happened at the last attempt to reach an endpoint.
  struct Attempt {
    bool other_problem = false;  // than that nobody listened there
    std::string text;
  };

  asio::awaitable<bool> connect() {
    std::vector<Attempt> last(call_->endpoints.size());
    std::chrono::nanoseconds pause = call_->retry_interval;
    for (std::size_t attempt = 0;; ++attempt) {
      const std::size_t index = attempt % call_->endpoints.size();
      const tcp::endpoint& endpoint = call_->endpoints[index];
      boost::system::error_code error;
      socket_.open(endpoint.protocol(), error);
      if (is_ours(error)) {
        throw Error("socket", "cannot be opened: " + error.message(), "raise ulimit -n");
      }
      if (!error) {
        co_await socket_.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
      }
      // A port that nobody listens on may be given to us as our own end: then we talk to ourselves.
      boost::system::error_code ignored;
      if (!error && socket_.local_endpoint(ignored) == endpoint) {
        error = asio::error::connection_refused;
        close_hard(socket_);
      }
      if (!error && !timed_out_) {
        socket_.set_option(tcp::no_delay(true), error);
        peer_ = endpoint;
        result_.server_port = peer_.port();
        result_.client_port = client_port_ = socket_.local_endpoint(error).port();
        co_return true;
      }
      last[index] = judge(endpoint, error);
      if (socket_.is_open()) socket_.close(error);
      const bool enough = timed_out_ || monotonic_ns() >= call_->deadline_ns || call_->give_up();
      if (!enough) {
        timer_.expires_after(pause);
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
      }
      if (enough || timed_out_) {
        const bool all =
            std::all_of(last.begin(), last.end(), [](const Attempt& a) { return a.other_problem; });
        if (all) result_.problem = last.front().text;
        co_return false;
      }
      if (attempt >= kAttemptsBeforeBackingOff) {
        pause = std::max(pause, std::min(pause * 2, call_->longest_retry_interval));
      }
    }
  }

  Attempt judge(const tcp::endpoint& endpoint, const boost::system::error_code& error) {
    // A socket that is in the table but whose owner does not accept yet may also reset.
    if (error == asio::error::connection_refused || error == asio::error::connection_reset) {
      result_.refused += 1;
      return {};
    }
    const std::string where =
        "port " + std::to_string(endpoint.port()) + " of " + endpoint.address().to_string();
    // The deadline may pass just after an attempt has failed for a reason of its own.
    if (!error || error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
      return {true, "no connection to " + where + " was accepted in time"};
    }
    return {true, "cannot connect to " + where + ": " + error.message()};
  }

  asio::awaitable<void> exchange(const std::string& request) {
    boost::system::error_code error;
    result_.sent_ns = monotonic_ns();
    // A request fits into the socket's buffer but for rare ones: no detour for it.
    const auto written = ::send(socket_.native_handle(), request.data(), request.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    const auto left = request.size() - static_cast<std::size_t>(std::max<ssize_t>(written, 0));
    if (left > 0) {
      co_await asio::async_write(socket_,
                                 asio::buffer(request.data() + request.size() - left, left),
                                 asio::redirect_error(asio::use_awaitable, error));
    }
    std::array<char, 16 * 1024> buffer;
    if (timed_out_) co_return fail(HttpResult::Kind::kTimeout, "no complete answer in time");
    for (;;) {
      const std::size_t got = co_await socket_.async_read_some(
          asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
      const std::int64_t now = monotonic_ns();
      if (timed_out_) co_return fail(HttpResult::Kind::kTimeout, "no complete answer in time");
      if (got > 0) {
        if (!result_.first_byte_ns) result_.first_byte_ns = now;
        if (!accept(buffer.data(), got)) co_return;
        if (parser_->is_done()) co_return finish(now);
      }
      if (error) co_return end_of_stream(now, error);
    }
  }

  // Feeds the parser; false if the bytes are not HTTP.
  bool accept(const char* data, std::size_t size) {
    pending_.append(data, size);
    // The parser waits for the end of a line, which a server that speaks first and then listens
    // (SSH, SMTP) may never send.
    constexpr std::string_view kBegin = "HTTP/";
    if (!begins_like_http_) {
      const auto begin = std::string_view(pending_).substr(0, kBegin.size());
      if (!kBegin.starts_with(begin)) {
        fail(HttpResult::Kind::kGarbage, not_http());
        return false;
      }
      begins_like_http_ = begin == kBegin;
    }
    while (!pending_.empty() && !parser_->is_done()) {
      boost::system::error_code error;
      const std::size_t used = parser_->put(asio::buffer(pending_), error);
      if (error == http::error::need_more) {
        // It has taken the lines that were whole and goes on after them.
        pending_.erase(0, used);
        break;
      }
      if (error) {
        fail(HttpResult::Kind::kGarbage, "not an HTTP response (" + error.message() + "): '" +
                                             printable_start(pending_.data(), pending_.size()) +
                                             "'");
        return false;
      }
      pending_.erase(0, used);
      if (used == 0) break;
    }
    return true;
  }

  std::string not_http() const {
    return "not an HTTP response: '" + printable_start(pending_.data(), pending_.size()) + "'";
  }

  void end_of_stream(std::int64_t now, const boost::system::error_code& cause) {
    if (!result_.first_byte_ns) {
      return fail(HttpResult::Kind::kClosed,
                  "the connection was closed without an answer (" + cause.message() + ")");
    }
    boost::system::error_code error;
    parser_->put_eof(error);
    if (error || !parser_->is_done()) {
      return fail(HttpResult::Kind::kGarbage,
                  parser_->is_header_done()
                      ? "the connection was closed in the middle of the answer"
                      : not_http());
    }
    finish(now);
  }

  void finish(std::int64_t now) {
    result_.kind = HttpResult::Kind::kAnswered;
    result_.done_ns = now;
    result_.status = static_cast<int>(parser_->get().result_int());
    kept_ = parser_->keep_alive() && pending_.empty();
  }

  void fail(HttpResult::Kind kind, std::string problem) {
    result_.kind = kind;
    result_.problem = std::move(problem);
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  asio::steady_timer watchdog_;
  std::uint64_t watch_ = 0;  // which deadline holds
  tcp::endpoint peer_;
  std::uint16_t client_port_ = 0;

  // Of the call that goes on now.
  const HttpCall* call_ = nullptr;
  std::optional<Parser> parser_;
  std::string pending_;
  bool begins_like_http_ = false;
  bool timed_out_ = false;
  bool kept_ = false;
  HttpResult result_;
};

std::string http_get(const std::string& path, std::uint16_t port, bool keep,
                     std::optional<std::chrono::nanoseconds> work) {
  std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                        "\r\nUser-Agent: coldstart\r\nAccept: */*\r\n";
  if (work) {
    request += "X-Coldstart-Duration-Us: " +
               std::to_string(std::chrono::round<std::chrono::microseconds>(*work).count()) +
               "\r\n";
  }
  if (!keep) request += "Connection: close\r\n";
  return request + "\r\n";
}

HttpConnection::HttpConnection(asio::io_context& io) : impl_(std::make_shared<Impl>(io)) {}
HttpConnection::~HttpConnection() {
  if (impl_) impl_->close();
}
HttpConnection::HttpConnection(HttpConnection&&) noexcept = default;
HttpConnection& HttpConnection::operator=(HttpConnection&& other) noexcept {
  if (impl_) impl_->close();
  impl_ = std::move(other.impl_);
  return *this;
}

asio::awaitable<HttpResult> HttpConnection::call(const HttpCall& call) {
  const auto running = impl_;
  co_return co_await running->call(call);
}

bool HttpConnection::is_open() const { return impl_ && impl_->is_open(); }

asio::awaitable<HttpResult> http_call(asio::io_context& io, const HttpCall& call) {
  HttpConnection connection(io);
  co_return co_await connection.call(call);
}

}  // namespace coldstart::harness
