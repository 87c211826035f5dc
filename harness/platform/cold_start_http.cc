// A cold start under the contract http: when it listens, where it is called.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <sys/wait.h>
#include <utility>
#include <vector>

#include "harness/platform/cold_start.h"
#include "harness/platform/listeners.h"
#include "harness/process/listening_sockets.h"
#include "harness/process/monotonic.h"

namespace asio = boost::asio;
using asio::ip::tcp;

namespace coldstart::harness {
namespace {

// After a listen event: the socket is entered into the kernel's table a moment after the event.
constexpr std::chrono::microseconds kRetryAfterEvent{20};
constexpr std::chrono::milliseconds kLongestRetry{1};
// A port that was heard and refuses for so long is not coming.
constexpr std::int64_t kRefusesForGoodNs = 50'000'000;
// When another port than the offered one was heard (a debugger's, say), the offered one follows
// within this time, or never. Also the time for the next port when one gave no answer.
constexpr std::int64_t kAnotherPortFollowsNs = 1'000'000'000;
// Whether events were lost is asked so often while a function starts: the one that is waited for
// may be among them.
constexpr std::int64_t kAskForLossNs = 100'000'000;
// When the first process has ended and left others behind, one of these listens within this time.
constexpr std::int64_t kServerFollowsNs = 5'000'000'000;

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
  co_await serve_first_request();
  if (options_.cache != CacheState::kWarm) co_return;

  // The start was preparation. What is measured begins here.
  view_.warm = true;
  view_.responded_ns.reset();
  view_.completed_ns.reset();
  record_.readiness_poll_ns.reset();
  record_.connect_retries.reset();
  if (record_.outcome != Outcome::kOk || !answered_at_) {
    record_.message = "it could not be warmed up: " + record_.message;
    co_return;
  }
  platform_.hub_.fetch_events();
  lost_before_ = platform_.session_.lost_events();
  view_.due_ns = monotonic_ns();
  view_.requested_ns = view_.due_ns;
  deadline_ns_ = view_.due_ns + function_.timeout.count();
  std::vector<tcp::endpoint> endpoint(1, *answered_at_);
  const HttpResult result = co_await call_at(std::move(endpoint), kRetryAfterEvent);
  co_await take(result);
}

asio::awaitable<void> ColdStart::serve_first_request() {
  if (!by_event_) {
    record_.readiness_poll_ns = std::chrono::nanoseconds(options_.poll_interval).count();
    const int port = options_.any_port ? co_await look_for_port() : offered_port_;
    const HttpResult result =
        co_await call_at(loopback(static_cast<std::uint16_t>(port)), options_.poll_interval);
    if (result.server_port != 0) {
      if (auto other = foreign_listener(result.server_port, platform_.launcher_.pid())) {
        co_return judge_foreign_answer(result.server_port, *other);
      }
    }
    co_return co_await take(result);
  }
  std::optional<HttpResult> last;
  for (;;) {
    const std::optional<cs_socket> listener = co_await next_listener();
    if (!listener) break;
    called_ports_.push_back(listener->local_port);
    std::vector<tcp::endpoint> endpoint(1, endpoint_of(*listener));
    last = co_await call_at(std::move(endpoint), kRetryAfterEvent);
    const bool reached =
        last->kind == HttpResult::Kind::kAnswered || last->kind == HttpResult::Kind::kConnected;
    if (reached || !options_.any_port || listener->local_port == offered_port_) break;
    other_port_since_ns_ = monotonic_ns();
  }
  if (!last) co_return judge_silence();
  record_.connect_retries = last->refused;
  co_await take(*last);
}

// Without probes, where time does not matter: what the function's own processes listen on. The
// offered port, if nothing is seen.
asio::awaitable<int> ColdStart::look_for_port() {
  constexpr std::int64_t kLookAgainNs = 10'000'000;
  for (;;) {
    const std::set<int> ports = ports_of_descendants(platform_.launcher_.pid());
    if (ports.contains(offered_port_) || somebody_listens_on(offered_port_)) break;
    if (!ports.empty()) co_return *ports.begin();
    if (ended() || monotonic_ns() >= deadline_ns_) break;
    co_await channel_->changed(std::min(deadline_ns_, monotonic_ns() + kLookAgainNs));
  }
  co_return offered_port_;
}

asio::awaitable<HttpResult> ColdStart::call_at(std::vector<tcp::endpoint> endpoints,
                                               std::chrono::nanoseconds retry_interval) {
  HttpCall call;
  call.deadline_ns = deadline_ns_;
  const bool chosen_for_want_of_another = by_event_ && endpoints.front().port() != offered_port_;
  const std::int64_t begin = monotonic_ns();
  call.give_up = [=, this] {
    if (ended()) return true;
    // It listened there and does so no longer (a test for a free port, say): on to the next.
    return chosen_for_want_of_another && monotonic_ns() - begin > kRefusesForGoodNs &&
           best_listener() != nullptr;
  };
  call.endpoints = std::move(endpoints);
  call.retry_interval = retry_interval;
  // Polling keeps its pace, which the record tells.
  if (by_event_) call.longest_retry_interval = kLongestRetry;
  if (who_waits_) {
    call.choose = [this](const tcp::endpoint& peer, std::int64_t& deadline_ns) {
      return choose_request(peer, deadline_ns);
    };
  } else {
    call.request = http_get(function_.path, call.endpoints.front().port());
  }
  HttpResult result = co_await connection_.call(call);
  // They are tried in turn: a refusal each before the one that answered.
  answered_at_ = call.endpoints[static_cast<std::size_t>(result.refused) % call.endpoints.size()];
  co_return result;
}

// Under load: there is a connection. Once somebody was found who waits, that one is served.
std::optional<std::string> ColdStart::choose_request(const tcp::endpoint& peer,
                                                     std::int64_t& deadline_ns) {
  answered_at_ = peer;  // others may be called there meanwhile
  if (!first_) first_ = who_waits_();
  if (!first_) return std::nullopt;
  // Who came when the instance was on its way already has waited for a part of its start only.
  view_.due_ns = std::min(first_->due_ns, view_.requested_ns);
  deadline_ns_ = deadline_ns = first_->deadline_ns;
  return http_get(function_.path, peer.port(), true, first_->work);
}

// What this call brought is the result of the start.
asio::awaitable<void> ColdStart::take(const HttpResult& result) {
  result_ = result;
  view_.server_port = result.server_port;
  view_.client_port = result.client_port;
  view_.responded_ns = result.first_byte_ns;
  view_.completed_ns = result.done_ns;
  if (result.server_port != 0) record_.port = result.server_port;
  if (result.kind == HttpResult::Kind::kConnected) co_return;
  if (result.kind != HttpResult::Kind::kAnswered) co_await wait_briefly_for_exit();
  judge_http(result);
}

// A socket that listens, can be reached and was not called yet: the offered port before any other.
// Null if there is none.
const cs_socket* ColdStart::best_listener() const {
  const cs_socket* best = nullptr;
  for (const probes::Event& event : channel_->events) {
    if (event.kind() != CS_LISTEN || !is_reachable(event.raw.socket)) continue;
    const cs_socket& socket = event.raw.socket;
    const bool called = std::find(called_ports_.begin(), called_ports_.end(), socket.local_port) !=
                        called_ports_.end();
    if (called) continue;
    if (socket.local_port == offered_port_) return &socket;
    if (options_.any_port && best == nullptr) best = &socket;
  }
  return best;
}

// Waits for the socket to call next. Absent if the function ends, time runs out, or nothing better
// than what was there already came for a while.
asio::awaitable<std::optional<cs_socket>> ColdStart::next_listener() {
  for (;;) {
    const std::int64_t now = monotonic_ns();
    const cs_socket* best = best_listener();
    if (best != nullptr && best->local_port == offered_port_) co_return *best;
    if (!other_port_since_ns_ && (best != nullptr || listens_elsewhere())) {
      other_port_since_ns_ = now;
    }
    const std::int64_t patience_ends =
        other_port_since_ns_ ? *other_port_since_ns_ + kAnotherPortFollowsNs : INT64_MAX;
    // A rehearsal, which nobody times, waits for the offered port to follow. What is measured does
    // not: the rehearsal has found that it does not come.
    const bool take_it = best != nullptr && (!options_.rehearsal || !called_ports_.empty() ||
                                             now >= patience_ends || ended());
    if (take_it) co_return *best;
    if (best == nullptr && called_ports_.empty() && events_were_lost()) {
      poll_offered_port();
      co_return polled_;
    }
    const bool waits_for_better = best != nullptr || !called_ports_.empty() || listens_elsewhere();
    if (ended() || now >= deadline_ns_ || (waits_for_better && now >= patience_ends)) {
      co_return std::nullopt;
    }
    const std::int64_t until =
        std::min({deadline_ns_, patience_ends, may_end_at_ns(), now + kAskForLossNs});
    co_await channel_->changed(until);
  }
}

bool ColdStart::events_were_lost() const { return platform_.session_.lost_events() > lost_before_; }

// The offered port, tried until it answers. The start is left out of statistics in any case.
void ColdStart::poll_offered_port() {
  record_.readiness_poll_ns = std::chrono::nanoseconds(kLongestRetry).count();
  polled_.family = AF_INET;
  polled_.local_port = static_cast<__u16>(offered_port_);
}

bool ColdStart::is_reachable(const cs_socket& socket) const {
  return network_namespace_ == 0 || socket.netns == 0 || socket.netns == network_namespace_;
}

// Whether what should be called listens only where we cannot connect to it.
bool ColdStart::listens_elsewhere() const {
  return std::any_of(channel_->events.begin(), channel_->events.end(), [this](const auto& event) {
    return event.kind() == CS_LISTEN && !is_reachable(event.raw.socket) &&
           (options_.any_port || event.raw.socket.local_port == offered_port_);
  });
}

// Whether nothing will listen any more. A first process that ends well may have left its server
// behind: that one is waited for while it lives, but not for ever.
bool ColdStart::ended() const {
  if (channel_->failed || channel_->gone) return true;
  if (!channel_->exited) return false;
  const int status = channel_->exited->wait_status;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return true;
  return channel_->empty || monotonic_ns() >= may_end_at_ns();
}

// When ended() may become true without an event.
std::int64_t ColdStart::may_end_at_ns() const {
  return channel_->exited ? channel_->exited->time_ns + kServerFollowsNs : INT64_MAX;
}

asio::awaitable<void> ColdStart::wait_briefly_for_exit() {
  const std::int64_t until = std::min(deadline_ns_, monotonic_ns() + kDeathFollowsNs);
  while (!ended() && monotonic_ns() < until) {
    co_await channel_->changed(std::min(until, may_end_at_ns()));
  }
}

}  // namespace coldstart::harness
