// A cold start under the contract exec: its output, its end.
#include <algorithm>
#include <array>
#include <sys/wait.h>
#include <utility>  // Boost 1.74: awaitable.hpp uses std::exchange without including it

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/platform/cold_start.h"
#include "harness/process/monotonic.h"
#include "results/model/duration.h"

namespace asio = boost::asio;

namespace coldstart::harness {

asio::awaitable<void> ColdStart::serve_exec() {
  // The reader keeps this object in use, so it is awaited below before we return.
  asio::co_spawn(platform_.io_, read_output(), asio::detached);
  while (!first_ended() && monotonic_ns() < deadline_ns_) co_await channel_->changed(deadline_ns_);
  const bool timed_out = !first_ended();
  // What was written before the end is in the pipe; a child that keeps it open does not hold us up.
  if (!timed_out) {
    const std::int64_t until = monotonic_ns() + kDeathFollowsNs;
    while (!output_ended_ && monotonic_ns() < until) co_await channel_->changed(until);
  }
  output_end_->cancel();
  while (!output_ended_) co_await channel_->changed(monotonic_ns() + kDeathFollowsNs);

  if (timed_out) {
    record_.outcome = Outcome::kTimeout;
    record_.message = "did not end within " + format_duration(function_.timeout.count()) +
                      (view_.responded_ns ? "; its first byte came after " +
                                                format_duration(*view_.responded_ns - view_.due_ns)
                                          : std::string()) +
                      last_words();
    co_return;
  }
  if (channel_->exited) {
    const std::int64_t end = channel_->exited->time_ns;
    view_.responded_ns = std::min(view_.responded_ns.value_or(end), end);
    view_.completed_ns = end;
    const int status = channel_->exited->wait_status;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) co_return;
  }
  judge_exit();
}

asio::awaitable<void> ColdStart::read_output() {
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    boost::system::error_code error;
    const std::size_t got = co_await output_end_->async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    if (got > 0 && !view_.responded_ns) view_.responded_ns = monotonic_ns();
    if (error) break;
  }
  output_ended_ = true;
  channel_->ring();
}

}  // namespace coldstart::harness
