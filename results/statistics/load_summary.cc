#include "results/statistics/load_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/statistics/summary.h"

namespace coldstart::results {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::int64_t rounded_quantile(std::span<const std::int64_t> sorted, double q) {
  return std::llround(quantile(sorted, q));
}

std::optional<std::int64_t> latency_of(const Invocation& invocation) {
  return invocation.first_byte_ns ? invocation.first_byte_ns : invocation.done_ns;
}

/// The requests of one load × function, by index.
struct Group {
  std::vector<std::uint32_t> requests;  ///< without those of the warm-up
  std::vector<std::uint32_t> warmup;
};

using Groups = std::map<std::pair<std::uint32_t, std::uint32_t>, Group>;

Groups groups_of(const Run& run) {
  std::vector<std::int64_t> warmups;
  for (const Load& load : run.loads) warmups.push_back(warmup_ns(load));
  Groups groups;
  Group* group = nullptr;
  std::pair<std::uint32_t, std::uint32_t> key;
  for (std::size_t i = 0; i < run.invocations.size(); ++i) {
    const Invocation& invocation = run.invocations[i];
    const std::pair of(invocation.load, invocation.function);
    if (group == nullptr || key != of) {
      key = of;
      group = &groups[of];
    }
    if (invocation.due_ns < warmups.at(invocation.load)) {
      group->warmup.push_back(static_cast<std::uint32_t>(i));
    } else {
      group->requests.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return groups;
}

/// When a request was sent to an instance and when that had answered it.
struct Visit {
  std::uint64_t instance;
  std::int64_t sent_ns;
  std::int64_t due_ns;
  std::int64_t done_ns;  // kNever: not known
  bool counts;           // of a warm request after the warm-up
};

// How late warm requests were sent that found their instance idle. An instance of which it is not
// known when it had done with a request counts as busy until it gets the next one.
std::vector<std::int64_t> arrival_errors(const Run& run, const Group& group) {
  std::vector<Visit> visits;
  visits.reserve(group.requests.size());
  // Those of the warm-up may still keep an instance busy.
  for (const auto* requests : {&group.warmup, &group.requests}) {
    for (const std::uint32_t i : *requests) {
      const Invocation& r = run.invocations[i];
      if (r.instance == 0 || !r.sent_ns) continue;
      const auto done = r.done_ns ? r.done_ns : r.first_byte_ns;
      visits.push_back({r.instance, r.due_ns + *r.sent_ns, r.due_ns,
                        done ? r.due_ns + *done : kNever,
                        requests == &group.requests && !r.cold && r.outcome == Outcome::kOk});
    }
  }
  std::sort(visits.begin(), visits.end(), [](const Visit& a, const Visit& b) {
    return std::tie(a.instance, a.sent_ns) < std::tie(b.instance, b.sent_ns);
  });
  std::vector<std::int64_t> errors;
  std::int64_t busy_until = 0;
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const Visit& visit = visits[i];
    const bool first = i == 0 || visits[i - 1].instance != visit.instance;
    if (visit.counts && (first || busy_until <= visit.due_ns)) {
      errors.push_back(visit.sent_ns - visit.due_ns);
    }
    if (first || busy_until == kNever) busy_until = visit.done_ns;
    busy_until = std::max(busy_until, visit.done_ns);
  }
  return errors;
}

nlohmann::json parameters_of(const Load& load) {
  if (load.parameters.empty()) return nlohmann::json::object();
  nlohmann::json parameters = nlohmann::json::parse(load.parameters, nullptr, false);
  return parameters.is_object() ? parameters : nlohmann::json::object();
}

// In nanoseconds; 0: it has none. The suite says it in the time of the pattern.
std::int64_t time_of(const Load& load, const char* key) {
  const auto parameters = parameters_of(load);
  const auto found = parameters.find(key);
  if (found == parameters.end() || !found->is_number()) return 0;
  return std::llround(found->get<double>() * 1e9 / load.time_scale);
}

// Over the time in which requests were due that are counted.
void fill_rates(const Run& run, const Group& group, LoadSummary& summary) {
  if (group.requests.empty()) return;
  const Load& load = run.loads[summary.load];
  const std::int64_t begin = warmup_ns(load);
  const std::int64_t duration = time_of(load, "duration_s");
  std::int64_t first_due = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_due = begin;
  std::int64_t first_answer = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_answer = begin;
  for (const std::uint32_t i : group.requests) {
    const Invocation& r = run.invocations[i];
    first_due = std::min(first_due, r.due_ns);
    last_due = std::max(last_due, r.due_ns);
    if (r.outcome != Outcome::kOk) continue;
    const std::int64_t answer = r.due_ns + r.done_ns.value_or(latency_of(r).value_or(0));
    first_answer = std::min(first_answer, answer);
    last_answer = std::max(last_answer, answer);
  }
  const auto rate = [](std::size_t count, std::int64_t ns) -> std::optional<double> {
    if (ns <= 0) return std::nullopt;
    return static_cast<double>(count) * 1e9 / static_cast<double>(ns);
  };
  // n requests have n - 1 gaps, and where the pattern ends only its duration tells.
  if (duration > begin) {
    summary.offered_per_s = rate(summary.invocations, duration - begin);
    if (summary.answered > 0) {
      summary.answered_per_s = rate(summary.answered, std::max(duration, last_answer) - begin);
    }
  } else {
    summary.offered_per_s = rate(summary.invocations - 1, last_due - first_due);
    if (summary.answered > 1) {
      summary.answered_per_s = rate(summary.answered - 1, last_answer - first_answer);
    }
  }
}

void fill_requests(const Run& run, const Group& group, LoadSummary& summary) {
  std::vector<std::int64_t> cold;
  std::vector<std::int64_t> warm;
  std::vector<std::int64_t> queue;
  std::size_t placed = 0;
  std::size_t cold_placed = 0;
  for (const std::uint32_t i : group.requests) {
    const Invocation& r = run.invocations[i];
    ++summary.invocations;
    if (r.instance != 0) {
      ++placed;
      if (r.cold) ++cold_placed;
    }
    if (r.sent_ns) queue.push_back(*r.sent_ns);
    if (r.outcome != Outcome::kOk) {
      ++summary.failed_by[r.outcome];
      continue;
    }
    ++summary.answered;
    if (const auto latency = latency_of(r)) (r.cold ? cold : warm).push_back(*latency);
  }
  if (placed > 0) summary.cold_share = share_of(cold_placed, placed, kConfidence);
  std::vector<std::int64_t> all = cold;
  all.insert(all.end(), warm.begin(), warm.end());
  summary.all = summarize_latencies(std::move(all));
  summary.cold = summarize_latencies(std::move(cold));
  summary.warm = summarize_latencies(std::move(warm));
  summary.queue = summarize_latencies(std::move(queue));
  summary.arrival_error = summarize_latencies(arrival_errors(run, group));
  fill_rates(run, group, summary);
}

using Edges = std::vector<std::pair<std::int64_t, int>>;

// Edges (+1, -1) to counts. At one moment ends come first: what ended then was not there together
// with what began then.
std::vector<Step> steps_of(Edges edges) {
  std::sort(edges.begin(), edges.end());
  std::vector<Step> steps = {{0, 0}};
  int count = 0;
  for (const auto& [at_ns, change] : edges) {
    count += change;
    if (steps.back().at_ns != at_ns) steps.push_back({at_ns, count});
    steps.back().count = count;
  }
  return steps;
}

// What of it lies after `from_ns`.
void add_span(std::int64_t begin_ns, std::optional<std::int64_t> end_ns, std::int64_t from_ns,
              Edges& edges) {
  if (end_ns && *end_ns <= from_ns) return;
  edges.emplace_back(std::max(begin_ns, from_ns), 1);
  if (end_ns) edges.emplace_back(*end_ns, -1);
}

void add_life(const InstanceLife& life, std::int64_t from_ns, Edges& alive) {
  add_span(life.requested_ns, life.ended_ns, from_ns, alive);
}

void add_start(const InstanceLife& life, std::int64_t from_ns, Edges& starting) {
  add_span(life.requested_ns, life.ready_ns ? life.ready_ns : life.ended_ns, from_ns, starting);
}

std::size_t highest(const Edges& edges) {
  int count = 0;
  for (const Step& step : steps_of(edges)) count = std::max(count, step.count);
  return static_cast<std::size_t>(count);
}

struct Lives {
  Edges alive;
  Edges starting;
};

void fill_instances(const Run& run, std::vector<LoadSummary>& summaries) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> index;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    index.emplace(std::pair(summaries[i].load, summaries[i].function), i);
  }
  std::vector<Lives> lives(summaries.size());
  for (const InstanceLife& life : run.instances) {
    const auto found = index.find({life.load, life.function});
    if (found == index.end()) continue;
    const std::int64_t begin = warmup_ns(run.loads.at(life.load));
    if (life.ended_ns && *life.ended_ns <= begin && begin > 0) continue;
    LoadSummary& summary = summaries[found->second];
    ++summary.instances;
    if (!life.end.empty()) ++summary.ended_by[life.end];
    if (life.peak_memory_bytes) {
      summary.peak_memory_bytes =
          std::max(summary.peak_memory_bytes.value_or(0), *life.peak_memory_bytes);
    }
    add_life(life, begin, lives[found->second].alive);
    add_start(life, begin, lives[found->second].starting);
  }
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    summaries[i].max_instances = highest(lives[i].alive);
    summaries[i].max_starting = highest(lives[i].starting);
  }
}

template <typename Add>
std::vector<Step> over_time(const Run& run, std::uint32_t load, std::uint32_t function, Add add) {
  Edges edges;
  for (const InstanceLife& life : run.instances) {
    if (life.load == load && life.function == function) add(life, 0, edges);
  }
  return steps_of(std::move(edges));
}

}  // namespace

LatencySummary summarize_latencies(std::vector<std::int64_t> samples) {
  LatencySummary summary;
  summary.n = samples.size();
  if (samples.empty()) return summary;
  std::sort(samples.begin(), samples.end());
  summary.min_ns = samples.front();
  summary.max_ns = samples.back();
  summary.median_ns = rounded_quantile(samples, 0.5);
  summary.median_interval = median_interval(samples, kConfidence);
  if (summary.n >= kMinimumForP90) summary.p90_ns = rounded_quantile(samples, 0.9);
  if (summary.n >= kMinimumForP99) summary.p99_ns = rounded_quantile(samples, 0.99);
  return summary;
}

std::size_t LoadSummary::failed(Outcome outcome) const {
  const auto found = failed_by.find(outcome);
  return found == failed_by.end() ? 0 : found->second;
}

std::size_t LoadSummary::failed_otherwise() const {
  std::size_t sum = 0;
  for (const auto& [outcome, count] : failed_by) {
    if (outcome != Outcome::kDropped && outcome != Outcome::kTimeout) sum += count;
  }
  return sum;
}

std::vector<LoadSummary> summarize_loads(const Run& run) {
  std::vector<LoadSummary> summaries;
  for (const auto& [key, group] : groups_of(run)) {
    LoadSummary& summary = summaries.emplace_back();
    summary.load = key.first;
    summary.function = key.second;
    summary.warmup = group.warmup.size();
    fill_requests(run, group, summary);
  }
  fill_instances(run, summaries);
  return summaries;
}

std::vector<Step> instances_over_time(const Run& run, std::uint32_t load, std::uint32_t function) {
  return over_time(run, load, function, add_life);
}

std::vector<Step> starting_over_time(const Run& run, std::uint32_t load, std::uint32_t function) {
  return over_time(run, load, function, add_start);
}

std::int64_t warmup_ns(const Load& load) { return time_of(load, "warmup_s"); }

std::optional<int> parallel_of(const Load& load) {
  const auto parameters = parameters_of(load);
  const auto found = parameters.find("parallel");
  if (found == parameters.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int>();
}

}  // namespace coldstart::results
