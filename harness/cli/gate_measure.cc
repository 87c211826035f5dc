#include "harness/cli/gate_measure.h"

#include <algorithm>
#include <set>
#include <utility>

#include "harness/cli/gate_disturbed.h"
#include "harness/cli/gate_plan.h"
#include "harness/cli/record_run.h"
#include "harness/platform/host.h"
#include "harness/process/monotonic.h"
#include "results/compare/gate_pairs.h"
#include "results/report/cells.h"
#include "results/statistics/disturbed_starts.h"
#include "results/store/store.h"

namespace coldstart::cli {
namespace {

// A series that has never had a pair of answers is given up after so many tries: sooner where
// neither side answers, and where only one does, when that is enough for a FAIL (one chance in
// 2^17, for up to 100 functions and eight looks).
constexpr int kTriesWithoutAnswer = 5;
constexpr int kTriesOfOneSide = 17;
// Nor is it tried for ever where pairs fail now and then.
constexpr std::size_t kTriesForEachPair = 3;
// What a round takes is taken from so many, or from those of this part of the budget.
constexpr std::size_t kRoundsForPlan = 20;
constexpr std::int64_t kBudgetShareForPlan = 20;

std::string count_text(std::size_t count) {
  return results::format_count(static_cast<std::int64_t>(count));
}

class Judging {
 public:
  Judging(const PairsRequest& request, results::Store& store, Progress& progress, RunInfo info)
      : request_(request),
        store_(store),
        progress_(progress),
        info_(std::move(info)),
        keys_(harness::paired_series(request.plan)),
        series_(keys_.size()),
        state_(keys_.size()) {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      series_[i].function = request.plan.functions[keys_[i].function].candidate.name;
      series_[i].cache = name(keys_[i].cache);
    }
  }

  void begin(std::vector<Function> functions, std::vector<Tier> tiers) {
    for (std::size_t i = 0; i < functions.size(); ++i) {
      const bool is_baseline = i % 2 == 0;
      if (functions[i].skipped) skipped_.insert(i / 2);
      functions[i].name += is_baseline ? kBaselineSuffix : kCandidateSuffix;
    }
    info_.tiers = std::move(tiers);
    run_ = store_.begin_run(info_, functions);
    begun_ns_ = harness::monotonic_ns();
    deadline_ns_ = begun_ns_ + request_.budget.count();
  }

  // Of the next round.
  std::size_t wants(std::size_t series, std::size_t untold) {
    if (untold == 0) tell_given_up(series);
    if (harness::monotonic_ns() > deadline_ns_ || state_[series].given_up) return 0;
    state_[series].measured = state_[series].tries + untold;
    const std::size_t pairs = series_[series].pairs();
    if (!gate_) return pairs + untold < most() ? 1 : 0;
    if (gate_->finished() || gate_->is_decided(series)) return 0;
    // While a window goes on nobody waits for its end: what is measured meanwhile is looked at,
    // too.
    const std::size_t planned = gate_->planned_pairs(series);
    if (pairs >= gate_->pairs_at_next_look(series) || pairs + untold >= planned) return 0;
    return std::min(gate_->pairs_a_round(series), planned - pairs - untold);
  }

  void take(harness::MeasuredPair pair) {
    State& state = state_[pair.series];
    ++state.tries;
    state.took_ns += pair.took_ns;
    const bool repeat = disturbed_.repeats(pair.disturbance, gate_ ? most_pairs() : 0);
    store(pair, repeat);
    if (!repeat) count(pair);
    const results::PairSeries& series = series_[pair.series];
    // Lost events pass, and what only one side fails to answer may be a FAIL.
    const bool one_answers = series.baseline_failed + series.candidate_failed + series.left_out > 0;
    if (series.pairs() == 0 &&
        state.trials >= (one_answers ? kTriesOfOneSide : kTriesWithoutAnswer)) {
      give_up(pair.series);
    }
    if (gate_ && state.tries > kTriesForEachPair * gate_->planned_pairs(pair.series)) {
      give_up(pair.series);
    }
    plan(std::max(state.measured, state.tries));
  }

  // When all pairs of a window were taken.
  void look() {
    while (gate_ && !gate_->finished() && !gate_->all_decided()) {
      bool waits = false;
      for (std::size_t i = 0; i < series_.size(); ++i) {
        if (gate_->is_decided(i) || state_[i].given_up || skipped_.contains(keys_[i].function)) {
          continue;
        }
        waits = true;
        if (series_[i].pairs() < gate_->pairs_at_next_look(i)) return;
      }
      // Where nothing is waited for, nothing more will come.
      gate_->look(series_, !waits);
      tell();
    }
  }

  // What there is when measuring has ended.
  void finish() {
    for (std::size_t i = 0; i < series_.size(); ++i) tell_given_up(i);
    if (!gate_)
      gate_.emplace(request_.gate, series_.size(), std::vector{std::max(most(), std::size_t{1})});
    if (!gate_->finished() && !gate_->all_decided()) gate_->look(series_, true);
  }

  std::vector<results::FunctionVerdict> verdicts() const {
    std::vector<results::FunctionVerdict> verdicts;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (!skipped_.contains(keys_[i].function)) verdicts.push_back(gate_->verdicts()[i]);
    }
    return verdicts;
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> notes = notes_;
    for (std::string& note : disturbed_.notes()) notes.push_back(std::move(note));
    if (left_out_ > 0) {
      notes.push_back(
          count_text(left_out_) +
          " pairs were left out: probe events were lost, or a cache state was not proven");
    }
    return notes;
  }

  // Pairs at most, as far as it is known yet.
  std::size_t most_pairs() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      sum += gate_ ? gate_->planned_pairs(i) : most();
    }
    return sum;
  }

  std::int64_t run() const { return run_; }
  const std::vector<std::size_t>& looks() const { return gate_->looks(); }

 private:
  struct State {
    std::size_t tries = 0;
    std::size_t measured = 0;  // at least; those that were not told yet among them
    int trials = 0;            // of pairs that count
    int disturbed = 0;         // and of those that do not
    std::int64_t took_ns = 0;  // all tries
    bool given_up = false;
    bool told_of_it = false;
  };

  void store(harness::MeasuredPair& pair, bool repeat) {
    State& state = state_[pair.series];
    const int trial = repeat ? ++state.disturbed : ++state.trials;
    const auto store_one = [&](Start& start, std::string_view suffix) {
      start.function = series_[pair.series].function + std::string(suffix);
      start.load = repeat ? results::kDisturbedLoad : "cold";
      start.trial = trial;
      start.order = ++order_;
      store_.add_start(run_, start);
    };
    if (pair.baseline_first) store_one(pair.baseline, kBaselineSuffix);
    store_one(pair.candidate, kCandidateSuffix);
    if (!pair.baseline_first) store_one(pair.baseline, kBaselineSuffix);
  }

  void count(const harness::MeasuredPair& pair) {
    results::PairSeries& series = series_[pair.series];
    const bool baseline_ok = pair.baseline.outcome == Outcome::kOk;
    const bool candidate_ok = pair.candidate.outcome == Outcome::kOk;
    if (baseline_ok != candidate_ok) {
      ++(baseline_ok ? series.candidate_failed : series.baseline_failed);
    }
    const auto before = latency_ns(pair.baseline.timeline);
    const auto after = latency_ns(pair.candidate.timeline);
    if (!pair.baseline.usable() || !pair.candidate.usable() || !before || !after) {
      if (baseline_ok && candidate_ok) {
        ++left_out_;
        ++series.left_out;
      }
      return;
    }
    series.baseline_ns.push_back(*before);
    series.candidate_ns.push_back(*after);
  }

  void give_up(std::size_t series) { state_[series].given_up = true; }

  // When all of its pairs are stored: those that were measured before it was known count, too.
  void tell_given_up(std::size_t series) {
    State& state = state_[series];
    if (!state.given_up || state.told_of_it) return;
    state.told_of_it = true;
    progress_.warn(series_[series].function + ": given up: " + count_text(state.tries) +
                   " pairs were tried, and " + count_text(series_[series].pairs()) + " count");
  }

  std::size_t most() const { return request_.most_pairs; }

  // As soon as it is known what a round takes, and before anything was looked at. The first rounds
  // are slower than those after them: some are waited for, unless they take much of the time.
  void plan(std::size_t rounds) {
    if (gate_ || rounds == 0) return;
    const std::int64_t passed = harness::monotonic_ns() - begun_ns_;
    const bool is_time = passed >= request_.budget.count() / kBudgetShareForPlan;
    std::vector<double> costs(series_.size(), 0.0);  // of a pair
    std::int64_t for_nothing = 0, in_pairs = 0;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (skipped_.contains(keys_[i].function)) continue;
      const State& state = state_[i];
      in_pairs += state.took_ns;
      // One that has never answered, slowly, must not keep the others from their time.
      const bool is_dead =
          state.given_up || (is_time && series_[i].pairs() == 0 && state.trials > 0);
      if (is_dead) {
        for_nothing += state.took_ns;
        continue;
      }
      if (series_[i].pairs() == 0) return;
      costs[i] = static_cast<double>(state.took_ns) / static_cast<double>(state.tries);
    }
    if (rounds < std::min(kRoundsForPlan, most()) && !is_time) return;
    // What is not in the pairs: storing them, the ends of windows.
    const double overhead = static_cast<double>(std::max<std::int64_t>(passed - in_pairs, 0)) /
                            static_cast<double>(rounds);
    const auto time = static_cast<double>(request_.budget.count() - for_nothing);
    const PairsPlan plan = plan_pairs(costs, {std::max(time, 1.0), overhead, most()});
    if (plan.affordable < most()) {
      notes_.push_back("the time budget allows about " + count_text(plan.affordable) + " of " +
                       count_text(most()) + " pairs of the dearest function; more with --budget");
    }
    gate_.emplace(request_.gate, series_.size(), results::planned_looks(plan.rounds),
                  plan.pairs_a_round);
  }

  void tell() const {
    std::string text = "look: ";
    for (const results::FunctionVerdict& verdict : gate_->verdicts()) {
      const auto* median = verdict.find(results::Metric::kMedian);
      if (median == nullptr || !median->change) continue;
      std::string change = std::to_string(100 * *median->change);
      text += verdict.function + " " + change.substr(0, change.find('.') + 2) + " %  ";
    }
    progress_.note(text);
  }

  const PairsRequest& request_;
  results::Store& store_;
  Progress& progress_;
  RunInfo info_;
  std::vector<harness::PairedSeries> keys_;
  std::vector<results::PairSeries> series_;
  std::vector<State> state_;
  std::set<std::size_t> skipped_;      // functions
  std::optional<results::Gate> gate_;  // once the number of pairs is planned
  std::int64_t run_ = 0;
  std::int64_t begun_ns_ = 0;
  std::int64_t deadline_ns_ = 0;
  std::size_t left_out_ = 0;
  DisturbedPairs disturbed_;
  int order_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace

JudgedPairs measure_and_judge(harness::Platform& platform, const harness::Launcher& launcher,
                              const Globals& globals, Progress& progress,
                              const PairsRequest& request) {
  results::Store store(globals.db, results::Store::Mode::kWrite);
  RunInfo info = run_info(globals, request.title, request.label, request.plan.seed);
  Judging judging(request, store, progress, std::move(info));
  int pairs = 0;
  harness::PairedSink sink;
  sink.begin = [&](const std::vector<Function>& functions) {
    judging.begin(functions, tiers_of(platform.session()));
  };
  sink.wants = [&](std::size_t series, std::size_t untold) {
    return judging.wants(series, untold);
  };
  sink.measured = [&](harness::MeasuredPair pair) {
    ++pairs;
    judging.take(std::move(pair));
  };
  sink.told = [&] { judging.look(); };
  sink.progress = [&](const std::string& what) {
    progress.show(what, pairs, static_cast<int>(judging.most_pairs()));
  };
  sink.warn = [&](const std::string& line) { progress.warn(line); };
  const harness::PairedResult measured =
      harness::measure_pairs(platform, request.plan, launcher.pid(), sink);
  progress.clear();

  JudgedPairs result;
  result.run = judging.run();
  result.interrupted_by = measured.interrupted_by;
  if (result.run != 0) {
    store.finish_run(result.run, measured.interrupted_by ? std::string() : harness::utc_now(),
                     platform.session().lost_events(), tiers_of(platform.session()));
  }
  if (measured.interrupted_by) return result;
  judging.finish();
  result.looks = judging.looks();
  result.verdicts = judging.verdicts();
  result.notes = judging.notes();
  if (!measured.noise.empty()) result.notes.push_back("meanwhile " + measured.noise);
  return result;
}

}  // namespace coldstart::cli
