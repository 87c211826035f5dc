#include "harness/platform/measure.h"

#include <algorithm>
#include <random>
#include <signal.h>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

// Runs a coroutine to its end while listening for signals that end it early.
class Interruptible {
 public:
  explicit Interruptible(Platform& platform)
      : platform_(platform), signals_(platform.io(), SIGINT, SIGTERM, SIGHUP) {
    signals_.async_wait([this](boost::system::error_code cancelled, int number) {
      if (cancelled) return;
      signal_ = number;
      platform_.kill_all();
    });
  }

  void run(asio::awaitable<void> work) { platform_.run_to_end(std::move(work)); }

  const std::optional<int>& signal() const { return signal_; }

 private:
  Platform& platform_;
  asio::signal_set signals_;
  std::optional<int> signal_;
};

// Uniform in [0, bound), the same on every platform (std::uniform_int_distribution is not).
std::uint64_t draw(std::mt19937_64& generator, std::uint64_t bound) {
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  for (;;) {
    const std::uint64_t value = generator();
    if (value < limit) return value % bound;
  }
}

Function describe(const FunctionSpec& spec) {
  Function function;
  function.name = spec.name;
  function.runtime = name(spec.runtime);
  function.contract = name(spec.contract);
  function.command = displayed_command(spec);
  function.skipped = missing(spec);
  if (!function.skipped) function.version = runtime_version(spec);
  return function;
}

// Whether it makes sense to go on with a function.
class Patience {
 public:
  /// False: it has never answered, and failed often enough in the same way.
  bool lasts_after(const Start& start) {
    answered_ = answered_ || start.outcome == Outcome::kOk;
    in_a_row_ = start.outcome == last_ ? in_a_row_ + 1 : 1;
    last_ = start.outcome;
    return answered_ || in_a_row_ < kPatience;
  }

 private:
  bool answered_ = false;
  std::optional<Outcome> last_;
  int in_a_row_ = 0;
};

asio::awaitable<void> run_plan(Platform& platform, const MeasurePlan& plan, const MeasureSink& sink,
                               const std::optional<int>& interrupted) {
  std::vector<Function> described;
  std::vector<int> trials;
  for (const FunctionSpec& spec : plan.functions) {
    described.push_back(describe(spec));
    trials.push_back(described.back().skipped ? 0 : spec.trials);
  }
  int total = 0;
  for (int count : trials) total += count;

  std::vector<Patience> patience(trials.size());
  std::vector<bool> any_port(trials.size(), false);
  for (std::size_t i = 0; i < plan.functions.size(); ++i) {
    if (trials[i] == 0) continue;
    const FunctionSpec& spec = plan.functions[i];
    sink.progress("rehearsing " + spec.name, 0, total);
    const bool free_choice = !configured_port(spec) && platform.session().live();
    const Start start =
        co_await platform.cold_start(spec, {.any_port = free_choice, .rehearsal = true});
    if (interrupted) co_return;
    // It answers, but not where $PORT said: it has a port of its own, maybe another every time.
    any_port[i] = free_choice && start.http_status && start.port != start.offered_port;
    patience[i].lasts_after(start);
    if (start.outcome != Outcome::kOk && sink.warn) {
      sink.warn(spec.name + ": its rehearsal failed: " + std::string(name(start.outcome)) + ": " +
                start.message);
    }
  }
  sink.begin(described);

  std::vector<int> done(trials.size(), 0);
  int order = 0;
  for (std::size_t i : interleaved_order(trials, plan.seed)) {
    const FunctionSpec& spec = plan.functions[i];
    if (done[i] == trials[i]) continue;  // given up
    sink.progress(spec.name, order, total);
    Start start = co_await platform.cold_start(spec, {.any_port = any_port[i]});
    if (interrupted) co_return;
    start.function = spec.name;
    start.load = plan.load;
    start.cache = plan.cache;
    start.trial = ++done[i];
    start.order = ++order;
    if (!patience[i].lasts_after(start) && !plan.keep_going && done[i] < trials[i]) {
      const int untried = trials[i] - done[i];
      total -= untried;
      trials[i] = done[i];
      const std::string given_up = "given up: it never answered and failed " +
                                   std::to_string(kPatience) + " times in a row in this way, so " +
                                   std::to_string(untried) +
                                   " starts were not tried; --keep-going tries all";
      if (sink.warn) sink.warn(spec.name + ": " + given_up);
      start.message += (start.message.empty() ? "" : "; ") + given_up;
    }
    sink.started(start);
  }
}

}  // namespace

std::vector<std::size_t> interleaved_order(const std::vector<int>& trials, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<std::size_t> order;
  const int blocks = trials.empty() ? 0 : *std::max_element(trials.begin(), trials.end());
  for (int block = 0; block < blocks; ++block) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < trials.size(); ++i) {
      if (trials[i] > block) members.push_back(i);
    }
    // Fisher-Yates
    for (std::size_t i = members.size(); i > 1; --i) {
      std::swap(members[i - 1], members[draw(generator, i)]);
    }
    order.insert(order.end(), members.begin(), members.end());
  }
  return order;
}

std::optional<int> measure(Platform& platform, const MeasurePlan& plan, const MeasureSink& sink) {
  Interruptible work(platform);
  work.run(run_plan(platform, plan, sink, work.signal()));
  return work.signal();
}

RehearsalResult rehearse(Platform& platform, const FunctionSpec& function, bool any_port) {
  Interruptible work(platform);
  RehearsalResult result;
  const auto once = [&]() -> asio::awaitable<void> {
    result.start =
        co_await platform.cold_start(function, {.any_port = any_port, .rehearsal = true});
  };
  work.run(once());
  result.interrupted_by = work.signal();
  return result;
}

}  // namespace coldstart::harness
