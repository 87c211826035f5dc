#include "harness/platform/overhead.h"

#include <algorithm>
#include <optional>
#include <random>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/process/monotonic.h"
#include "results/model/error.h"

extern char** environ;

namespace coldstart::harness {
namespace {

using probes::TierId;
using probes::TierSet;

std::int64_t posix_spawn_once(const std::string& program) {
  char* arguments[] = {const_cast<char*>(program.c_str()), nullptr};
  const std::int64_t begin = monotonic_ns();
  pid_t pid = 0;
  if (::posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ) != 0) {
    throw Error(program, "cannot be started");
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return monotonic_ns() - begin;
}

std::optional<std::int64_t> latency_of(const Start& start) {
  return start.outcome == Outcome::kOk ? latency_ns(start.timeline) : std::nullopt;
}

// Finer than a user's polling: its grain must not hide what is looked for. No finer than that: each
// look costs CPU time, more with probes than without, and a JVM that uses all CPUs would pay for
// it on one side only.
StartOptions polled(const Start& rehearsal) {
  constexpr std::int64_t kLooksAStart = 400;
  const std::chrono::nanoseconds interval(latency_of(rehearsal).value_or(0) / kLooksAStart);
  return {.readiness = Readiness::kPoll,
          .poll_interval = std::max(std::chrono::duration_cast<std::chrono::microseconds>(interval),
                                    std::chrono::microseconds(50))};
}

}  // namespace

std::vector<TierChoice> tier_choices(const probes::Session& session) {
  TierSet working;
  bool all = true;
  for (const probes::TierStatus& tier : session.tiers()) {
    if (tier.on) working.add(tier.id);
    all = all && tier.on;
  }
  TierSet process;
  process.add(TierId::kProcess);
  std::vector<TierChoice> choices{{"process", process}};
  std::string together = "process";
  for (TierId tier : probes::kAllTiers) {
    if (tier == TierId::kProcess || !working.has(tier)) continue;
    together += "+" + std::string(probes::name(tier));
    TierSet two = process;
    two.add(tier);
    choices.push_back({"process+" + std::string(probes::name(tier)), two});
  }
  if (all) {
    choices.push_back({"all", working});
  } else if (choices.size() > 2) {
    choices.push_back({together, working});
  }
  return choices;
}

boost::asio::awaitable<std::vector<OverheadPairs>> compare_tiers(
    Platform& platform, const FunctionSpec& function, const std::vector<TierChoice>& choices,
    int trials, const std::function<void(int)>& progress) {
  probes::Session& session = platform.session();
  std::vector<OverheadPairs> results;
  std::vector<probes::Traffic> traffic(choices.size());
  for (const TierChoice& choice : choices) results.push_back({function.name, choice.name, {}, 0});

  session.use(TierSet::all());
  const StartOptions options = polled(co_await platform.cold_start(function, {.rehearsal = true}));
  // Both sides poll, and nothing else: to be woken is a part of readiness by event.
  session.wake_for(CS_WAKE_NONE);
  std::mt19937 random(1);
  std::vector<std::size_t> order(choices.size() + 1);  // the last one: without
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (int trial = 0; trial < trials; ++trial) {
    progress(trial);
    std::shuffle(order.begin(), order.end(), random);
    std::vector<std::optional<std::int64_t>> latencies(order.size());
    for (std::size_t i : order) {
      session.use(i < choices.size() ? choices[i].tiers : TierSet::none());
      co_await platform.cold_start(function, options);
      const probes::Traffic before = session.traffic();
      latencies[i] = latency_of(co_await platform.cold_start(function, options));
      if (i == choices.size()) continue;
      traffic[i].events += session.traffic().events - before.events;
      traffic[i].bytes += session.traffic().bytes - before.bytes;
    }
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (latencies[i] && latencies.back()) {
        results[i].with_without.emplace_back(*latencies[i], *latencies.back());
      } else {
        results[i].failed += 1;
      }
    }
  }
  session.wake_for(CS_WAKE_LISTENERS);
  session.use(TierSet::all());
  for (std::size_t i = 0; i < choices.size(); ++i) {
    results[i].events_per_start = static_cast<double>(traffic[i].events) / trials;
    results[i].bytes_per_start = static_cast<double>(traffic[i].bytes) / trials;
  }
  co_return results;
}

boost::asio::awaitable<OverheadPairs> compare_with_posix_spawn(
    Platform& platform, const FunctionSpec& program, int trials,
    const std::function<void(int)>& progress) {
  OverheadPairs pairs{program.name, "", {}, 0};
  co_await platform.cold_start(program, {.rehearsal = true});
  platform.session().use(TierSet::none());
  std::mt19937 random(1);
  for (int trial = 0; trial < trials; ++trial) {
    progress(trial);
    const bool bare_first = (random() & 1U) != 0;
    std::int64_t bare = bare_first ? posix_spawn_once(program.command.front()) : 0;
    const auto ours = latency_of(co_await platform.cold_start(program, {}));
    if (!bare_first) bare = posix_spawn_once(program.command.front());
    if (ours) {
      pairs.with_without.emplace_back(*ours, bare);
    } else {
      pairs.failed += 1;
    }
  }
  platform.session().use(TierSet::all());
  co_return pairs;
}

}  // namespace coldstart::harness
