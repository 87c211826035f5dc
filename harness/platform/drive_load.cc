#include "harness/platform/drive_load.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/process/monotonic.h"
#include "harness/runtimes/runtime.h"
#include "results/model/error.h"

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

// From the last preparation to the zero of the load, so that the first request is not late.
constexpr std::int64_t kHeadStartNs = 5'000'000;
// A timer rings late by what it takes to wake an idle CPU, 90 us on a virtual machine and now and
// then twice that. So it is set early by this much, and the rest is waited for awake.
constexpr std::int64_t kAwakeNs = 150'000;
// So late it rings where others want the CPU. There who waits awake is scheduled later next time:
// for so long requests are waited for asleep then.
constexpr std::int64_t kCrowdedNs = 1'000'000;
constexpr std::int64_t kAsleepForNs = 300'000'000;
// Work is done between requests if none is due for so long.
constexpr std::int64_t kRoomNs = 3'000'000;
// So many records may wait for such a gap, and so long.
constexpr std::size_t kMostBacklog = 64;
constexpr int kMostPreparedAhead = 256;
constexpr std::int64_t kProgressEveryNs = 1'000'000'000;
constexpr std::int64_t kLongestUntendedNs = 5'000'000'000;
// How long a client of a closed load waits that was turned away.
constexpr std::int64_t kTurnedAwayNs = 1'000'000;

std::chrono::steady_clock::time_point time_point(std::int64_t monotonic) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(monotonic));
}

int instances_at_once(const LoadSpec& load) {
  if (load.parallel) return *load.parallel;
  if (const auto* burst = std::get_if<BurstPattern>(&load.pattern)) {
    const auto largest = std::max_element(burst->sizes.begin(), burst->sizes.end());
    return largest == burst->sizes.end() ? 1 : *largest;
  }
  if (const auto* closed = std::get_if<ClosedPattern>(&load.pattern)) return closed->clients;
  return 2;
}

FunctionSpec for_load(FunctionSpec function, const LoadSpec& load) {
  if (!load.parallel) return function;
  // Each request on an instance of its own, whatever the platform would do otherwise.
  function.platform = PlatformSpec{};
  return function;
}

// One turn: functions that are driven at the same time.
class Turn {
 public:
  Turn(Platform& platform, const LoadSpec& load, std::uint32_t load_index,
       const std::vector<const DrivenFunction*>& functions, std::size_t first_position,
       std::size_t positions, const DriveContext& context)
      : platform_(platform),
        load_(load),
        context_(context),
        outbox_(context.sink),
        first_position_(first_position),
        positions_(positions),
        pacer_(platform.io()) {
    for (const DrivenFunction* function : functions) {
      DriveRequest request;
      request.function = for_load(function->spec, load);
      request.load = load;
      request.function_index = function->index;
      request.load_index = load_index;
      request.any_port = function->any_port;
      const int most = request.function.platform.max_instances.value_or(kMostPreparedAhead);
      request.prepared_ahead =
          std::max(1, std::min({instances_at_once(load), most, kMostPreparedAhead}));
      request.order = context.order;
      names_.push_back(function->spec.name);
      trials_.push_back(function->spec.trials);
      drives_.push_back(std::make_unique<FunctionDrive>(platform, std::move(request), outbox_));
      next_due_ns_.push_back(0);
    }
  }

  /// Returns how long it took, from its zero to the end of the last request.
  asio::awaitable<std::int64_t> run(bool tell_begin) {
    if (context_.on_interrupt != nullptr) *context_.on_interrupt = [this] { interrupt(); };
    for (const auto& drive : drives_) co_await drive->provision();
    begin_ns_ = monotonic_ns() + kHeadStartNs;
    for (const auto& drive : drives_) drive->begin(begin_ns_);
    if (tell_begin && context_.begin) context_.begin(begin_ns_);
    int running = static_cast<int>(drives_.size());
    asio::steady_timer done(platform_.io(), std::chrono::steady_clock::time_point::max());
    std::exception_ptr failure;
    const auto fail = [&](const std::exception_ptr& error) {
      if (!error || failure) return;
      failure = error;
      interrupt();  // nobody will see what the rest of the load would bring
    };
    for (std::size_t i = 0; i < drives_.size(); ++i) {
      asio::co_spawn(platform_.io(), drive(i), [&](const std::exception_ptr& error) {
        fail(error);
        if (--running == 0) done.cancel();
      });
    }
    bool tending = true;
    asio::co_spawn(platform_.io(), tend(), [&](const std::exception_ptr& error) {
      fail(error);
      tending = false;
      done.cancel();
    });
    while (running > 0) {
      boost::system::error_code rung;
      co_await done.async_wait(asio::redirect_error(asio::use_awaitable, rung));
    }
    over_ = true;
    pacer_.cancel();
    while (tending) {
      boost::system::error_code rung;
      co_await done.async_wait(asio::redirect_error(asio::use_awaitable, rung));
    }
    if (context_.on_interrupt != nullptr) *context_.on_interrupt = nullptr;
    if (failure) std::rethrow_exception(failure);
    for (const auto& drive : drives_) co_await drive->end("end of load");
    outbox_.flush();
    std::int64_t last = 0;
    for (const auto& drive : drives_) last = std::max(last, drive->last_done_ns().value_or(0));
    co_return last;
  }

  bool interrupted() const { return interrupted_; }

 private:
  void interrupt() {
    interrupted_ = true;
    for (const auto& drive : drives_) drive->interrupt();
    for (asio::steady_timer* timer : sleeping_) timer->cancel();
  }

  // Sleeps until then, or until the run is interrupted.
  asio::awaitable<void> sleep_until(asio::steady_timer& timer, std::int64_t when_ns) {
    timer.expires_at(time_point(when_ns));
    sleeping_.push_back(&timer);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    std::erase(sleeping_, &timer);
  }

  // The same to the microsecond, where that is in nobody's way.
  asio::awaitable<void> wait_until(asio::steady_timer& timer, std::int64_t due_ns) {
    const std::int64_t rings_ns = std::max(due_ns - kAwakeNs, monotonic_ns());
    if (rings_ns < asleep_until_ns_) {
      co_await sleep_until(timer, due_ns);
      co_return;
    }
    co_await sleep_until(timer, rings_ns);
    const std::int64_t rang_ns = monotonic_ns();
    if (rang_ns - rings_ns > kCrowdedNs) asleep_until_ns_ = rang_ns + kAsleepForNs;
    if (is_idle()) {
      while (monotonic_ns() < due_ns && !interrupted_) {
      }
    } else if (!interrupted_) {
      co_await sleep_until(timer, due_ns);
    }
  }

  asio::awaitable<void> drive(std::size_t i) {
    if (load_.parallel) {
      co_await rounds(i);
    } else if (const auto* closed = std::get_if<ClosedPattern>(&load_.pattern)) {
      co_await clients(i, *closed);
    } else {
      co_await arrivals(i);
    }
    next_due_ns_[i] = INT64_MAX;
    co_await drives_[i]->all_over();
  }

  asio::awaitable<void> arrivals(std::size_t i) {
    const std::unique_ptr<Arrivals> coming = context_.arrivals(first_position_ + i, positions_);
    asio::steady_timer timer(platform_.io());
    for (auto next = coming->next(); next && !interrupted_; next = coming->next()) {
      const std::int64_t due_ns = begin_ns_ + next->due.count();
      next_due_ns_[i] = due_ns;
      // Those that are due already go out without a detour.
      if (monotonic_ns() < due_ns) co_await wait_until(timer, due_ns);
      if (interrupted_) break;
      drives_[i]->submit(due_ns, next->work);
    }
  }

  asio::awaitable<void> clients(std::size_t i, const ClosedPattern& pattern) {
    const auto duration = load_.duration.value_or(std::chrono::nanoseconds(0));
    const std::int64_t end_ns =
        begin_ns_ +
        static_cast<std::int64_t>(static_cast<double>(duration.count()) / load_.time_scale);
    const auto think_ns =
        static_cast<std::int64_t>(static_cast<double>(pattern.think.count()) / load_.time_scale);
    next_due_ns_[i] = INT64_MAX;  // no request is due but when another one is over
    int asking = pattern.clients;
    asio::steady_timer done(platform_.io(), std::chrono::steady_clock::time_point::max());
    for (int c = 0; c < pattern.clients; ++c) {
      asio::co_spawn(platform_.io(), client(i, end_ns, think_ns),
                     [&](const std::exception_ptr& error) {
                       if (--asking == 0) done.cancel();
                       if (error) std::rethrow_exception(error);
                     });
    }
    while (asking > 0) {
      boost::system::error_code rung;
      co_await done.async_wait(asio::redirect_error(asio::use_awaitable, rung));
    }
  }

  asio::awaitable<void> client(std::size_t i, std::int64_t end_ns, std::int64_t think_ns) {
    asio::steady_timer timer(platform_.io());
    // When the client has thought, and not when we have come to it: our lateness is in the latency.
    std::int64_t due_ns = begin_ns_;
    while (!interrupted_ && due_ns < end_ns) {
      if (monotonic_ns() < due_ns) co_await wait_until(timer, due_ns);
      if (interrupted_) break;
      std::optional<std::int64_t> over_ns;
      timer.expires_at(std::chrono::steady_clock::time_point::max());
      drives_[i]->submit(due_ns, std::nullopt, [&over_ns, &timer](std::int64_t when_ns) {
        over_ns = when_ns;
        timer.cancel();
      });
      // Turned away at once: a client that asks again at once would leave nobody else a turn.
      const std::int64_t pause_ns = over_ns ? kTurnedAwayNs : 0;
      while (!over_ns && !interrupted_) {
        boost::system::error_code rung;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, rung));
      }
      due_ns = over_ns.value_or(due_ns) + pause_ns + think_ns;
    }
  }

  // So many starts at once, and then all over again.
  asio::awaitable<void> rounds(std::size_t i) {
    asio::steady_timer timer(platform_.io());
    for (int round = 0; round < trials_[i] && !interrupted_; ++round) {
      while (drives_[i]->do_work()) {
      }
      co_await sleep_until(timer, std::max(begin_ns_, monotonic_ns() + kHeadStartNs));
      const std::int64_t due_ns = monotonic_ns();
      next_due_ns_[i] = due_ns;  // nothing is done meanwhile
      for (int k = 0; k < *load_.parallel && !interrupted_; ++k) drives_[i]->submit(due_ns);
      co_await drives_[i]->all_over();
      co_await drives_[i]->end("end of load");
      outbox_.flush();
      tell(true);
    }
  }

  // Nobody starts, and nobody has a request: our CPU time is not in anybody's way.
  bool is_idle() const {
    return platform_.starting() == 0 &&
           std::all_of(drives_.begin(), drives_.end(),
                       [](const auto& drive) { return drive->idle(); });
  }

  bool is_quiet(std::int64_t now) const {
    const std::int64_t next = *std::min_element(next_due_ns_.begin(), next_due_ns_.end());
    return next - now > kRoomNs && is_idle();
  }

  // One piece of the work that was put off. False: there is none.
  bool work() {
    return std::any_of(drives_.begin(), drives_.end(),
                       [](const auto& drive) { return drive->do_work(); });
  }

  std::size_t backlog() const {
    std::size_t sum = 0;
    for (const auto& drive : drives_) sum += drive->backlog();
    return sum;
  }

  // Builds records, prepares instances, hands over batches and tells how it goes, where that
  // disturbs nobody; where there is no such moment, when too much has piled up.
  asio::awaitable<void> tend() {
    while (!over_) {
      const bool busy = backlog() > 0;
      pacer_.expires_after(busy ? std::chrono::milliseconds(2) : std::chrono::milliseconds(20));
      boost::system::error_code cancelled;
      co_await pacer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
      if (over_) break;
      std::int64_t now = monotonic_ns();
      while (is_quiet(now) && work()) now = monotonic_ns();
      if (is_quiet(now)) {
        outbox_.flush_if_due(now);
        tell(false);
        tended_ns_ = now;
      } else if (!load_.parallel && backlog() >= kMostBacklog) {
        while (backlog() >= kMostBacklog / 2) work();
      }
      // Where it is never quiet, a run that is killed must not have lost more than some seconds.
      if (!load_.parallel && now - tended_ns_ > kLongestUntendedNs) {
        while (backlog() > 0) work();
        outbox_.flush_if_due(now);
        tell(false);
        tended_ns_ = monotonic_ns();
      }
    }
  }

  void tell(bool at_once) {
    const std::int64_t now = monotonic_ns();
    if (!context_.progress || (!at_once && now - told_ns_ < kProgressEveryNs)) return;
    told_ns_ = now;
    DriveCounts sum;
    for (const auto& drive : drives_) {
      sum.requests += drive->counts().requests;
      sum.failed += drive->counts().failed;
      sum.cold += drive->counts().cold;
      sum.instances += drive->counts().instances;
    }
    const std::string who =
        names_.size() == 1 ? names_.front() : std::to_string(names_.size()) + " functions";
    context_.progress(
        who + ": " + std::to_string(sum.requests) +
        (sum.requests == 1 ? " request, " : " requests, ") + std::to_string(sum.cold) + " cold" +
        (sum.failed > 0 ? ", " + std::to_string(sum.failed) + " failed" : "") + ", " +
        std::to_string(sum.instances) + (sum.instances == 1 ? " instance" : " instances"));
  }

  Platform& platform_;
  const LoadSpec& load_;
  const DriveContext& context_;
  Outbox outbox_;
  std::size_t first_position_;
  std::size_t positions_;
  std::vector<std::string> names_;
  std::vector<int> trials_;
  std::vector<std::unique_ptr<FunctionDrive>> drives_;
  std::vector<std::int64_t> next_due_ns_;
  asio::steady_timer pacer_;
  std::vector<asio::steady_timer*> sleeping_;
  std::int64_t begin_ns_ = 0;
  std::int64_t asleep_until_ns_ = 0;  // see kCrowdedNs
  std::int64_t told_ns_ = 0;
  std::int64_t tended_ns_ = 0;  // last time that work, outbox and progress had their turn
  bool over_ = false;
  bool interrupted_ = false;
};

}  // namespace

void check_load(const LoadSpec& load, const std::vector<FunctionSpec>& functions) {
  if (std::holds_alternative<ColdPattern>(load.pattern) && !load.parallel) return;
  for (const FunctionSpec& function : functions) {
    const auto port = configured_port(function);
    const bool one = !load.parallel && function.platform.max_instances == 1;
    if (port && !one && load.parallel.value_or(2) > 1) {
      throw Error(function.name,
                  "listens on port " + std::to_string(*port) + ", so under load '" + load.name +
                      "' only one instance of it can live at a time",
                  "let it listen on $PORT, or set `platform: {max_instances: 1}`");
    }
  }
}

LoadSpec parallel_load(int parallel) {
  LoadSpec load;
  load.name = "parallel-" + std::to_string(parallel);
  BurstPattern burst;
  burst.sizes = {parallel};
  load.pattern = burst;
  load.parallel = parallel;
  return load;
}

asio::awaitable<std::int64_t> drive_load(Platform& platform, const LoadSpec& load,
                                         std::uint32_t load_index,
                                         const std::vector<DrivenFunction>& functions,
                                         const DriveContext& context) {
  std::vector<FunctionSpec> specs;
  for (const DrivenFunction& function : functions) specs.push_back(function.spec);
  check_load(load, specs);
  bool interrupted = false;
  std::int64_t took = 0;
  for (std::size_t i = 0; i < functions.size() && !interrupted;) {
    std::vector<const DrivenFunction*> members;
    const std::size_t first = i;
    do {
      members.push_back(&functions[i++]);
    } while (load.together && i < functions.size());
    Turn turn(platform, load, load_index, members, first, functions.size(), context);
    took += co_await turn.run(first == 0);
    interrupted = turn.interrupted();
  }
  co_return took;
}

}  // namespace coldstart::harness
