// Which request goes to which instance, when one starts and when one stops: decisions on plain
// data. No clock, no process, no socket: whoever drives it says what happened and when, and carries
// out what it decides.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/platform/autoscaler.h"
#include "harness/suite/suite.h"

namespace coldstart::harness {

/// What holds for one function under one load, in real time: times of the suite, which are in
/// pattern time, divided by the load's time_scale.
struct DispatcherRules {
  PlatformSpec platform;
  std::optional<int> max_in_flight;
  Overflow overflow = Overflow::kQueue;
  /// Contract exec: an instance serves the request that it was started for and ends with it.
  bool one_request_each = false;
  std::int64_t metric_bucket_ns = 1'000'000'000;  ///< of the autoscaler
};
DispatcherRules dispatcher_rules(const FunctionSpec& function, const LoadSpec& load);

/// What is to be done. Instances and requests go by numbers; those of instances are given by the
/// dispatcher, from 1.
struct Action {
  enum class Kind : std::uint8_t {
    kStart,   ///< start `instance`, for `request` (0: for nobody in particular)
    kCall,    ///< send `request` to `instance`, which is ready
    kStop,    ///< stop `instance`, on which nothing runs: `why`
    kDrop,    ///< there is no room for `request`: `why`
    kExpire,  ///< the deadline of `request` passed while it waited
    kFail,    ///< `request` waited for `instance`, which did not come to be ready
  };
  Kind kind = Kind::kStart;
  std::uint64_t instance = 0;
  std::uint64_t request = 0;
  bool cold = false;  ///< kCall: it waited for this instance to start
  std::string_view why;

  bool operator==(const Action&) const = default;
};
using Actions = std::vector<Action>;

/// Times are nanoseconds since the load began and never go back. After every event next_wake_ns()
/// may have changed.
///
/// scale demand, as AWS Lambda and Cloud Run do it: a request goes to the ready instance with room
/// that was used last; else it waits for one that is starting and has room; else it starts one,
/// whose it is; else (max_instances) it waits in a queue for whatever becomes free. An instance
/// that had nothing to do for keep_alive is stopped, unless it is among min_instances.
/// scale knative: requests wait for any instance; see autoscaler.h for how many there are.
class Dispatcher {
 public:
  explicit Dispatcher(const DispatcherRules& rules);

  /// The load will begin at 0: the provisioned instances.
  Actions provision();
  Actions arrive(std::int64_t now_ns, std::uint64_t request, std::int64_t deadline_ns);
  /// The instance can be called.
  Actions ready(std::int64_t now_ns, std::uint64_t instance);
  /// A request that was called (or whose own start ended) is over, in whatever way.
  Actions finish(std::int64_t now_ns, std::uint64_t instance, std::uint64_t request);
  /// The instance died or could not be started. The requests that run on it stay to be finished;
  /// of those that wait for it, the one that it was started for does, too. One of min_instances
  /// that has served is replaced at once.
  Actions gone(std::int64_t now_ns, std::uint64_t instance);
  /// Time has passed: to be called at next_wake_ns(), may be called at any time.
  Actions tick(std::int64_t now_ns);
  /// When tick() may have something to do; absent: never, unless something happens.
  std::optional<std::int64_t> next_wake_ns() const;

  /// Requests that were taken and are not over.
  int in_system() const { return in_system_; }
  /// Waiting for anything at all.
  std::size_t waiting() const { return queue_.size() + outside_.size(); }
  std::size_t instances() const { return instances_.size(); }
  int concurrency_of(std::uint64_t instance) const;

 private:
  struct Waiting {
    std::uint64_t request = 0;
    std::int64_t deadline_ns = 0;
    bool own = false;  // an instance was started for it: its start ends at the same deadline
  };
  struct Instance {
    bool ready = false;
    bool draining = false;  // gets no more requests
    int active = 0;
    std::vector<Waiting> bound;  // wait for it to be ready
    std::int64_t idle_since_ns = 0;
    std::uint64_t last_used = 0;
  };
  using Instances = std::map<std::uint64_t, Instance>;

  void admit(std::int64_t now_ns, const Waiting& request, Actions& actions);
  void let_in(std::int64_t now_ns, Actions& actions);
  void fill(std::int64_t now_ns, std::uint64_t id, Instance& instance, bool cold, Actions& actions);
  void call(std::uint64_t id, Instance& instance, std::uint64_t request, bool cold,
            Actions& actions);
  std::uint64_t start(std::int64_t now_ns, const std::optional<Waiting>& request, Actions& actions);
  void start_for_queue(std::int64_t now_ns, Actions& actions);
  Instances::iterator with_room();
  Instances::iterator starting_with_room();
  bool may_start() const;
  int count(bool only_ready) const;
  void count_requests(std::int64_t now_ns, int change);
  void expire(std::int64_t now_ns, std::deque<Waiting>& waiting, bool inside, Actions& actions);
  void expire_all(std::int64_t now_ns, Actions& actions);
  void end_idle(std::int64_t now_ns, Actions& actions);
  void scale(std::int64_t now_ns, Actions& actions);
  void remove(int surplus, Actions& actions);

  DispatcherRules rules_;
  Autoscaler autoscaler_;
  Instances instances_;
  std::deque<Waiting> queue_;    // for an instance
  std::deque<Waiting> outside_;  // max_in_flight; they are not in the system yet
  int in_system_ = 0;
  std::uint64_t last_instance_ = 0;
  std::uint64_t uses_ = 0;
  std::int64_t next_scale_ns_ = 0;
};

}  // namespace coldstart::harness
