#include "harness/platform/measure.h"

#include <algorithm>
#include <random>
#include <utility>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "harness/load/driven_functions.h"
#include "harness/platform/acquaintance.h"
#include "harness/platform/drive_load.h"
#include "harness/platform/interruptible.h"
#include "harness/platform/load_record.h"
#include "harness/process/monotonic.h"
#include "results/model/duration.h"

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

// Uniform in [0, bound), the same on every platform (std::uniform_int_distribution is not).
std::uint64_t draw(std::mt19937_64& generator, std::uint64_t bound) {
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  for (;;) {
    const std::uint64_t value = generator();
    if (value < limit) return value % bound;
  }
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

// What was learned of a function from its rehearsal and since.
struct Known : Acquaintance {
  Patience patience;
  bool given_up = false;
};

// What takes part in the blocks: a function in one of its cache states.
struct Candidate {
  std::size_t function = 0;
  CacheState cache = CacheState::kPageCache;
  int trials = 0;
  int done = 0;
};

// Of a function, in all its cache states.
int untried(const std::vector<Candidate>& candidates, std::size_t function) {
  int count = 0;
  for (const Candidate& candidate : candidates) {
    if (candidate.function == function) count += candidate.trials - candidate.done;
  }
  return count;
}

std::string given_up_text(int untried_starts) {
  return "given up: it never answered and failed " + std::to_string(kPatience) +
         " times in a row in this way, its rehearsal among them, so " +
         std::to_string(untried_starts) + (untried_starts == 1 ? " start was" : " starts were") +
         " not tried; --keep-going tries all";
}

asio::awaitable<void> rehearse_all(Platform& platform, const MeasurePlan& plan,
                                   const MeasureSink& sink, const std::vector<Function>& described,
                                   std::vector<Known>& known, int total,
                                   const std::optional<int>& interrupted) {
  for (std::size_t i = 0; i < plan.functions.size(); ++i) {
    if (described[i].skipped) continue;
    const FunctionSpec& spec = plan.functions[i];
    sink.progress("rehearsing " + spec.name, 0, total);
    const Start start = co_await rehearse(platform, spec, known[i]);
    if (interrupted) co_return;
    known[i].patience.lasts_after(start);
    if (const auto line = complaint(spec, start); line && sink.warn) sink.warn(*line);
  }
}

// The state of a run from load to load.
struct Progress {
  std::vector<FunctionSpec> functions;  // of the run: those of the plan, then those of its traces
  std::vector<Function> described;
  std::vector<Known> known;
  int order = 0;
};

bool drives(const LoadSpec& load, const FunctionSpec& function) {
  return load.functions.empty() || std::find(load.functions.begin(), load.functions.end(),
                                             function.name) != load.functions.end();
}

bool is_cold(const LoadSpec& load) {
  return !load.parallel && std::holds_alternative<ColdPattern>(load.pattern);
}

std::vector<Candidate> candidates_of(const MeasurePlan& plan, const LoadSpec& load,
                                     const std::vector<Function>& described) {
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < plan.functions.size(); ++i) {
    const FunctionSpec& spec = plan.functions[i];
    if (described[i].skipped || !drives(load, spec)) continue;
    for (const CacheState cache : spec.caches) candidates.push_back({i, cache, spec.trials, 0});
  }
  return candidates;
}

int total_of(const std::vector<Candidate>& candidates) {
  int total = 0;
  for (const Candidate& candidate : candidates) total += candidate.trials;
  return total;
}

FunctionSpec for_load(FunctionSpec function, const LoadSpec& load) {
  if (load.timeout) function.timeout = *load.timeout;
  return function;
}

// `begin_ns`: of the load, CLOCK_MONOTONIC.
bool is_over(const LoadSpec& load, std::int64_t begin_ns) {
  return load.duration && monotonic_ns() - begin_ns >= load.duration->count();
}

// Whether a function is left that was not given up.
bool can_go_on(const std::vector<Candidate>& candidates, const Progress& run) {
  return std::any_of(candidates.begin(), candidates.end(), [&run](const Candidate& candidate) {
    return !run.known[candidate.function].given_up;
  });
}

asio::awaitable<void> run_cold(Platform& platform, const MeasurePlan& plan, const LoadSpec& load,
                               std::int64_t begin_ns, const MeasureSink& sink, Progress& run,
                               const std::optional<int>& interrupted) {
  std::vector<Candidate> candidates = candidates_of(plan, load, run.described);
  std::vector<int> trials;  // of each candidate
  for (const Candidate& candidate : candidates) trials.push_back(candidate.trials);
  int total = total_of(candidates);
  int started = 0;
  const std::vector<std::size_t> order = interleaved_order(trials, load.seed.value_or(plan.seed));
  std::size_t turn = 0;  // in the warm-up
  for (std::size_t next = 0; next < order.size();) {
    const bool warms_up =
        monotonic_ns() - begin_ns < load.warmup.count() && can_go_on(candidates, run);
    const std::size_t i = warms_up ? turn++ % candidates.size() : order[next++];
    Candidate& candidate = candidates[i];
    const FunctionSpec spec = for_load(plan.functions[candidate.function], load);
    Known& function = run.known[candidate.function];
    if (function.given_up) continue;
    if (is_over(load, begin_ns)) {
      if (sink.warn) {
        sink.warn("load " + load.name + ": its duration of " +
                  format_duration(load.duration->count()) + " is over after " +
                  std::to_string(started) + " of " + std::to_string(total) + " starts");
      }
      break;
    }
    if (warms_up) {  // it takes no trial from anybody
      candidate.trials += 1;
      total += 1;
    }
    const std::string cache(name(candidate.cache));
    sink.progress(spec.caches.size() > 1 ? spec.name + ", " + cache : spec.name, started, total);
    StartOptions options = start_options(function, candidate.cache, plan.drop_caches);
    options.tracks = plan.tracks;
    Start start = co_await platform.cold_start(spec, options);
    if (interrupted) co_return;
    start.function = spec.name;
    start.load = load.name;
    start.cache = cache;
    start.trial = ++candidate.done;
    start.order = ++run.order;
    started += 1;
    const int left = untried(candidates, candidate.function);
    if (!function.patience.lasts_after(start) && !plan.keep_going && left > 0) {
      function.given_up = true;
      total -= left;
      if (sink.warn) sink.warn(spec.name + ": " + given_up_text(left));
      start.message += (start.message.empty() ? "" : "; ") + given_up_text(left);
    }
    sink.started(start);
  }
}

// A load and the functions that it drives, as indices into the functions of the run.
struct PlannedLoad {
  LoadSpec load;
  std::vector<std::size_t> functions;
};

std::size_t index_of(const std::vector<FunctionSpec>& functions, const std::string& name) {
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&name](const auto& f) { return f.name == name; });
  return static_cast<std::size_t>(found - functions.begin());
}

// Reads the traces: their functions are functions of the run, too.
std::vector<PlannedLoad> plan_loads(const MeasurePlan& plan, Progress& run) {
  std::vector<FunctionSpec> possible;
  for (std::size_t i = 0; i < plan.functions.size(); ++i) {
    if (!run.described[i].skipped) possible.push_back(plan.functions[i]);
  }
  std::vector<PlannedLoad> planned;
  for (const LoadSpec& load : plan.loads) {
    PlannedLoad& next = planned.emplace_back(PlannedLoad{load, {}});
    for (const FunctionSpec& spec : driven_functions(next.load, possible)) {
      const std::size_t index = index_of(run.functions, spec.name);
      next.functions.push_back(index);
      if (index < run.functions.size()) continue;
      run.functions.push_back(spec);
      Function described = run.described[index_of(plan.functions, spec.sweep_of)];
      described.name = spec.name;
      described.sweep_of = spec.sweep_of;
      described.sweep_key = spec.sweep_key;
      run.described.push_back(std::move(described));
    }
  }
  return planned;
}

asio::awaitable<std::int64_t> run_load(Platform& platform, const MeasurePlan& plan,
                                       const PlannedLoad& planned, std::uint32_t index,
                                       const MeasureSink& sink, Progress& run,
                                       Interruptible& work) {
  const LoadSpec& load = planned.load;
  std::vector<DrivenFunction> functions;
  for (const std::size_t i : planned.functions) {
    const FunctionSpec& spec = run.functions[i];
    // Of a trace's function, what is known of the one that it is a copy of.
    const std::size_t original =
        i < plan.functions.size() ? i : index_of(plan.functions, spec.sweep_of);
    functions.push_back({spec, static_cast<std::uint32_t>(i), run.known[original].any_port});
  }
  Load record = describe_load(load);
  DriveContext context;
  context.arrivals = [&plan, &load](std::size_t position, std::size_t count) {
    return make_arrivals(load, plan.seed, position, count);
  };
  context.sink = sink.batches;
  context.progress = [&](const std::string& line) {
    if (sink.load_progress) sink.load_progress(load.name + ", " + line);
  };
  context.on_interrupt = &work.on_interrupt;
  context.begin = [&](std::int64_t begin_ns) {
    record.begin_ns = begin_ns;
    if (sink.load_begins) sink.load_begins(record);
  };
  context.order = &run.order;
  const std::int64_t took = co_await drive_load(platform, load, index, functions, context);
  if (record.begin_ns == 0) context.begin(monotonic_ns());  // nothing to drive: all were skipped
  co_return took;
}

asio::awaitable<void> run_plan(Platform& platform, const MeasurePlan& plan, const MeasureSink& sink,
                               Interruptible& work) {
  Progress run;
  run.functions = plan.functions;
  for (const FunctionSpec& spec : plan.functions) run.described.push_back(describe(spec));
  run.known.resize(plan.functions.size());
  platform.check_limits(plan.functions);
  const std::vector<PlannedLoad> planned = plan_loads(plan, run);
  for (const PlannedLoad& load : planned) {
    std::vector<FunctionSpec> driven;
    for (const std::size_t i : load.functions) driven.push_back(run.functions[i]);
    check_load(load.load, driven);
  }
  const int total = total_of(candidates_of(plan, plan.loads.front(), run.described));
  co_await rehearse_all(platform, plan, sink, run.described, run.known, total, work.signal());
  if (work.signal()) co_return;
  sink.begin(run.described);

  for (std::size_t i = 0; i < planned.size(); ++i) {
    const LoadSpec& load = planned[i].load;
    const auto index = static_cast<std::uint32_t>(i);
    std::int64_t duration_ns = 0;
    if (is_cold(load)) {
      Load record = describe_load(load);
      record.begin_ns = monotonic_ns();
      if (sink.load_begins) sink.load_begins(record);
      co_await run_cold(platform, plan, load, record.begin_ns, sink, run, work.signal());
      duration_ns = monotonic_ns() - record.begin_ns;
    } else {
      duration_ns = co_await run_load(platform, plan, planned[i], index, sink, run, work);
    }
    if (work.signal()) co_return;
    if (sink.load_ends) sink.load_ends(index, duration_ns);
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
  work.run(run_plan(platform, plan, sink, work));
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
