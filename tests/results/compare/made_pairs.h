// Pairs of latencies and starts that are made up: log-normal, the same on every machine.
#pragma once

#include <cmath>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "results/compare/gate.h"
#include "results/compare/gate_attribution.h"
#include "results/statistics/random.h"

namespace coldstart::results {

/// Nearly normal, mean 0, variance 1.
inline double normal_noise(RandomWords& bits) {
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(draw_below(bits, 1U << 24U));
  return sum / (1U << 24U) - 6;
}

struct PairPlan {
  std::string function = "cpp";
  std::size_t pairs = 120;
  double slower = 1.0;  ///< the candidate's latencies are multiplied by it
  double spread = 0.03;
  std::uint64_t seed = 1;
};

inline PairSeries made_series(const PairPlan& plan) {
  RandomWords bits(plan.seed);
  PairSeries series{plan.function, "page-cache", {}, {}};
  for (std::size_t i = 0; i < plan.pairs; ++i) {
    const double common = plan.spread * normal_noise(bits);
    const auto latency = [&](double factor) {
      return std::llround(2e6 * factor * std::exp(common + plan.spread * normal_noise(bits)));
    };
    series.baseline_ns.push_back(latency(1));
    series.candidate_ns.push_back(latency(plan.slower));
  }
  return series;
}

/// Starts of a dynamic native program: spawn 0.3 ms, link 1 ms, init 0.1 ms, the rest 0.5 ms.
struct MadeStarts {
  std::list<Start> starts;  ///< stay where they are
  std::vector<StartPair> pairs;
};

inline Start made_start(RandomWords& bits, std::int64_t more_link_ns) {
  Start start;
  start.function = "cpp";
  const auto length = [&](double ns) {
    return std::llround(ns * std::exp(0.05 * normal_noise(bits)));
  };
  std::int64_t at = 0;
  Timeline& timeline = start.timeline;
  timeline.set(Boundary::kDue, 0);
  timeline.set(Boundary::kRequested, 0);
  timeline.set(Boundary::kForked, 0);
  timeline.set(Boundary::kLaunched, at += length(300'000));
  timeline.set(Boundary::kExeced, at);
  const std::int64_t link = length(1'000'000) + more_link_ns;
  timeline.set(Boundary::kLinked, at += link);
  timeline.set(Boundary::kEntered, at += length(100'000));
  timeline.set_not_applicable(Boundary::kRuntimeReady, "native");
  timeline.set(Boundary::kListening, at += length(100'000));
  timeline.set(Boundary::kReceived, at += length(200'000));
  timeline.set(Boundary::kReplied, at += length(100'000));
  timeline.set(Boundary::kResponded, at += length(100'000));
  timeline.set(Boundary::kCompleted, at);
  PhaseCauses causes;
  causes.phase = "link";
  causes.time.cpu_ns = link - 10'000;
  causes.time.wait_ns = 10'000;
  causes.time.waits["page fault"] = 10'000;
  causes.minor_faults = 60;
  start.account.causes.push_back(causes);
  start.account.libraries.emplace();
  start.account.libraries->push_back({"/lib/libc.so.6", 1, {}, {}, {}, {}});
  return start;
}

}  // namespace coldstart::results
