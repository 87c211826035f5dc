#include "harness/platform/paired.h"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/platform/acquaintance.h"
#include "harness/platform/interruptible.h"
#include "harness/platform/noise_watch.h"
#include "harness/process/monotonic.h"

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

// One side of one function, and what was learned of it in its rehearsal.
struct Side : Acquaintance {
  const FunctionSpec* spec = nullptr;
  bool skipped = false;
};

class PairedRun {
 public:
  PairedRun(Platform& platform, const PairedPlan& plan, pid_t launcher, const PairedSink& sink)
      : platform_(platform),
        plan_(plan),
        sink_(sink),
        series_(paired_series(plan)),
        random_(plan.seed),
        work_(platform),
        launcher_(launcher) {}

  PairedResult run() {
    work_.run(all());
    return {work_.signal(), watch_ ? watch_->summary() : std::string()};
  }

 private:
  asio::awaitable<void> all() {
    co_await rehearse_all();
    if (work_.signal()) co_return;
    watch_.emplace(launcher_);
    for (;;) {
      std::vector<std::size_t> round;
      for (std::size_t i = 0; i < series_.size(); ++i) {
        if (sides_[series_[i].function][0].skipped || sides_[series_[i].function][1].skipped) {
          continue;
        }
        round.insert(round.end(), sink_.wants(i, untold(i)), i);
      }
      if (round.empty()) {
        if (held_.empty()) break;
        co_await complete_window();
        continue;
      }
      shuffle(round);
      for (const std::size_t i : round) {
        if (sink_.wants(i, untold(i)) == 0) continue;  // decided meanwhile
        co_await one_pair(i);
        if (work_.signal()) co_return;
        if (watch_->is_due()) tell_window();
      }
    }
  }

  std::size_t untold(std::size_t series) const {
    return static_cast<std::size_t>(std::ranges::count(held_, series, &MeasuredPair::series));
  }

  asio::awaitable<void> rehearse_all() {
    std::vector<Function> described;
    sides_.resize(plan_.functions.size());
    for (std::size_t i = 0; i < plan_.functions.size(); ++i) {
      const PairedFunction& function = plan_.functions[i];
      const std::array specs = {&function.baseline, &function.candidate};
      for (std::size_t side = 0; side < specs.size(); ++side) {
        sides_[i][side].spec = specs[side];
        described.push_back(describe(*specs[side]));
        sides_[i][side].skipped = described.back().skipped.has_value();
      }
    }
    for (auto& function : sides_) {
      for (Side& side : function) {
        if (side.skipped) continue;
        sink_.progress("rehearsing " + side.spec->name);
        const Start rehearsal = co_await rehearse(platform_, *side.spec, side);
        if (work_.signal()) co_return;
        if (const auto line = complaint(*side.spec, rehearsal)) {
          sink_.warn((&side == &function.front() ? "baseline: " : "candidate: ") + *line);
        }
      }
    }
    sink_.begin(described);
  }

  asio::awaitable<Start> start(Side& side, CacheState cache) {
    Start result =
        co_await platform_.cold_start(*side.spec, start_options(side, cache, plan_.drop_caches));
    result.cache = name(cache);
    co_return result;
  }

  asio::awaitable<void> one_pair(std::size_t series) {
    auto& sides = sides_[series_[series].function];
    const CacheState cache = series_[series].cache;
    MeasuredPair pair;
    pair.series = series;
    pair.baseline_first = (random_() & 1U) != 0;
    const std::int64_t begin_ns = monotonic_ns();
    sink_.progress(sides[0].spec->name);
    for (const bool is_baseline : {pair.baseline_first, !pair.baseline_first}) {
      Start result = co_await start(sides[is_baseline ? 0 : 1], cache);
      if (work_.signal()) co_return;
      (is_baseline ? pair.baseline : pair.candidate) = std::move(result);
    }
    pair.took_ns = monotonic_ns() - begin_ns;
    held_.push_back(std::move(pair));
  }

  void tell_window() {
    const auto disturbance = watch_->close_window();
    for (MeasuredPair& pair : held_) {
      pair.disturbance = disturbance;
      sink_.measured(std::move(pair));
    }
    held_.clear();
    sink_.told();
  }

  // A window that is too short is made long enough by waiting: an idle end of it disturbs nobody.
  asio::awaitable<void> complete_window() {
    while (!watch_->is_due() && !work_.signal()) {
      asio::steady_timer timer(platform_.io(), std::chrono::milliseconds(10));
      co_await timer.async_wait(asio::use_awaitable);
    }
    tell_window();
  }

  void shuffle(std::vector<std::size_t>& members) {
    for (std::size_t i = members.size(); i > 1; --i) {
      std::swap(members[i - 1], members[random_() % i]);  // i is tiny: the bias is below 2^-50
    }
  }

  Platform& platform_;
  const PairedPlan& plan_;
  const PairedSink& sink_;
  std::vector<PairedSeries> series_;
  std::mt19937_64 random_;
  Interruptible work_;
  pid_t launcher_;
  std::optional<NoiseWatch> watch_;
  std::vector<std::array<Side, 2>> sides_;
  std::vector<MeasuredPair> held_;  // until their window is over
};

}  // namespace

std::vector<PairedSeries> paired_series(const PairedPlan& plan) {
  std::vector<PairedSeries> series;
  for (std::size_t i = 0; i < plan.functions.size(); ++i) {
    for (const CacheState cache : plan.functions[i].candidate.caches) series.push_back({i, cache});
  }
  return series;
}

PairedResult measure_pairs(Platform& platform, const PairedPlan& plan, pid_t launcher,
                           const PairedSink& sink) {
  return PairedRun(platform, plan, launcher, sink).run();
}

}  // namespace coldstart::harness
