#include "probes/activity.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "probes/syscall_table.h"

namespace coldstart::probes {
namespace {

using State = Activity::State;

// include/linux/sched.h
constexpr std::uint32_t kTaskUninterruptible = 2;
constexpr std::uint32_t kTaskDead = 0x80;
// It could run, but its group may not.
constexpr const char* kCpuLimit = "cpu limit";

struct Thread {
  std::uint32_t pid = 0;
  State state = State::kRunnable;
  std::string waits_for;
  std::int64_t since_ns = 0;  // of the state
  std::int64_t sampled_ns = 0;
  cs_counters counters{};
};

bool has_counters(cs_event_kind kind) {
  switch (kind) {
    case CS_WAKE:
    case CS_SWITCH_IN:
    case CS_JVM_INIT_BEGIN:
    case CS_JVM_CLASS:
    case CS_JVM_COMPILE_BEGIN:
    case CS_JVM_COMPILE_END:
    case CS_JVM_GC_BEGIN:
    case CS_JVM_GC_END:
      return false;
    default:
      return true;
  }
}

class Follower {
 public:
  Follower(std::int64_t from_ns, std::int64_t to_ns, const KernelWait& kernel_wait, bool changes)
      : kernel_wait_(kernel_wait), keeps_changes_(changes), cursor_(from_ns), to_(to_ns) {}

  Activity run(const std::vector<Event>& events) {
    for (const Event& event : events) {
      see(event);
      sample(event);
    }
    // Still on a CPU at the last event.
    for (auto& [tid, thread] : threads_) end_run(tid, thread, to_);
    // All have ended: the launcher has yet to hear of it and to tell.
    close_segment(overall(), to_, threads_.empty() && had_threads_ ? "launcher" : last_blocked_);
    std::sort(activity_.runs.begin(), activity_.runs.end(),
              [](const auto& a, const auto& b) { return a.begin_ns < b.begin_ns; });
    return std::move(activity_);
  }

 private:
  void see(const Event& event) {
    const std::int64_t now = event.time_ns();
    switch (event.kind()) {
      case CS_FORK:
        change(event.raw.value, event.raw.value, now, State::kRunnable, {});
        break;
      case CS_WAKE: {
        // Also told of threads that had not yet gone to sleep: they run on.
        const auto known = threads_.find(event.raw.tid);
        if (known == threads_.end() || known->second.state == State::kWait ||
            known->second.state == State::kDisk) {
          if (event.raw.value != 0) {
            change(event.raw.pid, event.raw.tid, now, State::kWait, kCpuLimit);
          } else {
            change(event.raw.pid, event.raw.tid, now, State::kRunnable, {});
          }
        }
        break;
      }
      case CS_SWITCH_IN:
        change(event.raw.pid, event.raw.tid, now, State::kCpu, {});
        break;
      case CS_SWITCH_OUT:
        if (in_time(now)) activity_.switches.push_back(now);
        switched_out(event, now);
        break;
      case CS_EXEC:
        // The other threads of the process are gone, and the caller has become its leader: what it
        // had counted stays with it.
        if (const auto caller = threads_.find(event.raw.value);
            event.raw.value != event.raw.pid && caller != threads_.end()) {
          change(event.raw.pid, event.raw.pid, now, State::kCpu, {});
          threads_[event.raw.pid].counters = caller->second.counters;
          threads_[event.raw.pid].sampled_ns = caller->second.sampled_ns;
        }
        forget(event.raw.pid, now, event.raw.pid);
        change(event.raw.pid, event.raw.pid, now, State::kCpu, {});
        break;
      default:  // also CS_EXIT: the kernel has yet to take it down, its threads end one by one
        break;
    }
  }

  void switched_out(const Event& event, std::int64_t now) {
    const std::uint32_t state = event.raw.value;
    if (state == 0 && event.raw.sched.throttled != 0) {
      return change(event.raw.pid, event.raw.tid, now, State::kWait, kCpuLimit);
    }
    if (state == 0) return change(event.raw.pid, event.raw.tid, now, State::kRunnable, {});
    if ((state & kTaskDead) != 0) {
      sample(event);
      const auto known = threads_.find(event.raw.tid);
      if (known != threads_.end()) remove(known, now);
      return;
    }
    // io_uring marks its waits as such, too, whatever they are for; but then they can be
    // interrupted.
    if (event.raw.sched.iowait != 0 && (state & kTaskUninterruptible) != 0) {
      return change(event.raw.pid, event.raw.tid, now, State::kDisk, {});
    }
    std::string reason;
    if ((state & kTaskUninterruptible) != 0) reason = kernel_wait_(event.raw.sched.stack);
    if (reason.empty() || reason == "kernel") {
      reason = wait_of_call(event.raw.sched.syscall, event.raw.sched.fd_mode);
    }
    change(event.raw.pid, event.raw.tid, now, State::kWait, std::move(reason));
  }

  bool in_time(std::int64_t now) const { return now >= cursor_ && now < to_; }

  State overall() const {
    for (State state : {State::kCpu, State::kRunnable, State::kDisk}) {
      if (count_[static_cast<std::size_t>(state)] > 0) return state;
    }
    return State::kWait;
  }

  // Up to `now` the instance was in that state; if it waited, then for `ended_by`: what the thread
  // waited for whose change this is.
  void close_segment(State state, std::int64_t now, const std::string& ended_by) {
    now = std::min(now, to_);
    if (now <= cursor_) return;
    activity_.segments.push_back(
        {cursor_, now, state, state == State::kWait ? ended_by : std::string()});
    cursor_ = now;
  }

  // Threads of that state become more or fewer.
  void count(State state, int by, std::int64_t now, const std::string& reason) {
    const State before = overall();
    count_[static_cast<std::size_t>(state)] += by;
    if (before != overall()) close_segment(before, now, reason);
  }

  void change(std::uint32_t pid, std::uint32_t tid, std::int64_t now, State state,
              std::string reason) {
    auto known = threads_.find(tid);
    std::string waited_for = "launcher";  // it did not exist before
    if (known == threads_.end()) {
      count(state, 1, now, waited_for);
      known = threads_.emplace(tid, Thread{}).first;
      had_threads_ = true;
      known->second.sampled_ns = now;
    } else {
      const State before = known->second.state;
      if (before == State::kCpu) end_run(tid, known->second, now);
      waited_for = known->second.waits_for;
      // Woken, and not let run: it waits on, for something else.
      if (before == State::kWait && state == State::kWait && overall() == State::kWait) {
        close_segment(State::kWait, now, waited_for);
      }
      // The new one first: no gap in between.
      count(state, 1, now, waited_for);
      count(before, -1, now, waited_for);
    }
    Thread& thread = known->second;
    if (keeps_changes_) activity_.changes.push_back({pid, tid, now, state, reason});
    thread.pid = pid;
    thread.state = state;
    thread.since_ns = now;
    thread.waits_for = std::move(reason);
    if (state == State::kWait) last_blocked_ = thread.waits_for;
  }

  using Threads = std::map<std::uint32_t, Thread>;

  void remove(Threads::iterator thread, std::int64_t now) {
    if (keeps_changes_) {
      activity_.changes.push_back({thread->second.pid, thread->first, now, std::nullopt, {}});
    }
    end_run(thread->first, thread->second, now);
    count(thread->second.state, -1, now, thread->second.waits_for);
    threads_.erase(thread);
  }

  // All threads of a process but one have gone.
  void forget(std::uint32_t pid, std::int64_t now, std::uint32_t but) {
    for (auto thread = threads_.begin(); thread != threads_.end();) {
      const auto next = std::next(thread);
      if (thread->second.pid == pid && thread->first != but) remove(thread, now);
      thread = next;
    }
  }

  void end_run(std::uint32_t tid, const Thread& thread, std::int64_t now) {
    if (thread.state == State::kCpu && now > thread.since_ns) {
      activity_.runs.push_back({tid, thread.since_ns, now});
    }
  }

  // Counters of the thread that caused the event; events of others (the launcher's fork, a packet
  // sent from an interrupt) are not ours to count.
  void sample(const Event& event) {
    if (!has_counters(event.kind())) return;
    const auto known = threads_.find(event.raw.tid);
    if (known == threads_.end() || known->second.pid != event.raw.pid) return;
    Thread& thread = known->second;
    const cs_counters& now = event.raw.counters;
    const cs_counters& before = thread.counters;
    // They never fall, but for a thread that took over another's id by an exec.
    if (now.minor_faults >= before.minor_faults && now.major_faults >= before.major_faults &&
        now.read_bytes >= before.read_bytes) {
      Activity::Rise rise{event.raw.tid,
                          thread.sampled_ns,
                          event.time_ns(),
                          static_cast<std::int64_t>(now.minor_faults - before.minor_faults),
                          static_cast<std::int64_t>(now.major_faults - before.major_faults),
                          static_cast<std::int64_t>(now.read_bytes - before.read_bytes)};
      if (rise.minor_faults + rise.major_faults + rise.read_bytes > 0) {
        activity_.rises.push_back(rise);
      }
    }
    thread.counters = now;
    thread.sampled_ns = event.time_ns();
  }

  const KernelWait& kernel_wait_;
  bool keeps_changes_;
  std::int64_t cursor_, to_;
  Threads threads_;
  std::array<int, 4> count_{};  // threads in each state
  std::string last_blocked_ = "launcher";
  bool had_threads_ = false;
  Activity activity_;
};

}  // namespace

TimeSplit Activity::split(std::int64_t begin_ns, std::int64_t end_ns) const {
  TimeSplit sum;
  auto segment = std::upper_bound(
      segments.begin(), segments.end(), begin_ns,
      [](std::int64_t at, const Segment& candidate) { return at < candidate.end_ns; });
  for (; segment != segments.end() && segment->begin_ns < end_ns; ++segment) {
    const std::int64_t length =
        std::min(end_ns, segment->end_ns) - std::max(begin_ns, segment->begin_ns);
    switch (segment->state) {
      case State::kCpu:
        sum.cpu_ns += length;
        break;
      case State::kRunnable:
        sum.runnable_ns += length;
        break;
      case State::kDisk:
        sum.disk_ns += length;
        break;
      case State::kWait:
        sum.wait_ns += length;
        sum.waits[segment->waits_for] += length;
        break;
    }
  }
  return sum;
}

Activity follow_threads(const std::vector<Event>& events, std::int64_t from_ns, std::int64_t to_ns,
                        const KernelWait& kernel_wait, bool changes) {
  return Follower(from_ns, to_ns, kernel_wait, changes).run(events);
}

}  // namespace coldstart::probes
