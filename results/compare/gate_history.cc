#include "results/compare/gate_history.h"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/hypergeometric.hpp>

#include "results/report/cells.h"
#include "results/statistics/planning.h"
#include "results/statistics/summary.h"

namespace coldstart::results {
namespace {

// A slowdown that is told as "would have been seen" up to this: tenfold.
constexpr double kUselessChange = 9;

std::uint64_t gibibytes(const Host& host) { return (host.memory_bytes + (1ULL << 29U)) >> 30U; }

std::optional<std::int64_t> value_of(const Summary& summary, Metric metric) {
  switch (metric) {
    case Metric::kMedian:
      return summary.median_ns;
    case Metric::kP90:
      return summary.p90_ns;
    case Metric::kP99:
      return summary.p99_ns;
  }
  return std::nullopt;
}

bool same_setting(const Summary& a, const Summary& b) {
  return a.function == b.function && a.load == b.load && a.cache == b.cache;
}

MetricVerdict judge_metric(const std::vector<double>& past, std::int64_t now_ns, Metric metric,
                           double alpha_fail, const GateOptions& options) {
  MetricVerdict verdict;
  verdict.metric = metric;
  verdict.candidate_ns = static_cast<double>(now_ns);
  const auto prediction = predict(past);
  if (!prediction || past.size() < kFewestPastRuns) {
    verdict.reason = "needs " + std::to_string(kFewestPastRuns) +
                     " past runs on this host, there are " + std::to_string(past.size());
    return verdict;
  }
  const double margin = std::log1p(options.margin);
  const double distance = std::log(static_cast<double>(now_ns)) - prediction->mean;
  const double low = distance - prediction->half_width(alpha_fail);
  const double high = distance + prediction->half_width(options.alpha_pass);
  verdict.baseline_ns = std::exp(prediction->mean);
  verdict.change = std::expm1(distance);
  verdict.low = std::expm1(low);
  verdict.high = std::expm1(high);
  const double smallest = std::expm1(margin + prediction->half_width(alpha_fail));
  if (smallest < kUselessChange) verdict.smallest_change = smallest;
  verdict.improved = distance + prediction->half_width(alpha_fail) < -margin;
  if (low > margin) {
    verdict.verdict = Verdict::kFail;
  } else if (high < margin) {
    verdict.verdict = Verdict::kPass;
  } else {
    verdict.reason = "past runs differ too much from each other to tell";
  }
  return verdict;
}

std::string count_text(std::size_t count) { return format_count(static_cast<std::int64_t>(count)); }

struct Outcomes {
  std::size_t failed = 0;
  std::size_t starts = 0;

  void add(const Summary& summary) {
    failed += summary.failed();
    starts += summary.failed() + summary.n + summary.lost + summary.unproven;
  }
};

// Fisher's exact test, one-sided: so many failed starts now, or more, if those of all runs were
// spread by chance.
double p_more_failed(const Outcomes& past, const Outcomes& now) {
  if (now.failed == 0 || past.starts == 0) return 1;
  const boost::math::hypergeometric chance(static_cast<unsigned>(past.failed + now.failed),
                                           static_cast<unsigned>(now.starts),
                                           static_cast<unsigned>(past.starts + now.starts));
  const auto fewest = static_cast<unsigned>(
      std::max<std::int64_t>(0, static_cast<std::int64_t>(past.failed + now.failed) -
                                    static_cast<std::int64_t>(past.starts)));
  if (now.failed <= fewest) return 1;  // it could not be fewer
  return cdf(complement(chance, static_cast<unsigned>(now.failed - 1)));
}

// What answers less often has not become faster.
void judge_outcomes(const Outcomes& past, const Outcomes& now, double alpha,
                    FunctionVerdict& verdict) {
  verdict.baseline_failed = past.failed;
  verdict.candidate_failed = now.failed;
  if (now.starts > 0 && now.failed == now.starts) {
    verdict.verdict = Verdict::kFail;
    verdict.reason = "none of its " + count_text(now.starts) + " starts answered";
  } else if (p_more_failed(past, now) <= alpha) {
    verdict.verdict = Verdict::kFail;
    verdict.reason = count_text(now.failed) + " of " + count_text(now.starts) +
                     " starts failed, and " + count_text(past.failed) + " of " +
                     count_text(past.starts) + " in past runs";
  }
}

const Function* find_function(const Run& run, const std::string& name) {
  const auto found = std::ranges::find(run.functions, name, &Function::name);
  return found == run.functions.end() ? nullptr : &*found;
}

// The cold starts that count, of one function in one cache state.
std::vector<const Start*> cold_starts(const Run& run, const FunctionVerdict& setting) {
  std::vector<const Start*> starts;
  for (const Start& start : run.starts) {
    if (start.function == setting.function && start.cache == setting.cache &&
        start.load == "cold" && start.usable()) {
      starts.push_back(&start);
    }
  }
  return starts;
}

}  // namespace

std::string host_fingerprint(const Host& host) {
  return host.cpu + ", " + std::to_string(host.cpus) + " CPUs, " + std::to_string(gibibytes(host)) +
         " GiB, " + host.kernel + ", " + host.os;
}

std::string host_difference(const Host& past, const Host& now) {
  std::string text;
  const auto compare = [&](const char* what, const std::string& a, const std::string& b) {
    if (a == b) return;
    text += (text.empty() ? "" : "; ") + std::string(what) + " '" + a + "' and '" + b + "'";
  };
  compare("CPU", past.cpu, now.cpu);
  compare("CPUs", std::to_string(past.cpus), std::to_string(now.cpus));
  compare("GiB of memory", std::to_string(gibibytes(past)), std::to_string(gibibytes(now)));
  compare("kernel", past.kernel, now.kernel);
  compare("system", past.os, now.os);
  return text;
}

bool is_same_function(const Run& past, const Run& now, const std::string& name) {
  const Function* before = find_function(past, name);
  const Function* function = find_function(now, name);
  return before == nullptr || function == nullptr ||
         (before->runtime == function->runtime && before->contract == function->contract);
}

std::vector<FunctionVerdict> judge_history(const std::vector<const Run*>& past, const Run& now,
                                           const GateOptions& options) {
  std::vector<std::vector<Summary>> summaries;
  summaries.reserve(past.size());
  for (const Run* run : past) {
    summaries.push_back(summarize(*run));
    std::erase_if(summaries.back(), [&](const Summary& summary) {
      return !is_same_function(*run, now, summary.function);
    });
  }
  const std::vector<Summary> current = summarize(now);
  const double family =
      static_cast<double>(std::max<std::size_t>(current.size() * options.gating.size(), 1));

  std::vector<FunctionVerdict> verdicts;
  for (const Summary& summary : current) {
    FunctionVerdict& verdict = verdicts.emplace_back();
    verdict.function = summary.function;
    verdict.cache = summary.cache;
    verdict.look = 1;
    Outcomes past_outcomes;
    for (const auto& of_run : summaries) {
      for (const Summary& other : of_run) {
        if (same_setting(other, summary)) past_outcomes.add(other);
      }
    }
    bool any_failed = false;
    bool all_passed = true;
    for (const Metric metric : options.gating) {
      std::vector<double> logs;
      for (const auto& of_run : summaries) {
        const auto found = std::ranges::find_if(
            of_run, [&](const Summary& other) { return same_setting(other, summary); });
        if (found == of_run.end()) continue;
        const auto value = value_of(*found, metric);
        if (value && *value > 0) logs.push_back(std::log(static_cast<double>(*value)));
      }
      verdict.pairs = std::max(verdict.pairs, logs.size());
      const auto value = value_of(summary, metric);
      if (value) {
        // Bonferroni: the few runs of a history leave nothing for Holm's steps to win.
        verdict.metrics.push_back(
            judge_metric(logs, *value, metric, options.alpha_fail / family, options));
      } else {
        MetricVerdict& unknown = verdict.metrics.emplace_back();
        unknown.metric = metric;
        unknown.reason = "too few starts of this run answered (" +
                         format_count(static_cast<std::int64_t>(summary.n)) + ")";
        if (const std::size_t out = summary.lost + summary.unproven; out > 0) {
          unknown.reason += "; of " + format_count(static_cast<std::int64_t>(out)) +
                            " probe events were lost, or the cache state was not proven";
        }
      }
      any_failed = any_failed || verdict.metrics.back().verdict == Verdict::kFail;
      all_passed = all_passed && verdict.metrics.back().verdict == Verdict::kPass;
    }
    verdict.verdict = any_failed   ? Verdict::kFail
                      : all_passed ? Verdict::kPass
                                   : Verdict::kInconclusive;
    Outcomes outcomes;
    outcomes.add(summary);
    judge_outcomes(past_outcomes, outcomes,
                   options.alpha_fail / static_cast<double>(current.size()), verdict);
  }
  return verdicts;
}

std::vector<std::vector<StartPair>> pairs_with_history(
    const std::vector<const Run*>& past, const Run& now,
    const std::vector<FunctionVerdict>& verdicts) {
  std::vector<std::vector<StartPair>> pairs;
  for (const FunctionVerdict& verdict : verdicts) {
    pairs.emplace_back();
    std::vector<std::vector<const Start*>> before;
    for (const Run* run : past) {
      if (!is_same_function(*run, now, verdict.function)) continue;
      before.push_back(cold_starts(*run, verdict));
      if (before.back().empty()) before.pop_back();
    }
    if (before.empty()) continue;
    std::size_t next = 0;
    for (const Start* start : cold_starts(now, verdict)) {
      const auto& of_run = before[next % before.size()];
      pairs.back().push_back({of_run[next / before.size() % of_run.size()], start});
      ++next;
    }
  }
  return pairs;
}

}  // namespace coldstart::results
