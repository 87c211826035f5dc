#include "harness/platform/stack_watch.h"

#include <set>
#include <time.h>
#include <utility>

#include "results/model/error.h"

namespace coldstart::harness {
namespace {

std::set<std::uint32_t> processes_of(const std::vector<probes::Event>& events) {
  std::set<std::uint32_t> pids;
  for (const probes::Event& event : events) {
    if (event.kind() == CS_FORK) pids.insert(event.raw.value);
  }
  return pids;
}

}  // namespace

StackWatch::StackWatch(int processes_fd, int rate_hz) {
  std::string reason;
  sampler_ = probes::open_stack_sampler(processes_fd, rate_hz, reason);
  if (!sampler_) {
    throw Error("--stacks", "stacks cannot be sampled here: " + reason,
                "run as root with the probes on, or leave it out");
  }
}

void StackWatch::begin() {
  (void)sampler_->take();
  profiler_.files().forget_processes();
  perf_maps_.clear();
  began_s_ = ::time(nullptr);
}

void StackWatch::look(const std::vector<probes::Event>& events) {
  for (const std::uint32_t pid : processes_of(events)) profiler_.files().note_root(pid);
  read_perf_maps(events);
}

// A JVM writes its map when it ends, Node.js as it goes: the last reading holds.
void StackWatch::read_perf_maps(const std::vector<probes::Event>& events) {
  for (const std::uint32_t pid : processes_of(events)) {
    if (auto text = profiler_.files().read_perf_map(pid, began_s_)) {
      perf_maps_[pid] = std::move(*text);
    }
  }
}

void StackWatch::finish(const std::vector<probes::Event>& events, bool remove_perf_maps) {
  read_perf_maps(events);
  if (!remove_perf_maps) return;
  for (const std::uint32_t pid : processes_of(events)) {
    profiler_.files().remove_perf_map(pid, began_s_);
  }
}

StackProfile StackWatch::profile(std::uint64_t instance, std::int64_t due_ns,
                                 const Timeline& timeline,
                                 const std::filesystem::path& fallback_root) {
  probes::StacksView view{instance, due_ns, sampler_->rate_hz(), {}};
  for (const auto& [pid, text] : perf_maps_) view.perf_maps[pid] = probes::PerfMap::parse(text);
  profiler_.files().set_fallback_root(fallback_root.string());
  return profiler_.profile(sampler_->take(), view, timeline);
}

}  // namespace coldstart::harness
