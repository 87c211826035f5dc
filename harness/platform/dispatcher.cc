#include "harness/platform/dispatcher.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace coldstart::harness {
namespace {

std::chrono::nanoseconds scaled(std::chrono::nanoseconds time, double factor) {
  return std::chrono::nanoseconds(std::llround(static_cast<double>(time.count()) / factor));
}

constexpr std::string_view kKeepAlive = "keep-alive";
constexpr std::string_view kScaleDown = "scale-down";

}  // namespace

DispatcherRules dispatcher_rules(const FunctionSpec& function, const LoadSpec& load) {
  DispatcherRules rules;
  rules.platform = function.platform;
  rules.max_in_flight = load.max_in_flight;
  rules.overflow = load.overflow;
  rules.one_request_each = function.contract == ContractKind::kExec;
  rules.metric_bucket_ns =
      std::max<std::int64_t>(scaled(std::chrono::seconds(1), load.time_scale).count(), 1);
  for (auto* time :
       {&rules.platform.keep_alive, &rules.platform.stable_window, &rules.platform.panic_window,
        &rules.platform.tick, &rules.platform.scale_to_zero_grace}) {
    *time = scaled(*time, load.time_scale);
  }
  if (rules.one_request_each) {
    rules.platform.scale = PlatformSpec::Scale::kDemand;
    rules.platform.concurrency = 1;
    rules.platform.min_instances = 0;
  }
  return rules;
}

Dispatcher::Dispatcher(const DispatcherRules& rules)
    : rules_(rules),
      autoscaler_(rules.platform, rules.metric_bucket_ns),
      next_scale_ns_(rules.platform.tick.count()) {}

Actions Dispatcher::provision() {
  Actions actions;
  while (count(false) < rules_.platform.min_instances) start(0, std::nullopt, actions);
  return actions;
}

Actions Dispatcher::arrive(std::int64_t now_ns, std::uint64_t request, std::int64_t deadline_ns) {
  Actions actions;
  expire_all(now_ns, actions);
  let_in(now_ns, actions);  // those that came before it
  const Waiting waiting{request, deadline_ns};
  if (!rules_.max_in_flight || in_system_ < *rules_.max_in_flight) {
    admit(now_ns, waiting, actions);
  } else if (rules_.overflow == Overflow::kQueue) {
    outside_.push_back(waiting);
  } else {
    actions.push_back({Action::Kind::kDrop, 0, request, false, "max_in_flight was reached"});
  }
  return actions;
}

void Dispatcher::admit(std::int64_t now_ns, const Waiting& request, Actions& actions) {
  if (const auto found = with_room(); found != instances_.end()) {
    count_requests(now_ns, 1);
    return call(found->first, found->second, request.request, false, actions);
  }
  const bool demand = rules_.platform.scale == PlatformSpec::Scale::kDemand;
  if (demand) {
    if (const auto found = starting_with_room(); found != instances_.end()) {
      count_requests(now_ns, 1);
      found->second.bound.push_back(request);
      return;
    }
    if (may_start()) {
      count_requests(now_ns, 1);
      start(now_ns, request, actions);
      return;
    }
  }
  if (rules_.platform.queue && static_cast<int>(queue_.size()) >= *rules_.platform.queue) {
    actions.push_back({Action::Kind::kDrop, 0, request.request, false, "the queue was full"});
    return;
  }
  count_requests(now_ns, 1);
  queue_.push_back(request);
  if (!demand && instances_.empty() && may_start()) start(now_ns, std::nullopt, actions);
}

Actions Dispatcher::ready(std::int64_t now_ns, std::uint64_t instance) {
  Actions actions;
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return actions;
  Instance& it = found->second;
  it.ready = true;
  it.idle_since_ns = now_ns;
  for (const Waiting& bound : std::exchange(it.bound, {})) {
    call(instance, it, bound.request, true, actions);
  }
  expire_all(now_ns, actions);
  fill(now_ns, instance, it, true, actions);
  return actions;
}

Actions Dispatcher::finish(std::int64_t now_ns, std::uint64_t instance, std::uint64_t request) {
  Actions actions;
  count_requests(now_ns, -1);
  expire_all(now_ns, actions);
  const auto found = instances_.find(instance);
  if (found != instances_.end()) {
    Instance& it = found->second;
    // The one that it was started for may end before it is ready.
    std::erase_if(it.bound, [request](const Waiting& w) { return w.request == request; });
    it.active = std::max(it.active - 1, 0);
    if (it.active == 0) it.idle_since_ns = now_ns;
    if (it.draining && it.active == 0) {
      actions.push_back({Action::Kind::kStop, instance, 0, false, kScaleDown});
      instances_.erase(found);
    } else if (it.ready) {
      fill(now_ns, instance, it, false, actions);
      if (it.active == 0 && rules_.platform.keep_alive.count() == 0) end_idle(now_ns, actions);
    }
  }
  let_in(now_ns, actions);
  return actions;
}

Actions Dispatcher::gone(std::int64_t now_ns, std::uint64_t instance) {
  Actions actions;
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return actions;
  const std::vector<Waiting> bound = std::move(found->second.bound);
  const bool has_served = found->second.last_used > 0;
  instances_.erase(found);
  for (const Waiting& waiting : bound) {
    if (waiting.own) continue;
    actions.push_back({Action::Kind::kFail, instance, waiting.request, true, {}});
    count_requests(now_ns, -1);
  }
  expire_all(now_ns, actions);
  start_for_queue(now_ns, actions);
  // One that never served would be started for ever: it is replaced when a request needs it. (Of
  // knative's the next tick takes care.)
  if (has_served && rules_.platform.scale == PlatformSpec::Scale::kDemand) {
    while (count(false) < rules_.platform.min_instances) start(now_ns, std::nullopt, actions);
  }
  let_in(now_ns, actions);
  return actions;
}

Actions Dispatcher::tick(std::int64_t now_ns) {
  Actions actions;
  expire_all(now_ns, actions);
  if (rules_.platform.scale == PlatformSpec::Scale::kKnative) {
    if (now_ns >= next_scale_ns_) {
      const std::int64_t tick = std::max<std::int64_t>(rules_.platform.tick.count(), 1);
      next_scale_ns_ += ((now_ns - next_scale_ns_) / tick + 1) * tick;
      scale(now_ns, actions);
    }
  } else {
    end_idle(now_ns, actions);
  }
  let_in(now_ns, actions);
  return actions;
}

std::optional<std::int64_t> Dispatcher::next_wake_ns() const {
  std::optional<std::int64_t> next;
  const auto at = [&next](std::int64_t when) { next = std::min(next.value_or(when), when); };
  for (const auto* waiting : {&queue_, &outside_}) {
    if (!waiting->empty()) at(waiting->front().deadline_ns);
  }
  for (const auto& [id, instance] : instances_) {
    for (const Waiting& waiting : instance.bound) {
      if (!waiting.own) at(waiting.deadline_ns);
    }
  }
  if (rules_.platform.scale == PlatformSpec::Scale::kKnative) {
    if (!instances_.empty() || in_system_ > 0) at(next_scale_ns_);
  } else if (count(false) > rules_.platform.min_instances) {
    for (const auto& [id, instance] : instances_) {
      if (instance.ready && instance.active == 0) {
        at(instance.idle_since_ns + rules_.platform.keep_alive.count());
      }
    }
  }
  return next;
}

int Dispatcher::concurrency_of(std::uint64_t instance) const {
  const auto found = instances_.find(instance);
  return found == instances_.end() ? 0 : found->second.active;
}

// Requests that max_in_flight held back.
void Dispatcher::let_in(std::int64_t now_ns, Actions& actions) {
  while (!outside_.empty() && in_system_ < *rules_.max_in_flight) {
    const Waiting request = outside_.front();
    outside_.pop_front();
    admit(now_ns, request, actions);
  }
}

void Dispatcher::fill(std::int64_t /*now_ns*/, std::uint64_t id, Instance& instance, bool cold,
                      Actions& actions) {
  while (!queue_.empty() && !instance.draining && instance.active < rules_.platform.concurrency) {
    const Waiting request = queue_.front();
    queue_.pop_front();
    call(id, instance, request.request, cold, actions);
  }
}

void Dispatcher::call(std::uint64_t id, Instance& instance, std::uint64_t request, bool cold,
                      Actions& actions) {
  instance.active += 1;
  instance.last_used = ++uses_;
  actions.push_back({Action::Kind::kCall, id, request, cold, {}});
}

std::uint64_t Dispatcher::start(std::int64_t now_ns, const std::optional<Waiting>& request,
                                Actions& actions) {
  const std::uint64_t id = ++last_instance_;
  Instance& instance = instances_[id];
  instance.idle_since_ns = now_ns;
  if (request) instance.bound.push_back({request->request, request->deadline_ns, true});
  actions.push_back({Action::Kind::kStart, id, request ? request->request : 0, false, {}});
  return id;
}

// Room for another instance while requests wait for one.
void Dispatcher::start_for_queue(std::int64_t now_ns, Actions& actions) {
  // A function that cannot be started would be started for ever: knative waits for its next tick.
  if (rules_.platform.scale == PlatformSpec::Scale::kKnative) return;
  while (!queue_.empty() && may_start()) {
    const Waiting request = queue_.front();
    queue_.pop_front();
    start(now_ns, request, actions);
  }
}

Dispatcher::Instances::iterator Dispatcher::with_room() {
  auto best = instances_.end();
  for (auto it = instances_.begin(); it != instances_.end(); ++it) {
    const Instance& instance = it->second;
    const bool room =
        instance.ready && !instance.draining && instance.active < rules_.platform.concurrency;
    if (room && (best == instances_.end() || instance.last_used > best->second.last_used)) {
      best = it;
    }
  }
  return best;
}

Dispatcher::Instances::iterator Dispatcher::starting_with_room() {
  const auto room = static_cast<std::size_t>(rules_.platform.concurrency);
  return std::find_if(instances_.begin(), instances_.end(), [room](const auto& entry) {
    return !entry.second.ready && !entry.second.draining && entry.second.bound.size() < room;
  });
}

bool Dispatcher::may_start() const {
  return !rules_.platform.max_instances || count(false) < *rules_.platform.max_instances;
}

// Without those that are on their way out.
int Dispatcher::count(bool only_ready) const {
  return static_cast<int>(
      std::count_if(instances_.begin(), instances_.end(), [only_ready](const auto& entry) {
        return !entry.second.draining && (entry.second.ready || !only_ready);
      }));
}

void Dispatcher::count_requests(std::int64_t now_ns, int change) {
  in_system_ += change;
  if (rules_.platform.scale == PlatformSpec::Scale::kKnative) {
    autoscaler_.observe(now_ns, in_system_);
  }
}

void Dispatcher::expire(std::int64_t now_ns, std::deque<Waiting>& waiting, bool inside,
                        Actions& actions) {
  // All have waited for the same time at most, so the first one's deadline comes first.
  while (!waiting.empty() && waiting.front().deadline_ns <= now_ns) {
    actions.push_back({Action::Kind::kExpire, 0, waiting.front().request, false, {}});
    waiting.pop_front();
    if (inside) count_requests(now_ns, -1);
  }
}

void Dispatcher::expire_all(std::int64_t now_ns, Actions& actions) {
  expire(now_ns, queue_, true, actions);
  expire(now_ns, outside_, false, actions);
  for (auto& [id, instance] : instances_) {
    std::erase_if(instance.bound, [&](const Waiting& waiting) {
      if (waiting.own || waiting.deadline_ns > now_ns) return false;
      actions.push_back({Action::Kind::kExpire, 0, waiting.request, false, {}});
      count_requests(now_ns, -1);
      return true;
    });
  }
}

void Dispatcher::end_idle(std::int64_t now_ns, Actions& actions) {
  int surplus = count(false) - rules_.platform.min_instances;
  for (auto it = instances_.begin(); it != instances_.end() && surplus > 0;) {
    const Instance& instance = it->second;
    if (!instance.ready || instance.active > 0 ||
        now_ns - instance.idle_since_ns < rules_.platform.keep_alive.count()) {
      ++it;
      continue;
    }
    actions.push_back({Action::Kind::kStop, it->first, 0, false, kKeepAlive});
    it = instances_.erase(it);
    surplus -= 1;
  }
}

void Dispatcher::scale(std::int64_t now_ns, Actions& actions) {
  const int exist = count(false);
  int wanted = autoscaler_.decide(now_ns, count(true), exist).instances;
  // Somebody waits and nobody is there (the last start failed): the activator asks again.
  if (!queue_.empty()) wanted = std::max(wanted, 1);
  for (int i = exist; i < wanted; ++i) start(now_ns, std::nullopt, actions);
  if (wanted < exist) remove(exist - wanted, actions);
}

// Those that have nothing to do go at once, the one that was used longest ago first; others when
// they have finished what they do.
void Dispatcher::remove(int surplus, Actions& actions) {
  std::vector<Instances::iterator> ready;
  for (auto it = instances_.begin(); it != instances_.end(); ++it) {
    if (it->second.ready && !it->second.draining) ready.push_back(it);
  }
  std::stable_sort(ready.begin(), ready.end(), [](const auto& a, const auto& b) {
    const bool a_idle = a->second.active == 0;
    const bool b_idle = b->second.active == 0;
    return a_idle != b_idle ? a_idle : a->second.last_used < b->second.last_used;
  });
  for (std::size_t i = 0; i < ready.size() && static_cast<int>(i) < surplus; ++i) {
    if (ready[i]->second.active > 0) {
      ready[i]->second.draining = true;
      continue;
    }
    actions.push_back({Action::Kind::kStop, ready[i]->first, 0, false, kScaleDown});
    instances_.erase(ready[i]);
  }
}

}  // namespace coldstart::harness
