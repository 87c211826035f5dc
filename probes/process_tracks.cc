#include "probes/process_tracks.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <utility>

namespace coldstart::probes {
namespace {

ThreadState model_of(Activity::State state) {
  switch (state) {
    case Activity::State::kCpu:
      return ThreadState::kCpu;
    case Activity::State::kRunnable:
      return ThreadState::kRunnable;
    case Activity::State::kDisk:
      return ThreadState::kDisk;
    case Activity::State::kWait:
      break;
  }
  return ThreadState::kWait;
}

class Tracks {
 public:
  Tracks(std::int64_t due_ns, std::int64_t end_ns) : due_ns_(due_ns), end_ns_(end_ns) {}

  void see(const Event& event) {
    // What happened since is not of this start; what was before it still holds.
    if (event.time_ns() >= end_ns_) return;
    switch (event.kind()) {
      case CS_FORK: {
        ProcessTrack& child = process(event.raw.value, event.time_ns());
        if (processes_.contains(event.raw.pid)) child.parent = event.raw.pid;
        break;
      }
      case CS_EXEC:
        process(event.raw.pid, event.time_ns())
            .programs.push_back({event.name, since_due(event.time_ns())});
        break;
      case CS_EXIT:
        process(event.raw.pid, event.time_ns()).end_ns = since_due(event.time_ns());
        break;
      case CS_SWITCH_OUT:
        names_[event.raw.tid] = std::string(
            event.raw.sched.name, strnlen(event.raw.sched.name, sizeof(event.raw.sched.name)));
        break;
      default:
        break;
    }
  }

  void see(const Activity::Change& change) {
    if (change.at_ns >= end_ns_) return;
    const std::int64_t at_ns = since_due(change.at_ns);
    const auto known = threads_.find(change.tid);
    if (!change.state) {
      if (known != threads_.end()) ended(known, at_ns);
      return;
    }
    OpenThread& thread = known != threads_.end() ? known->second : threads_[change.tid];
    thread.pid = change.pid;
    thread.track.tid = change.tid;
    std::vector<ThreadChange>& changes = thread.track.changes;
    // Of what was before `due`, only what still held then.
    if (at_ns == 0) changes.clear();
    const ThreadState state = model_of(*change.state);
    if (!changes.empty() && changes.back().state == state &&
        changes.back().waits_for == change.waits_for) {
      return;
    }
    changes.push_back({at_ns, state, change.waits_for});
  }

  std::vector<ProcessTrack> finish() {
    while (!threads_.empty()) ended(threads_.begin(), end_ns_ - due_ns_);
    std::vector<ProcessTrack> tracks;
    for (auto& [pid, process] : processes_) {
      if (process.end_ns && *process.end_ns == 0) continue;  // before `due`
      std::stable_sort(process.threads.begin(), process.threads.end(),
                       [](const ThreadTrack& a, const ThreadTrack& b) {
                         return a.changes.front().at_ns < b.changes.front().at_ns;
                       });
      tracks.push_back(std::move(process));
    }
    std::stable_sort(
        tracks.begin(), tracks.end(),
        [](const ProcessTrack& a, const ProcessTrack& b) { return a.begin_ns < b.begin_ns; });
    return tracks;
  }

 private:
  struct OpenThread {
    std::uint32_t pid = 0;
    ThreadTrack track;
  };
  using Threads = std::map<std::uint32_t, OpenThread>;

  std::int64_t since_due(std::int64_t at_ns) const {
    return std::max<std::int64_t>(0, at_ns - due_ns_);
  }

  ProcessTrack& process(std::uint32_t pid, std::int64_t at_ns) {
    const auto [known, added] = processes_.try_emplace(pid);
    if (added) {
      known->second.pid = pid;
      known->second.begin_ns = since_due(at_ns);
    }
    return known->second;
  }

  void ended(Threads::iterator thread, std::int64_t at_ns) {
    ThreadTrack track = std::move(thread->second.track);
    track.end_ns = at_ns;
    if (const auto name = names_.find(thread->first); name != names_.end()) {
      track.name = name->second;
    }
    if (at_ns > 0 && !track.changes.empty()) {
      process(thread->second.pid, due_ns_ + track.changes.front().at_ns)
          .threads.push_back(std::move(track));
    }
    threads_.erase(thread);
  }

  std::int64_t due_ns_, end_ns_;
  std::map<std::uint32_t, ProcessTrack> processes_;
  Threads threads_;
  std::map<std::uint32_t, std::string> names_;  // by thread
};

}  // namespace

std::vector<ProcessTrack> process_tracks(const std::vector<Event>& events, const Activity& activity,
                                         std::int64_t due_ns, std::int64_t end_ns) {
  Tracks tracks(due_ns, end_ns);
  for (const Event& event : events) tracks.see(event);
  for (const Activity::Change& change : activity.changes) tracks.see(change);
  return tracks.finish();
}

}  // namespace coldstart::probes
