// Requests to instances that live, and what became of them.
#include <chrono>
#include <string>
#include <tuple>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/platform/live_instance.h"
#include "harness/process/monotonic.h"
#include "results/model/duration.h"

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

// After a connection that broke: its function's death, if that is why, follows within this time.
constexpr std::int64_t kDeathFollowsNs = 100'000'000;
constexpr std::chrono::microseconds kRetryConnect{20};
constexpr std::chrono::milliseconds kLongestRetry{1};

void fill_times(Invocation& invocation, std::int64_t due_ns, const HttpResult& result) {
  const auto since_due = [due_ns](std::optional<std::int64_t> time) {
    return time ? std::optional(*time - due_ns) : std::nullopt;
  };
  invocation.sent_ns = since_due(result.sent_ns);
  invocation.first_byte_ns = since_due(result.first_byte_ns);
  invocation.done_ns = since_due(result.done_ns);
}

}  // namespace

// The request that the start itself has made is over; or the one that it was meant for, where it
// did not come to that.
void FunctionDrive::take_first_answer(const LivePointer& live, std::uint64_t request) {
  ColdStart& start = *live->start;
  if (HttpConnection connection = start.take_connection(); connection.is_open()) {
    live->idle.push_back(std::move(connection));
  }
  const std::uint64_t served = live->first_request ? *live->first_request : request;
  const auto found = open_.find(served);
  if (served == 0 || found == open_.end()) return;
  const std::int64_t due_ns = found->second.due_ns;
  Invocation invocation;
  invocation.instance = live->instance;
  invocation.cold = true;
  invocation.outcome = start.outcome();
  if (start.outcome() != Outcome::kOk) invocation.message = start.message();
  if (request_.function.contract == ContractKind::kExec) {
    invocation.sent_ns = start.requested_ns() - due_ns;
    if (start.responded_ns()) invocation.first_byte_ns = *start.responded_ns() - due_ns;
    if (start.completed_ns()) invocation.done_ns = *start.completed_ns() - due_ns;
  } else {
    fill_times(invocation, due_ns, start.result());
  }
  if (start.outcome() == Outcome::kOk) live->answered += 1;
  close(served, std::move(invocation));
  apply(dispatcher_.finish(now(), live->id, served));
}

asio::awaitable<void> FunctionDrive::call(LivePointer live, std::uint64_t request, bool cold) {
  const auto open = open_.find(request);
  if (open == open_.end()) co_return;
  const std::int64_t due_ns = open->second.due_ns;
  calls_ += 1;
  HttpConnection connection(platform_.io());
  if (!live->idle.empty()) {
    connection = std::move(live->idle.back());
    live->idle.pop_back();
  }
  HttpCall call;
  call.endpoints.push_back(live->start->address());
  call.request =
      http_get(request_.function.path, call.endpoints.front().port(), true, open->second.work);
  call.deadline_ns = due_ns + request_.function.timeout.count();
  call.retry_interval = kRetryConnect;
  call.longest_retry_interval = kLongestRetry;
  call.give_up = [raw = live.get()] { return raw->dead || raw->stopping; };
  live->active += 1;
  const HttpResult result = co_await connection.call(call);
  if (result.kind != HttpResult::Kind::kAnswered) {
    const std::int64_t until = monotonic_ns() + kDeathFollowsNs;
    asio::steady_timer pause(platform_.io());
    while (!live->dead && !live->stopping && monotonic_ns() < until) {
      pause.expires_after(std::chrono::milliseconds(1));
      boost::system::error_code ignored;
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
  }
  live->active -= 1;
  if (connection.is_open() && !live->dead && !live->stopping) {
    live->idle.push_back(std::move(connection));
  }
  Invocation invocation;
  invocation.instance = live->instance;
  invocation.cold = cold;
  std::tie(invocation.outcome, invocation.message) = judge(*live, result);
  fill_times(invocation, due_ns, result);
  if (invocation.outcome == Outcome::kOk) live->answered += 1;
  // A function that did not answer in time may still be at it: it must not get another request.
  const bool stuck =
      result.kind == HttpResult::Kind::kTimeout || result.kind == HttpResult::Kind::kNotConnected;
  if (stuck && !live->dead) retire(live);
  close(request, std::move(invocation));
  apply(dispatcher_.finish(now(), live->id, request));
  if (live->retired && live->active == 0) stop(live, "timeout");
  calls_ -= 1;
  if (interrupted_) bell_.cancel();
}

std::pair<Outcome, std::string> FunctionDrive::judge(Live& live, const HttpResult& result) const {
  if (result.kind == HttpResult::Kind::kAnswered) {
    const std::string problem = problem_of_status(request_.function, result.status);
    return {problem.empty() ? Outcome::kOk : Outcome::kBadResponse, problem};
  }
  if (live.dead && live.start->first_ended()) return live.start->how_it_ended();
  switch (result.kind) {
    case HttpResult::Kind::kGarbage:
      return {Outcome::kBadResponse, result.problem};
    case HttpResult::Kind::kClosed:
      return {Outcome::kClosed, result.problem};
    case HttpResult::Kind::kNotConnected:
      return {Outcome::kTimeout,
              result.problem.empty() ? std::string("it refused every connection") : result.problem};
    case HttpResult::Kind::kTimeout:
    case HttpResult::Kind::kAnswered:
    case HttpResult::Kind::kConnected:
      break;
  }
  return {Outcome::kTimeout, "gave no complete answer within " +
                                 format_duration(request_.function.timeout.count()) +
                                 " of its being due"};
}

}  // namespace coldstart::harness
