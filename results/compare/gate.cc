#include "results/compare/gate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/binomial.hpp>

#include "results/compare/gate_evidence.h"
#include "results/report/cells.h"
#include "results/statistics/alpha_spending.h"
#include "results/statistics/multiplicity.h"
#include "results/statistics/planning.h"

namespace coldstart::results {
namespace {

constexpr std::array<std::string_view, 3> kVerdictNames = {"PASS", "FAIL", "INCONCLUSIVE"};
constexpr std::array<std::string_view, 3> kMetricNames = {"median", "p90", "p99"};
constexpr std::array kMetrics = {Metric::kMedian, Metric::kP90, Metric::kP99};

// Of these shares of the planned pairs.
constexpr std::array kLookShares = {0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0};
constexpr std::size_t kFewestBetweenLooks = 8;

// A number of pairs that nobody will measure; what needs more is too near to the margin.
constexpr std::uint64_t kHopeless = 1'000'000;

double change_of(double log_ratio) { return std::expm1(log_ratio); }

}  // namespace

std::string_view name(Verdict verdict) {
  return kVerdictNames.at(static_cast<std::size_t>(verdict));
}
std::string_view name(Metric metric) { return kMetricNames.at(static_cast<std::size_t>(metric)); }
std::optional<Metric> metric_from_name(std::string_view text) {
  const auto found = std::ranges::find(kMetricNames, text);
  if (found == kMetricNames.end()) return std::nullopt;
  return static_cast<Metric>(found - kMetricNames.begin());
}

bool FunctionVerdict::improved() const {
  return std::ranges::any_of(metrics, [](const MetricVerdict& m) { return m.gates && m.improved; });
}

const MetricVerdict* FunctionVerdict::find(Metric metric) const {
  const auto found =
      std::ranges::find_if(metrics, [&](const MetricVerdict& m) { return m.metric == metric; });
  return found == metrics.end() ? nullptr : &*found;
}

std::vector<std::size_t> planned_looks(std::size_t pairs) {
  std::vector<std::size_t> looks;
  for (const double share : kLookShares) {
    const auto at = static_cast<std::size_t>(std::llround(share * static_cast<double>(pairs)));
    const std::size_t before = looks.empty() ? 0 : looks.back();
    if (share < 1 && (at < before + kFewestBetweenLooks || at + kFewestBetweenLooks > pairs)) {
      continue;
    }
    looks.push_back(at);
  }
  return looks;
}

Gate::Gate(GateOptions options, std::size_t functions, std::vector<std::size_t> looks,
           std::vector<std::size_t> pairs_a_round)
    : options_(std::move(options)),
      looks_(std::move(looks)),
      pairs_a_round_(pairs_a_round.empty() ? std::vector<std::size_t>(functions, 1)
                                           : std::move(pairs_a_round)),
      hypotheses_(functions * options_.gating.size()),
      decided_(functions, false),
      verdicts_(functions) {}

std::size_t Gate::next_look() const {
  const std::size_t done = done_.empty() ? 0 : done_.back();
  const auto next = std::ranges::upper_bound(looks_, done);
  return next == looks_.end() ? looks_.back() : *next;
}

bool Gate::all_decided() const {
  return std::ranges::all_of(decided_, [](bool d) { return d; });
}

// The level of a look depends on the looks before it, not on those after it. Numerical integration
// takes some milliseconds, and the same few levels are asked for again and again.
double Gate::level(double alpha) const {
  static std::map<std::pair<double, std::vector<double>>, double> known;
  static std::mutex asking;
  const std::scoped_lock lock(asking);
  const auto [entry, is_new] = known.try_emplace({alpha, fractions_}, 0.0);
  if (is_new) entry->second = obrien_fleming_levels(alpha, fractions_)[done_.size() - 1];
  return entry->second;
}

// Holm's steps at the level of this look: as long as the smallest p-value is small enough for as
// many hypotheses as are left.
void Gate::judge_failures(std::vector<std::vector<Evidence>>& evidence) {
  const double margin = std::log1p(options_.margin);
  std::vector<Evidence*> open;
  for (auto& of_function : evidence) {
    for (Evidence& metric : of_function) {
      if (!metric.known()) continue;
      metric.told.p_slower = metric.p_greater(margin);
      if (metric.told.gates && metric.may_gate) open.push_back(&metric);
    }
  }
  std::ranges::stable_sort(open, {}, [](const Evidence* e) { return e->told.p_slower; });
  for (Evidence* metric : open) {
    const double alpha = options_.alpha_fail /
                         static_cast<double>(std::max<std::size_t>(hypotheses_ - rejected_, 1));
    // A level of 0 (too small for a double) is never reached, not even by a p-value of 0.
    const double allowed = level(alpha);
    if (!(allowed > 0 && metric->told.p_slower <= allowed)) break;
    metric->failed = true;
    ++rejected_;
  }
}

void Gate::conclude(std::size_t function, std::vector<Evidence>& evidence) {
  FunctionVerdict& verdict = verdicts_[function];
  const double margin = std::log1p(options_.margin);
  const double family = static_cast<double>(std::max<std::size_t>(hypotheses_, 1));
  const double strict = options_.alpha_fail / family;
  const double step =
      options_.alpha_fail / static_cast<double>(std::max<std::size_t>(hypotheses_ - rejected_, 1));
  const double pass_level = level(options_.alpha_pass);
  bool any_failed = false;
  bool all_passed = true;
  for (Evidence& metric : evidence) {
    MetricVerdict& told = metric.told;
    if (metric.known()) {
      const auto n = static_cast<double>(verdict.pairs);
      const double deviation =
          metric.error * std::sqrt(n * 3 / boost::math::constants::pi<double>());
      if (const auto low = metric.lower_bound(level(step))) told.low = change_of(*low);
      if (const auto high = metric.upper_bound(pass_level)) told.high = change_of(*high);
      const bool passed = metric.may_gate && pass_level > 0 && metric.p_less(margin) <= pass_level;
      told.verdict = metric.failed ? Verdict::kFail
                     : passed      ? Verdict::kPass
                                   : Verdict::kInconclusive;
      // A PASS ends measuring, often before an improvement has crossed its own early bound: so each
      // look has an equal share of that error.
      told.improved =
          metric.may_gate && metric.p_less(-margin) <= strict / static_cast<double>(looks_.size());
      // With so few pairs that none could fail, nothing would have been seen.
      if (metric.lower_bound(level(strict))) {
        told.smallest_change = change_of(
            margin + smallest_distance(deviation, verdict.pairs, {strict, options_.power}));
      }
      if (told.verdict == Verdict::kInconclusive && metric.may_gate) {
        const double distance = margin - metric.centre;
        const double alpha = distance > 0 ? options_.alpha_pass : strict;
        const auto needed = pairs_needed(deviation, distance, {alpha, options_.power});
        if (needed && *needed <= kHopeless) {
          told.more_pairs = *needed > verdict.pairs ? *needed - verdict.pairs
                                                    : std::max<std::uint64_t>(8, verdict.pairs / 4);
        } else {
          told.reason = "the change is too near to the margin for any number of pairs";
        }
      }
      const auto for_margin =
          pairs_needed(deviation, margin, {options_.alpha_pass, options_.power});
      if (told.gates && told.verdict == Verdict::kInconclusive && metric.ranks &&
          for_margin.value_or(UINT64_MAX) > planned_pairs(function)) {
        verdict.too_noisy = FunctionVerdict::TooNoisy{
            change_of(deviation), for_margin.value_or(kHopeless),
            change_of(smallest_distance(deviation, planned_pairs(function),
                                        {options_.alpha_pass, options_.power}))};
      }
    }
    if (told.gates) {
      any_failed = any_failed || told.verdict == Verdict::kFail;
      all_passed = all_passed && told.verdict == Verdict::kPass;
    }
    verdict.metrics.push_back(told);
  }
  verdict.verdict = any_failed   ? Verdict::kFail
                    : all_passed ? Verdict::kPass
                                 : Verdict::kInconclusive;
}

// A candidate that answers less often has not become faster. Of the pairs of which one side failed,
// half should be the candidate's.
void Gate::judge_outcomes(const PairSeries& series, FunctionVerdict& verdict) const {
  verdict.baseline_failed = series.baseline_failed;
  verdict.candidate_failed = series.candidate_failed;
  const std::size_t failed = series.baseline_failed + series.candidate_failed;
  const auto text = [](std::size_t count) {
    return format_count(static_cast<std::int64_t>(count));
  };
  if (series.candidate_failed > 0) {
    const boost::math::binomial evenly(static_cast<double>(failed), 0.5);
    const double p = cdf(complement(evenly, static_cast<double>(series.candidate_failed) - 1));
    // Each look has an equal share of that error.
    if (p <= options_.alpha_fail / static_cast<double>(decided_.size() * looks_.size())) {
      verdict.verdict = Verdict::kFail;
      verdict.reason = text(series.candidate_failed) + " starts of the candidate failed, and " +
                       text(series.baseline_failed) + " of the baseline";
      return;
    }
  }
  if (series.pairs() == 0 && verdict.verdict == Verdict::kInconclusive) {
    verdict.reason = series.left_out == 0 ? "no pair of which both sides answered"
                                          : "no pair counts: of " + text(series.left_out) +
                                                " both sides answered, but probe events were lost "
                                                "or a cache state was not proven";
    if (failed + series.left_out > 0) {
      for (MetricVerdict& metric : verdict.metrics) metric.more_pairs.reset();
    }
  }
}

void Gate::look(std::span<const PairSeries> series, bool last) {
  std::size_t rounds = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    rounds = std::max(rounds, series[i].pairs() / pairs_a_round_[i]);
  }
  done_.push_back(std::max(rounds, done_.empty() ? std::size_t{1} : done_.back() + 1));
  finished_ = last || done_.back() >= looks_.back();

  // The last look has all the data that there will be, however many were planned, and may spend all
  // that is left.
  const double whole = finished_ ? static_cast<double>(done_.back())
                                 : static_cast<double>(std::max(looks_.back(), done_.back() + 1));
  fractions_.clear();
  for (const std::size_t at : done_) fractions_.push_back(static_cast<double>(at) / whole);
  if (!finished_) fractions_.push_back(1.0);

  std::vector<std::vector<Evidence>> evidence(series.size());
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (decided_[i]) continue;
    FunctionVerdict& verdict = verdicts_[i];
    verdict = {};
    verdict.function = series[i].function;
    verdict.cache = series[i].cache;
    verdict.pairs = series[i].pairs();
    verdict.pairs_a_round = pairs_a_round_[i];
    verdict.look = done_.size();
    for (const Metric metric : kMetrics) {
      const bool gates = std::ranges::find(options_.gating, metric) != options_.gating.end();
      const bool wanted = gates || metric != Metric::kP99 ||
                          (options_.report_p99 && series[i].pairs() >= fewest_pairs(metric));
      if (!wanted) continue;
      evidence[i].push_back(evidence_of(series[i], metric, options_.seed));
      evidence[i].back().told.gates = gates;
    }
  }
  judge_failures(evidence);
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (decided_[i]) continue;
    conclude(i, evidence[i]);
    judge_outcomes(series[i], verdicts_[i]);
    decided_[i] = finished_ || verdicts_[i].verdict != Verdict::kInconclusive;
  }
}

std::vector<FunctionVerdict> judge(std::span<const PairSeries> series, const GateOptions& options) {
  std::size_t pairs = 1;
  for (const PairSeries& one : series) pairs = std::max(pairs, one.pairs());
  Gate gate(options, series.size(), {pairs});
  gate.look(series, true);
  return gate.verdicts();
}

}  // namespace coldstart::results
