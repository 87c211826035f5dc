// The load's side: requests come, the dispatcher decides, requests are over. What becomes of
// instances: function_drive_instances.cc; of calls to them: function_drive_calls.cc.
#include "harness/platform/function_drive.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/platform/live_instance.h"
#include "harness/process/monotonic.h"
#include "results/model/duration.h"

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

// Whether a request can say how long the function is to work on it: the environment of a container
// is written when the instance is prepared, long before.
bool tells_work(const FunctionSpec& function) {
  return function.contract != ContractKind::kExec || function.runtime != RuntimeKind::kContainer;
}

std::chrono::steady_clock::time_point time_point(std::int64_t monotonic) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(monotonic));
}

}  // namespace

FunctionDrive::FunctionDrive(Platform& platform, DriveRequest request, Outbox& outbox)
    : platform_(platform),
      request_(std::move(request)),
      outbox_(outbox),
      dispatcher_(dispatcher_rules(request_.function, request_.load)),
      wake_(platform.io()),
      bell_(platform.io(), std::chrono::steady_clock::time_point::max()) {
  if (request_.load.timeout) request_.function.timeout = *request_.load.timeout;
}

FunctionDrive::~FunctionDrive() = default;

std::int64_t FunctionDrive::now() const {
  return begin_ns_ == 0 ? 0 : std::max<std::int64_t>(monotonic_ns() - begin_ns_, 0);
}

asio::awaitable<void> FunctionDrive::provision() {
  while (do_work()) {
  }
  apply(dispatcher_.provision());
  const auto coming = [this] {
    return std::any_of(live_.begin(), live_.end(), [](const auto& entry) {
      return !entry.second->ready_ns && !entry.second->dead;
    });
  };
  while (coming() && !interrupted_) {
    boost::system::error_code rung;
    co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, rung));
  }
  while (!interrupted_ && do_work()) {
  }
}

void FunctionDrive::begin(std::int64_t begin_ns) {
  begin_ns_ = begin_ns;
  arm();
}

void FunctionDrive::submit(std::int64_t due_ns, std::optional<std::chrono::nanoseconds> work,
                           std::function<void(std::int64_t over_ns)> over) {
  if (interrupted_) return;
  const std::uint64_t id = ++last_request_;
  counts_.requests += 1;
  open_.emplace(id, Request{due_ns, work, std::move(over)});
  const std::int64_t deadline_ns = due_ns - begin_ns_ + request_.function.timeout.count();
  apply(dispatcher_.arrive(now(), id, deadline_ns));
}

asio::awaitable<void> FunctionDrive::all_over() {
  while (!open_.empty() && !interrupted_) {
    boost::system::error_code rung;
    co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, rung));
  }
}

asio::awaitable<void> FunctionDrive::end(const char* why) {
  const std::unordered_map<std::uint64_t, LivePointer> living = live_;
  for (const auto& [id, live] : living) {
    if (!live->dead) dispatcher_.gone(now(), id);
    stop(live, why);
  }
  while (!live_.empty() || calls_ > 0) {
    boost::system::error_code rung;
    co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, rung));
  }
  while (!unsettled_.empty()) do_work();
}

void FunctionDrive::interrupt() {
  interrupted_ = true;
  const auto open = std::exchange(open_, {});
  for (const auto& [id, request] : open) {
    if (request.over) request.over(monotonic_ns());
  }
  bell_.cancel();
}

void FunctionDrive::apply(const Actions& actions) {
  for (const Action& action : actions) {
    switch (action.kind) {
      case Action::Kind::kStart:
        if (!interrupted_) start(action.instance, action.request);
        break;
      case Action::Kind::kCall:
        if (const auto found = live_.find(action.instance); found != live_.end()) {
          asio::co_spawn(platform_.io(), call(found->second, action.request, action.cold), rethrow);
        }
        break;
      case Action::Kind::kStop:
        if (const auto found = live_.find(action.instance); found != live_.end()) {
          stop(found->second, action.why == "keep-alive" ? "keep-alive" : "scale-down");
        }
        break;
      case Action::Kind::kDrop:
        close_without(action.request, Outcome::kDropped, std::string(action.why), 0, false);
        break;
      case Action::Kind::kExpire:
        close_without(action.request, Outcome::kTimeout,
                      "no instance was free for it within " +
                          format_duration(request_.function.timeout.count()),
                      0, false);
        break;
      case Action::Kind::kFail: {
        const auto found = live_.find(action.instance);
        const bool known = found != live_.end() && found->second->start->outcome() != Outcome::kOk;
        close_without(action.request, known ? found->second->start->outcome() : Outcome::kExited,
                      "the instance that it waited for did not start" +
                          (known ? ": " + found->second->start->message() : std::string()),
                      found != live_.end() ? found->second->instance : 0, true);
        break;
      }
    }
  }
  arm();
}

// Has the dispatcher told what time it is when it wants to know.
void FunctionDrive::arm() {
  if (begin_ns_ == 0 || interrupted_) return;
  const auto next = dispatcher_.next_wake_ns();
  if (!next || (armed_ns_ && *armed_ns_ <= *next)) return;
  armed_ns_ = next;
  wake_.expires_at(time_point(begin_ns_ + *next));
  wake_.async_wait([this, arming = ++arming_,
                    exists = std::weak_ptr(exists_)](boost::system::error_code cancelled) {
    // Cancelling does not recall a handler that is queued already.
    if (cancelled || exists.expired() || arming != arming_) return;
    armed_ns_.reset();
    if (!interrupted_) apply(dispatcher_.tick(now()));
  });
}

void FunctionDrive::close(std::uint64_t request, Invocation invocation) {
  const auto found = open_.find(request);
  if (found == open_.end()) return;
  const Request closed = std::move(found->second);
  open_.erase(found);
  invocation.function = request_.function_index;
  invocation.load = request_.load_index;
  invocation.due_ns = closed.due_ns - begin_ns_;
  if (closed.work && tells_work(request_.function)) invocation.work_ns = closed.work->count();
  counts_.over += 1;
  if (invocation.outcome != Outcome::kOk) counts_.failed += 1;
  if (invocation.cold) counts_.cold += 1;
  last_done_ns_ = std::max(last_done_ns_.value_or(0), now());
  const std::int64_t over_ns =
      invocation.done_ns ? closed.due_ns + *invocation.done_ns : monotonic_ns();
  outbox_.add(std::move(invocation));
  if (closed.over) closed.over(over_ns);
  if (open_.empty()) bell_.cancel();
}

void FunctionDrive::close_without(std::uint64_t request, Outcome outcome, std::string message,
                                  std::uint64_t instance, bool cold) {
  Invocation invocation;
  invocation.instance = instance;
  invocation.cold = cold;
  invocation.outcome = outcome;
  invocation.message = std::move(message);
  close(request, std::move(invocation));
}

bool FunctionDrive::do_work() {
  if (!unsettled_.empty()) {
    const LivePointer live = std::move(unsettled_.front());
    unsettled_.pop_front();
    settle(live);
    return true;
  }
  if (!interrupted_ && static_cast<int>(prepared_.size()) < request_.prepared_ahead) {
    prepared_.push_back(prepare());
    return true;
  }
  return false;
}

}  // namespace coldstart::harness
