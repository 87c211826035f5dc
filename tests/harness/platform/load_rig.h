// Drives a load with real functions and collects what it brings.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/platform/drive_load.h"
#include "tests/harness/platform/rig.h"

namespace coldstart::harness {

/// Requests at these moments, on each of which the function is to work for so long.
class ListedArrivals final : public Arrivals {
 public:
  explicit ListedArrivals(std::vector<std::chrono::nanoseconds> times,
                          std::optional<std::chrono::nanoseconds> work = std::nullopt)
      : times_(std::move(times)), work_(work) {}
  std::optional<Arrival> next() override {
    if (next_ == times_.size()) return std::nullopt;
    return Arrival{times_[next_++], work_};
  }

 private:
  std::vector<std::chrono::nanoseconds> times_;
  std::optional<std::chrono::nanoseconds> work_;
  std::size_t next_ = 0;
};

struct LoadResult {
  std::vector<Start> starts;
  std::vector<Invocation> invocations;  // in the order in which they were due
  std::vector<InstanceLife> lives;
  std::int64_t duration_ns = 0;

  std::size_t cold() const {
    return static_cast<std::size_t>(std::count_if(invocations.begin(), invocations.end(),
                                                  [](const auto& i) { return i.cold; }));
  }
  std::size_t with(Outcome outcome) const {
    return static_cast<std::size_t>(
        std::count_if(invocations.begin(), invocations.end(),
                      [outcome](const auto& i) { return i.outcome == outcome; }));
  }
};

/// `times`: when requests are due, of each function; not used for closed loads and sweeps. `work`:
/// how long it is to work on each.
inline LoadResult drive(Rig& rig, const std::vector<FunctionSpec>& functions, const LoadSpec& load,
                        const std::vector<std::chrono::nanoseconds>& times = {},
                        std::function<void()>* on_interrupt = nullptr,
                        std::optional<std::chrono::nanoseconds> work = std::nullopt) {
  LoadResult result;
  DriveContext context;
  context.arrivals = [&times, work](std::size_t, std::size_t) {
    return std::make_unique<ListedArrivals>(times, work);
  };
  const auto append = [](auto& to, auto batch) { to.insert(to.end(), batch.begin(), batch.end()); };
  context.sink.starts = [&](std::span<const Start> batch) { append(result.starts, batch); };
  context.sink.invocations = [&](std::span<const Invocation> batch) {
    append(result.invocations, batch);
  };
  context.sink.instances = [&](std::span<const InstanceLife> batch) {
    append(result.lives, batch);
  };
  context.on_interrupt = on_interrupt;
  std::vector<DrivenFunction> driven;
  for (const FunctionSpec& function : functions) {
    rig.once(function, {.rehearsal = true});
    driven.push_back({function, static_cast<std::uint32_t>(driven.size()), false});
  }
  const auto whole = [&]() -> boost::asio::awaitable<void> {
    result.duration_ns = co_await drive_load(rig.platform, load, 0, driven, context);
  };
  rig.platform.run_to_end(whole());
  std::stable_sort(result.invocations.begin(), result.invocations.end(),
                   [](const auto& a, const auto& b) { return a.due_ns < b.due_ns; });
  return result;
}

inline LoadSpec listed() {
  LoadSpec load;
  load.name = "listed";
  load.pattern = ListPattern{};
  return load;
}

inline LoadSpec burst(int size) {
  LoadSpec load;
  load.name = "burst";
  BurstPattern pattern;
  pattern.sizes = {size};
  load.pattern = pattern;
  return load;
}

inline std::vector<std::chrono::nanoseconds> at_once(int count) {
  return std::vector<std::chrono::nanoseconds>(static_cast<std::size_t>(count),
                                               std::chrono::nanoseconds(0));
}

}  // namespace coldstart::harness
