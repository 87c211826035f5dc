// The gate: decides from pairs of starts whether a candidate became slower than its baseline.
//
// A pair is two adjacent starts of one function, one of each side; what is judged is the ratio
// candidate / baseline. Two questions are asked of each function and each gating metric:
//   FAIL          it is slower by more than the margin. Asked so that all answers together are
//                 wrong with probability alpha_fail at most: Holm over the family of all questions.
//   PASS          it is not slower by the margin or more; wrong with probability alpha_pass at
//                 most, each.
//   INCONCLUSIVE  neither can be said yet.
// The data are looked at at planned numbers of pairs; both errors are spent over the looks (alpha
// spending after O'Brien & Fleming), so that stopping early does not raise them.
//
// A candidate that answers less often than its baseline fails, too; that question is apart from the
// others, and has an alpha_fail of its own (Bonferroni over functions and looks).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coldstart::results {

enum class Verdict : std::uint8_t { kPass, kFail, kInconclusive };
/// "PASS", "FAIL", "INCONCLUSIVE"
std::string_view name(Verdict verdict);

enum class Metric : std::uint8_t {
  kMedian,  ///< Hodges-Lehmann estimate of the log ratios, signed-rank bounds
  kP90,     ///< Harrell-Davis estimates on logs, bootstrap of whole pairs
  kP99,     ///< the same; gates from kPairsForP99 pairs on only
};
std::string_view name(Metric metric);
std::optional<Metric> metric_from_name(std::string_view text);

/// Fewer pairs say nothing about the 99th percentile (a distribution-free bound needs 299 at
/// least).
inline constexpr std::size_t kPairsForP99 = 1'000;

struct GateOptions {
  double margin = 0.02;  ///< a slowdown of up to 2 % is not worth a FAIL
  double alpha_fail = 0.01;
  double alpha_pass = 0.05;
  double power = 0.9;  ///< for "how many more pairs" and "the smallest change"
  std::vector<Metric> gating = {Metric::kMedian, Metric::kP90};
  bool report_p99 = true;  ///< also where it does not gate
  std::uint64_t seed = 0;  ///< of the bootstrap
};

/// The latencies of one function in one cache state, pair by pair in the order of measuring.
struct PairSeries {
  std::string function;
  std::string cache;
  std::vector<std::int64_t> baseline_ns;
  std::vector<std::int64_t> candidate_ns;
  /// Pairs that are not among them because only that side failed to answer.
  std::size_t baseline_failed = 0;
  std::size_t candidate_failed = 0;
  /// Nor these, of which both answered: one start lost probe events, or its cache state was not
  /// proven (Start::usable).
  std::size_t left_out = 0;

  std::size_t pairs() const { return baseline_ns.size(); }
};

/// A change is candidate / baseline - 1: 0.05 is 5 % slower.
struct MetricVerdict {
  Metric metric = Metric::kMedian;
  bool gates = true;
  Verdict verdict = Verdict::kInconclusive;
  bool improved = false;  ///< faster by more than the margin, as sure as a FAIL

  // Absent: too few pairs.
  std::optional<double> baseline_ns;  ///< the metric of each side alone
  std::optional<double> candidate_ns;
  std::optional<double> change;
  std::optional<double> low;   ///< FAIL if above the margin
  std::optional<double> high;  ///< PASS if below the margin
  double p_slower = 1;         ///< of the data, were it slower by the margin exactly; one-sided

  /// Of an INCONCLUSIVE: so many more pairs would probably settle it. Absent: the change is too
  /// near to the margin.
  std::optional<std::uint64_t> more_pairs;
  /// The smallest slowdown that so many pairs call a FAIL with probability `power`.
  std::optional<double> smallest_change;
  std::string reason;  ///< of an INCONCLUSIVE
};

struct FunctionVerdict {
  std::string function;
  std::string cache;
  Verdict verdict = Verdict::kInconclusive;
  std::size_t pairs = 0;
  std::size_t pairs_a_round = 1;  ///< cheap functions get several where a dear one gets one
  std::size_t look = 0;           ///< 1-based: at which it was decided, or the last
  std::size_t baseline_failed = 0;
  std::size_t candidate_failed = 0;
  std::vector<MetricVerdict> metrics;
  std::string reason;  ///< where the verdict does not come from the metrics: it does not start, …

  /// Set where the pairs differ too much for the margin.
  struct TooNoisy {
    double deviation = 0;  ///< of the ratio from pair to pair: 0.09 is 9 %
    std::uint64_t pairs_for_margin = 0;
    double margin_for_pairs = 0;  ///< that the planned pairs could decide
  };
  std::optional<TooNoisy> too_noisy;

  bool improved() const;
  const MetricVerdict* find(Metric metric) const;
};

/// Planned numbers of pairs at which the data are looked at; the last is `pairs`. Eight looks, the
/// early ones close together, for a large change is clear soon; fewer where there would be less
/// than 8 pairs between them.
std::vector<std::size_t> planned_looks(std::size_t pairs);

struct Evidence;  // gate_evidence.h

class Gate {
 public:
  /// `functions`: how many series there will be, always in the same order. `pairs_a_round`: of
  /// each; a look at n is a look at n rounds, that is at so many times n pairs. Empty: one each.
  Gate(GateOptions options, std::size_t functions, std::vector<std::size_t> looks,
       std::vector<std::size_t> pairs_a_round = {});

  const std::vector<std::size_t>& looks() const { return looks_; }
  std::size_t pairs_a_round(std::size_t function) const { return pairs_a_round_.at(function); }
  /// Pairs of a function by the last look, and by the next.
  std::size_t planned_pairs(std::size_t function) const {
    return looks_.back() * pairs_a_round_.at(function);
  }
  std::size_t pairs_at_next_look(std::size_t function) const {
    return next_look() * pairs_a_round_.at(function);
  }
  /// Rounds at which to look next, or later: planned looks that were passed by are left out. Not
  /// when finished.
  std::size_t next_look() const;

  /// Judges what is undecided. `last`: there will be no further look, though fewer pairs came than
  /// were planned. At the last planned look it is so anyway.
  void look(std::span<const PairSeries> series, bool last);

  bool is_decided(std::size_t function) const { return decided_.at(function); }
  bool all_decided() const;
  bool finished() const { return finished_; }

  /// Of the last look.
  const std::vector<FunctionVerdict>& verdicts() const { return verdicts_; }

 private:
  double level(double alpha) const;
  void judge_failures(std::vector<std::vector<Evidence>>& evidence);
  void conclude(std::size_t function, std::vector<Evidence>& evidence);
  void judge_outcomes(const PairSeries& series, FunctionVerdict& verdict) const;

  GateOptions options_;
  std::vector<std::size_t> looks_;
  std::vector<std::size_t> pairs_a_round_;
  std::vector<std::size_t> done_;  // looks that were taken, as rounds
  std::size_t hypotheses_;         // the family: functions x gating metrics
  std::size_t rejected_ = 0;       // of them, so far
  std::vector<bool> decided_;
  bool finished_ = false;
  std::vector<FunctionVerdict> verdicts_;
  std::vector<double> fractions_;  // of the looks so far, for level()
};

/// One look at all pairs that there are.
std::vector<FunctionVerdict> judge(std::span<const PairSeries> series, const GateOptions& options);

}  // namespace coldstart::results
