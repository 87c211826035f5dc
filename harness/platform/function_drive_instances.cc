// The lives of instances: prepared, started, watched, stopped, buried, and the record of their
// start.
#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/platform/live_instance.h"
#include "harness/process/monotonic.h"
#include "harness/runtimes/runtime.h"

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

constexpr std::int64_t kLongNs = 3'600'000'000'000;

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

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

// A port of the function's own is free when the instance before has gone. False: it will not be
// started any more.
asio::awaitable<bool> FunctionDrive::await_port(const LivePointer& live) {
  const auto somebody_goes = [this, id = live->id] {
    return std::any_of(live_.begin(), live_.end(), [id](const auto& e) { return e.first < id; });
  };
  while (!interrupted_ && !live->stopping && somebody_goes()) {
    boost::system::error_code rung;
    co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, rung));
  }
  if (!interrupted_ && !live->stopping) co_return true;
  live_.erase(live->id);
  counts_.instances = static_cast<int>(live_.size());
  bell_.cancel();
  co_return false;
}

asio::awaitable<void> FunctionDrive::run(LivePointer live, std::uint64_t request) {
  if (configured_port(request_.function) && !co_await await_port(live)) co_return;
  ColdStart& start = *live->start;
  const auto own = open_.find(request);
  const Request nobodys{monotonic_ns(), std::nullopt, {}};
  const FirstRequest first = first_request(own != open_.end() ? own->second : nobodys);
  start.request(first, [this, raw = live.get()] { return who_waits(*raw); });
  live->requested_ns = start.requested_ns() - begin_ns_;
  co_await start.serve();

  const bool listens = request_.function.contract != ContractKind::kExec;
  const bool lives = listens && live->ready_ns && !start.has_died() &&
                     (start.result().kind == HttpResult::Kind::kAnswered ||
                      start.result().kind == HttpResult::Kind::kConnected);
  // It took the request and may still be at it. So may others that came to it meanwhile.
  const bool silent =
      listens && live->ready_ns && !start.has_died() && start.outcome() == Outcome::kTimeout;
  if (!lives && !silent && !live->stopping) {
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
  const bool recorded = worth_it && !spoilt;
  if (recorded) unsettled_.push_back(live);
  if (silent) retire(live);
  take_first_answer(live, request);
  release(*live);
  if (!recorded) start.give_up_record();
  if (silent && live->active == 0) stop(live, "timeout");
  bell_.cancel();
  if (lives || silent) {
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
  return first_request(found->second);
}

FirstRequest FunctionDrive::first_request(const Request& request) const {
  return {request.due_ns, request.due_ns + request_.function.timeout.count(), request.work};
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
  const std::int64_t given_up_ns = monotonic_ns();  // of one that was never launched, its end
  live->idle.clear();
  co_await live->start->end_instance();
  InstanceLife life;
  life.function = request_.function_index;
  life.load = request_.load_index;
  life.instance = live->instance;
  life.requested_ns = live->requested_ns;
  life.ready_ns = live->ready_ns;
  life.ended_ns = live->start->ended_ns().value_or(given_up_ns) - begin_ns_;
  life.end = interrupted_ && !live->dead ? "interrupted" : live->end;
  life.invocations = live->answered;
  life.peak_memory_bytes = live->start->peak_memory_bytes();
  outbox_.add(std::move(life));
  live_.erase(live->id);
  counts_.instances = static_cast<int>(live_.size());
  bell_.cancel();
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

}  // namespace coldstart::harness
