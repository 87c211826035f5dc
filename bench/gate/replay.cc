#include "bench/gate/replay.h"

#include <algorithm>
#include <cmath>

#include "bench/gate/rivals.h"
#include "results/compare/gate.h"
#include "results/statistics/random.h"

namespace coldstart::gate {
namespace {

using results::draw_below;
using results::RandomWords;

double uniform(RandomWords& bits) {
  return static_cast<double>(bits()) / static_cast<double>(1ULL << 32U);
}

std::int64_t injected(std::int64_t latency_ns, const Injection& injection, RandomWords& bits) {
  double latency = static_cast<double>(latency_ns) * injection.factor;
  if (injection.tail_share > 0 && uniform(bits) < injection.tail_share) {
    latency *= injection.tail_factor;
  }
  return std::llround(latency);
}

// Of a stretch that must not go beyond the end of the recording.
std::size_t place(const Recording& recording, std::size_t pairs, RandomWords& bits) {
  const std::size_t places = recording.pairs() - std::min(pairs, recording.pairs()) + 1;
  return draw_below(bits, static_cast<std::uint32_t>(places));
}

// From anywhere: a stretch that reaches the end of the recording goes on at its front.
results::PairSeries drawn(const Recording& recording, const Injection& injection, std::size_t pairs,
                          RandomWords& bits) {
  results::PairSeries series{recording.function, "page-cache", {}, {}, 0, 0};
  const std::size_t begin = draw_below(bits, static_cast<std::uint32_t>(recording.pairs()));
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::size_t at = (begin + i) % recording.pairs();
    const bool swap = (bits() & 1U) != 0;
    const std::int64_t baseline = swap ? recording.second_ns[at] : recording.first_ns[at];
    const std::int64_t candidate = swap ? recording.first_ns[at] : recording.second_ns[at];
    series.baseline_ns.push_back(baseline);
    series.candidate_ns.push_back(injected(candidate, injection, bits));
  }
  return series;
}

results::PairSeries first_of(const results::PairSeries& whole, std::size_t pairs) {
  results::PairSeries part{whole.function, whole.cache, {}, {}, 0, 0};
  const auto count = static_cast<std::ptrdiff_t>(pairs);
  part.baseline_ns.assign(whole.baseline_ns.begin(), whole.baseline_ns.begin() + count);
  part.candidate_ns.assign(whole.candidate_ns.begin(), whole.candidate_ns.begin() + count);
  return part;
}

// Mixed, for the seeds of neighbours are neighbours.
RandomWords words_of(const Replays& replays, int replay) {
  RandomWords words(replays.seed << 32U | static_cast<std::uint32_t>(replay));
  const std::uint64_t upper = words();
  return RandomWords(upper << 32U | words());
}

void run_gate(const std::vector<results::PairSeries>& whole, bool planned_looks, double margin,
              int replay, Counts& counts) {
  results::GateOptions options;
  options.margin = margin;
  options.report_p99 = false;
  options.seed = static_cast<std::uint64_t>(replay);
  const std::size_t pairs = whole.front().pairs();
  results::Gate gate(options, whole.size(),
                     planned_looks ? results::planned_looks(pairs) : std::vector{pairs});
  while (!gate.finished() && !gate.all_decided()) {
    std::vector<results::PairSeries> seen;
    const std::size_t next = gate.next_look();
    for (const results::PairSeries& series : whole) {
      // What is decided is not measured on; the gate does not look at it again.
      seen.push_back(first_of(series, next));
    }
    gate.look(seen, false);
  }
  bool any_failed = false;
  bool all_passed = true;
  for (const results::FunctionVerdict& verdict : gate.verdicts()) {
    any_failed = any_failed || verdict.verdict == results::Verdict::kFail;
    all_passed = all_passed && verdict.verdict == results::Verdict::kPass;
    counts.pairs += static_cast<double>(verdict.pairs) / static_cast<double>(whole.size());
  }
  ++counts.replays;
  ++(any_failed ? counts.fail : all_passed ? counts.pass : counts.inconclusive);
}

}  // namespace

Counts replay_gate(const Recording& recording, const Injection& injection, std::size_t pairs,
                   bool planned_looks, const Replays& replays) {
  Counts counts;
  for (int i = replays.first; i < replays.first + replays.count; ++i) {
    RandomWords bits = words_of(replays, i);
    run_gate({drawn(recording, injection, pairs, bits)}, planned_looks, replays.margin, i, counts);
  }
  return counts;
}

Counts replay_pipeline(const std::vector<Recording>& recordings, const Injection& injection,
                       std::size_t pairs, const Replays& replays) {
  Counts counts;
  for (int i = replays.first; i < replays.first + replays.count; ++i) {
    RandomWords bits = words_of(replays, i);
    std::vector<results::PairSeries> series;
    for (const Recording& recording : recordings) {
      series.push_back(drawn(recording, injection, pairs, bits));
    }
    run_gate(series, true, replays.margin, i, counts);
  }
  return counts;
}

double replay_rival(const Recording& recording, const Injection& injection, std::size_t rival,
                    std::size_t pairs, bool together, const Replays& replays) {
  int called = 0;
  for (int i = replays.first; i < replays.first + replays.count; ++i) {
    RandomWords bits = words_of(replays, i);
    std::vector<double> baseline;
    std::vector<double> candidate;
    if (together) {
      const results::PairSeries series = drawn(recording, injection, pairs, bits);
      baseline.assign(series.baseline_ns.begin(), series.baseline_ns.end());
      candidate.assign(series.candidate_ns.begin(), series.candidate_ns.end());
    } else {
      // Starts in the order of time: two of each pair.
      const std::size_t begin = place(recording, pairs, bits);
      for (std::size_t start = 0; start < 2 * pairs; ++start) {
        const std::size_t at = (begin + start / 2) % recording.pairs();
        const std::int64_t latency =
            start % 2 == 0 ? recording.first_ns[at] : recording.second_ns[at];
        if (start < pairs) {
          baseline.push_back(static_cast<double>(latency));
        } else {
          candidate.push_back(static_cast<double>(injected(latency, injection, bits)));
        }
      }
    }
    if (rivals()[rival].slower(baseline, candidate)) ++called;
  }
  return static_cast<double>(called) / replays.count;
}

}  // namespace coldstart::gate
