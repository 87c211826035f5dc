#include "harness/platform/function_drive.h"

#include <algorithm>
#include <exception>
#include <string>
#include <tuple>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/contracts/http.h"
#include "harness/process/monotonic.h"
#include "results/model/duration.h"

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

constexpr std::int64_t kLongNs = 3'600'000'000'000;
// After a connection that broke: its function's death, if that is why, follows within this time.
constexpr std::int64_t kDeathFollowsNs = 100'000'000;
constexpr std::chrono::microseconds kRetryConnect{20};
constexpr std::chrono::milliseconds kLongestRetry{1};

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

std::chrono::steady_clock::time_point time_point(std::int64_t monotonic) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(monotonic));
}

void fill_times(Invocation& invocation, std::int64_t due_ns, const HttpResult& result) {
  const auto since_due = [due_ns](std::optional<std::int64_t> time) {
    return time ? std::optional(*time - due_ns) : std::nullopt;
  };
  invocation.sent_ns = since_due(result.sent_ns);
  invocation.first_byte_ns = since_due(result.first_byte_ns);
  invocation.done_ns = since_due(result.done_ns);
}

}  // namespace

// An instance from its request to its burial. Kept by the coroutines that have to do with it.
struct FunctionDrive::Live {
  std::uint64_t id = 0;  // the dispatcher's number
  std::unique_ptr<ColdStart> start;
  std::uint64_t instance = 0;  // the run's number
  std::int64_t requested_ns = 0;
  std::optional<std::int64_t> ready_ns;
  std::optional<std::uint64_t> first_request;  // that came to it when it was ready
  bool stopping = false;
  bool dead = false;
  bool retired = false;  // gets nothing more, and is stopped when nothing runs on it
  std::string end;
  std::vector<HttpConnection> idle;
  int active = 0;
  std::int64_t answered = 0;
};

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

void FunctionDrive::submit(std::int64_t due_ns, std::function<void()> over) {
  if (interrupted_) return;
  const std::uint64_t id = ++last_request_;
  counts_.requests += 1;
  open_.emplace(id, Request{due_ns, std::move(over)});
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
    if (request.over) request.over();
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

std::unique_ptr<ColdStart> FunctionDrive::prepare() {
  StartOptions options;
  options.any_port = request_.any_port;
  auto start = platform_.make_start(request_.function, options);
  start->prepare();
  return start;
}

void FunctionDrive::start(std::uint64_t id, std::uint64_t request) {
  auto live = std::make_shared<Live>();
  live->id = id;
  if (prepared_.empty()) {
    live->start = prepare();
  } else {
    live->start = std::move(prepared_.front());
    prepared_.pop_front();
  }
  live->instance = live->start->instance();
  live_.emplace(id, live);
  counts_.instances = static_cast<int>(live_.size());
  asio::co_spawn(platform_.io(), run(std::move(live), request), rethrow);
}

asio::awaitable<void> FunctionDrive::run(LivePointer live, std::uint64_t request) {
  ColdStart& start = *live->start;
  const auto own = open_.find(request);
  FirstRequest first;
  first.due_ns = own != open_.end() ? own->second.due_ns : monotonic_ns();
  first.deadline_ns = first.due_ns + request_.function.timeout.count();
  start.request(first, [this, raw = live.get()] { return who_waits(*raw); });
  live->requested_ns = start.requested_ns() - begin_ns_;
  co_await start.serve();

  const bool listens = request_.function.contract != ContractKind::kExec;
  const bool lives = listens && live->ready_ns && !start.has_died() &&
                     (start.result().kind == HttpResult::Kind::kAnswered ||
                      start.result().kind == HttpResult::Kind::kConnected);
  if (!lives && !live->stopping) {
    live->dead = true;
    if (listens) {
      live->end = live->ready_ns ? "died" : "failed to start";
    } else {
      live->end = start.outcome() == Outcome::kOk ? "ended with its request" : "failed to start";
    }
    apply(dispatcher_.gone(now(), live->id));
  }
  // What somebody waited for has a latency; what nobody waited for is worth a record if it failed.
  const bool worth_it = start.was_waited_for() || start.outcome() != Outcome::kOk;
  const bool spoilt = live->stopping || (interrupted_ && start.outcome() != Outcome::kOk);
  if (worth_it && !spoilt) {
    unsettled_.push_back(live);
  }
  take_first_answer(live, request);
  release(*live);
  bell_.cancel();
  if (lives && !live->stopping) {
    co_await watch(live);
  } else {
    co_await bury(live);
  }
}

// The instance can be called: whom it shall serve first.
std::optional<FirstRequest> FunctionDrive::who_waits(Live& live) {
  live.ready_ns = now();
  Actions actions = dispatcher_.ready(now(), live.id);
  const auto mine = std::find_if(actions.begin(), actions.end(), [&live](const Action& action) {
    return action.kind == Action::Kind::kCall && action.instance == live.id;
  });
  if (mine != actions.end()) {
    live.first_request = mine->request;
    actions.erase(mine);
  }
  apply(actions);
  bell_.cancel();
  if (!live.first_request) return std::nullopt;
  const auto found = open_.find(*live.first_request);
  if (found == open_.end()) return std::nullopt;
  const std::int64_t due_ns = found->second.due_ns;
  return FirstRequest{due_ns, due_ns + request_.function.timeout.count()};
}

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

asio::awaitable<void> FunctionDrive::watch(const LivePointer& live) {
  Channel& channel = live->start->channel();
  while (!live->stopping && !live->start->has_died()) {
    co_await channel.changed(monotonic_ns() + kLongNs);
  }
  if (!live->stopping) {
    live->dead = true;
    live->end = "died";
    apply(dispatcher_.gone(now(), live->id));
  }
  co_await bury(live);
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
  call.request = http_get(request_.function.path, call.endpoints.front().port(), true);
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

void FunctionDrive::retire(const LivePointer& live) {
  if (live->retired) return;
  live->retired = true;
  apply(dispatcher_.gone(now(), live->id));
}

void FunctionDrive::stop(const LivePointer& live, const char* why) {
  if (live->stopping || live->dead) return;
  live->stopping = true;
  live->end = why;
  // One that still starts is not waited for by anybody: its start ends with it.
  if (!live->ready_ns) platform_.kill(live->instance);
  live->start->channel().ring();
}

asio::awaitable<void> FunctionDrive::bury(const LivePointer& live) {
  const std::int64_t ended_ns = monotonic_ns() - begin_ns_;
  live->idle.clear();
  co_await live->start->end_instance();
  InstanceLife life;
  life.function = request_.function_index;
  life.load = request_.load_index;
  life.instance = live->instance;
  life.requested_ns = live->requested_ns;
  life.ready_ns = live->ready_ns;
  life.ended_ns = ended_ns;
  life.end = interrupted_ && !live->dead ? "interrupted" : live->end;
  life.invocations = live->answered;
  life.peak_memory_bytes = live->start->peak_memory_bytes();
  outbox_.add(std::move(life));
  live_.erase(live->id);
  counts_.instances = static_cast<int>(live_.size());
  bell_.cancel();
}

void FunctionDrive::close(std::uint64_t request, Invocation invocation) {
  const auto found = open_.find(request);
  if (found == open_.end()) return;
  const Request closed = std::move(found->second);
  open_.erase(found);
  invocation.function = request_.function_index;
  invocation.load = request_.load_index;
  invocation.due_ns = closed.due_ns - begin_ns_;
  counts_.over += 1;
  if (invocation.outcome != Outcome::kOk) counts_.failed += 1;
  if (invocation.cold) counts_.cold += 1;
  last_done_ns_ = std::max(last_done_ns_.value_or(0), now());
  outbox_.add(std::move(invocation));
  if (closed.over) closed.over();
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

// The start is over: from here on the probes would only cost time.
void FunctionDrive::release(Live& live) {
  std::vector<std::uint32_t> pids;
  for (const probes::Event& event : live.start->channel().events) {
    if (event.kind() == CS_FORK) pids.push_back(event.raw.value);
  }
  if (!pids.empty()) platform_.session().release(pids);
}

void FunctionDrive::settle(const LivePointer& live) {
  platform_.fetch_events();
  // What it forked since it was released for the first time.
  release(*live);
  Start record = live->start->take_record();
  record.function = request_.function.name;
  record.load = request_.load.name;
  record.trial = ++trials_;
  if (request_.order != nullptr) record.order = ++*request_.order;
  outbox_.add(std::move(record));
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
