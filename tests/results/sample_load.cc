#include "tests/results/sample_load.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <random>
#include <utility>
#include <vector>

#include "tests/results/sample_run.h"

namespace coldstart::results::testing {
namespace {

struct Instance {
  std::size_t life = 0;  // index into Run::instances
  std::int64_t ready_ns = 0;
  std::int64_t free_ns = 0;
};

std::int64_t varied(std::int64_t median, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  return static_cast<std::int64_t>(static_cast<double>(median) * std::exp(0.2 * normal(random)));
}

std::uint32_t index_of_load(Run& run, const Load& load) {
  const auto found = std::find_if(run.loads.begin(), run.loads.end(),
                                  [&](const Load& known) { return known.name == load.name; });
  if (found != run.loads.end()) return static_cast<std::uint32_t>(found - run.loads.begin());
  run.loads.push_back(load);
  return static_cast<std::uint32_t>(run.loads.size() - 1);
}

std::uint64_t next_instance(const Run& run) {
  std::uint64_t highest = 0;
  for (const InstanceLife& life : run.instances) highest = std::max(highest, life.instance);
  for (const Start& start : run.starts) highest = std::max(highest, start.instance);
  return highest + 1;
}

class Simulation {
 public:
  Simulation(Run& run, const SimulatedLoad& how, std::uint32_t function, std::uint64_t seed)
      : run_(run),
        how_(how),
        function_(function),
        load_(index_of_load(run, how.load)),
        random_(seed) {}

  void drive() {
    std::exponential_distribution<double> gap(how_.rate / 1e9);
    std::int64_t due = 0;
    int count = 0;
    while ((due += static_cast<std::int64_t>(gap(random_))) < how_.length_ns) {
      request(due, ++count % 200 == 0);
    }
    for (Instance& instance : instances_) end(instance, how_.length_ns, "end of load");
  }

 private:
  void end(Instance& instance, std::int64_t latest, const char* reason) {
    InstanceLife& life = run_.instances[instance.life];
    const std::int64_t idle = instance.free_ns + how_.keep_alive_ns;
    life.ended_ns = std::max(instance.free_ns, std::min(idle, latest));
    life.end = idle < latest ? "keep-alive" : reason;
  }

  void retire(std::int64_t now) {
    std::erase_if(instances_, [&](Instance& instance) {
      if (instance.free_ns + how_.keep_alive_ns >= now) return false;
      end(instance, now, "keep-alive");
      return true;
    });
  }

  Instance& start(std::int64_t due) {
    const std::uint64_t id = next_instance(run_);
    const std::int64_t ready = due + varied(how_.cold_ns, random_);
    Start start = plain_start(run_.functions[function_].name, static_cast<int>(id), ready - due);
    start.load = how_.load.name;
    start.instance = id;
    start.due_ns = how_.load.begin_ns + due;
    start.in_flight = 1 + static_cast<int>(std::count_if(
                              instances_.begin(), instances_.end(),
                              [&](const Instance& other) { return other.ready_ns > due; }));
    run_.starts.push_back(std::move(start));
    run_.instances.push_back({function_, load_, id, due, ready, std::nullopt, "", 0, std::nullopt});
    instances_.push_back({run_.instances.size() - 1, ready, ready});
    return instances_.back();
  }

  void request(std::int64_t due, bool hangs) {
    retire(due);
    Invocation invocation;
    invocation.function = function_;
    invocation.load = load_;
    invocation.due_ns = due;
    const auto free = std::min_element(
        instances_.begin(), instances_.end(),
        [](const Instance& a, const Instance& b) { return a.free_ns < b.free_ns; });
    const bool idle = free != instances_.end() && free->free_ns <= due;
    const bool full = instances_.size() >= static_cast<std::size_t>(how_.max_instances);
    if (!idle && full && free->free_ns - due > how_.patience_ns) {
      invocation.outcome = Outcome::kDropped;
      invocation.message = "the queue was full";
    } else {
      Instance& instance = idle || full ? *free : start(due);
      invocation.instance = run_.instances[instance.life].instance;
      invocation.cold = instance.ready_ns > due;
      const std::int64_t begin = std::max(due + 20'000, instance.free_ns);
      invocation.sent_ns = begin - due;
      instance.free_ns = begin + varied(how_.warm_ns, random_);
      if (hangs) {
        invocation.outcome = Outcome::kTimeout;
        invocation.message = "no answer within 1 s";
      } else {
        invocation.first_byte_ns = instance.free_ns - due;
        invocation.done_ns = instance.free_ns - due + 10'000;
        ++run_.instances[instance.life].invocations;
      }
    }
    run_.invocations.push_back(std::move(invocation));
  }

  Run& run_;
  const SimulatedLoad& how_;
  std::uint32_t function_;
  std::uint32_t load_;
  std::mt19937_64 random_;
  std::vector<Instance> instances_;
};

Start parallel_start(const std::string& function, int k, std::int64_t begin_ns,
                     std::mt19937_64& random) {
  const bool java = function == "java";
  Start start = plain_start(function, 1, varied(java ? 100'000'000 : 2'000'000, random));
  start.load = fmt::format("parallel-{}", k);
  start.in_flight = k;
  start.due_ns = begin_ns;
  // What comes after `entered` waits for a CPU.
  const std::int64_t more = *latency_ns(start.timeline) / (java ? 2 : 20) * (k - 1);
  for (std::size_t i = static_cast<std::size_t>(Boundary::kRuntimeReady); i < kBoundaryCount; ++i) {
    *start.timeline.marks[i].at_ns += more;
  }
  return start;
}

}  // namespace

void simulate_load(Run& run, const SimulatedLoad& how, std::uint32_t function, std::uint64_t seed) {
  Simulation(run, how, function, seed).drive();
  std::stable_sort(run.invocations.begin(), run.invocations.end(),
                   [](const Invocation& a, const Invocation& b) {
                     return std::pair(a.load, a.due_ns) < std::pair(b.load, b.due_ns);
                   });
}

Run loaded_run() {
  coldstart::Run run = plain_run({"cpp", "java"}, 0);
  SimulatedLoad steady;
  steady.load = {"steady", "constant",    R"({"rate":100,"spacing":"poisson"})",
                 1,        1'000'000'000, 3'000'000'000};
  simulate_load(run, steady, 0, 1);
  SimulatedLoad slow = steady;
  slow.cold_ns = 150'000'000;
  slow.warm_ns = 1'200'000;
  simulate_load(run, slow, 1, 2);
  SimulatedLoad spikes = slow;
  spikes.load = {"spikes", "stages",      R"({"stages":[{"from":10,"to":500,"duration":"2s"}]})",
                 60,       9'000'000'000, 2'000'000'000};
  spikes.rate = 400;
  spikes.length_ns = 2'000'000'000;
  spikes.warm_ns = 20'000'000;
  spikes.max_instances = 4;
  simulate_load(run, spikes, 1, 3);
  std::stable_sort(run.instances.begin(), run.instances.end(),
                   [](const InstanceLife& a, const InstanceLife& b) { return a.load < b.load; });
  return run;
}

Run parallel_run(int waves) {
  coldstart::Run run = plain_run({"cpp", "java"}, 0);
  std::mt19937_64 random(7);
  std::int64_t now = 1'000'000'000;
  for (const int k : {1, 2, 4, 8}) {
    run.loads.push_back({fmt::format("parallel-{}", k), "parallel",
                         fmt::format(R"({{"parallel":{}}})", k), 1, now, std::nullopt});
    for (const Function& function : run.functions) {
      for (int wave = 1; wave <= waves; ++wave) {
        for (int i = 0; i < k; ++i) {
          Start start = parallel_start(function.name, k, now, random);
          start.trial = wave;
          start.order = static_cast<int>(run.starts.size()) + 1;
          start.instance = static_cast<std::uint64_t>(start.order);
          run.starts.push_back(std::move(start));
        }
        now += 2'000'000'000;
      }
    }
    run.loads.back().duration_ns = now - run.loads.back().begin_ns;
  }
  return run;
}

Run memory_sweep_run(int starts) {
  constexpr std::int64_t kMiB = 1 << 20;
  coldstart::Run run = plain_run({"java@128MiB", "java@256MiB", "java@512MiB"}, starts);
  for (std::size_t i = 0; i < run.functions.size(); ++i) {
    run.functions[i].sweep_of = "java";
    run.functions[i].sweep_key = "memory";
    run.functions[i].limits.memory_bytes = (128 << i) * kMiB;
  }
  for (Start& start : run.starts) {
    for (Mark& mark : start.timeline.marks) {
      if (mark.at_ns && start.function == "java@128MiB") *mark.at_ns *= 5;
    }
    if (start.function != "java@128MiB" || start.trial % 3 != 0) continue;
    start.outcome = Outcome::kOutOfMemory;
    start.message = "killed at its memory limit of 128 MiB";
    for (Boundary b :
         {Boundary::kReceived, Boundary::kReplied, Boundary::kResponded, Boundary::kCompleted}) {
      start.timeline.set_unseen(b, "it never answered");
    }
  }
  return run;
}

Load full_load(const std::string& name) {
  return {name, "trace", R"({"file":"a \"b\".csv","rate":1.5})", 2.5, 123'456'789'012, 17};
}

Invocation full_invocation() {
  return {0,  0,  7,  true, Outcome::kBadResponse,
          11, 12, 13, 14,   "HTTP 500: \"it's broken\" \xC3\xBC",
          15};
}

InstanceLife full_instance() { return {0, 0, 21, 22, 23, 24, "keep-alive", 25, 26}; }

}  // namespace coldstart::results::testing
