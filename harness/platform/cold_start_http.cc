// A cold start under the contract http: when it listens, where it is called.
#include <algorithm>
#include <string>

#include "harness/platform/cold_start.h"
#include "harness/process/monotonic.h"

namespace asio = boost::asio;
using asio::ip::tcp;

namespace coldstart::harness {
namespace {

// After a listen event: the socket is entered into the kernel's table a moment after the event.
constexpr std::chrono::microseconds kRetryAfterEvent{20};

std::vector<tcp::endpoint> loopback(std::uint16_t port) {
  return {{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}};
}

tcp::endpoint endpoint_of(const cs_socket& socket) {
  if (socket.family == AF_INET) {
    asio::ip::address_v4::bytes_type bytes;
    std::copy_n(std::begin(socket.address), bytes.size(), bytes.begin());
    const asio::ip::address_v4 address(bytes);
    return {address.is_unspecified() ? asio::ip::address_v4::loopback() : address,
            socket.local_port};
  }
  asio::ip::address_v6::bytes_type bytes;
  std::copy_n(std::begin(socket.address), bytes.size(), bytes.begin());
  const asio::ip::address_v6 address(bytes);
  return {address.is_unspecified() ? asio::ip::address_v6::loopback() : address, socket.local_port};
}

}  // namespace

asio::awaitable<void> ColdStart::serve_http() {
  HttpCall call;
  call.deadline_ns = deadline_ns_;
  call.give_up = [this] { return ended(); };
  if (by_event_) {
    const probes::Event* listen = co_await listen_event();
    if (listen == nullptr) co_return judge_silence();
    call.endpoints = {endpoint_of(listen->raw.socket)};
    call.retry_interval = kRetryAfterEvent;
  } else {
    call.endpoints = loopback(static_cast<std::uint16_t>(offered_port_));
    call.retry_interval = kPollInterval;
    record_.readiness_poll_ns = std::chrono::nanoseconds(kPollInterval).count();
  }
  call.request = http_get(function_.path, call.endpoints.front().port());
  const HttpResult result = co_await http_call(platform_.io_, call);
  view_.server_port = result.server_port;
  view_.client_port = result.client_port;
  view_.responded_ns = result.first_byte_ns;
  view_.completed_ns = result.done_ns;
  if (by_event_) record_.connect_retries = result.refused;
  if (result.server_port != 0) record_.port = result.server_port;
  if (result.kind != HttpResult::Kind::kAnswered) co_await wait_briefly_for_exit();
  judge_http(result);
}

// The listen event of the port that is to be called; null if the function ends or time runs out.
asio::awaitable<const probes::Event*> ColdStart::listen_event() {
  for (;;) {
    for (const probes::Event& event : channel_->events) {
      if (event.kind() != CS_LISTEN) continue;
      if (event.raw.socket.local_port == offered_port_ || options_.any_port) co_return &event;
    }
    if (ended() || monotonic_ns() >= deadline_ns_) co_return nullptr;
    co_await channel_->changed(deadline_ns_);
  }
}

asio::awaitable<void> ColdStart::wait_briefly_for_exit() {
  const std::int64_t until = std::min(deadline_ns_, monotonic_ns() + kDeathFollowsNs);
  while (!ended() && monotonic_ns() < until) co_await channel_->changed(until);
}

}  // namespace coldstart::harness
