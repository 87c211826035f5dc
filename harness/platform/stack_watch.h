// Stacks of the starts of a run, one start at a time: when to look at its processes, and what of
// the recording is its.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "probes/events.h"
#include "probes/stack_profile.h"
#include "probes/stack_sampler.h"
#include "results/model/stacks.h"
#include "results/model/timeline.h"

namespace coldstart::harness {

class StackWatch {
 public:
  /// Samples the instances of a session from now on. Throws Error where that does not work here.
  StackWatch(int processes_fd, int rate_hz);

  int ready_fd() const { return sampler_->ready_fd(); }
  void fetch() { sampler_->fetch(); }

  /// A start is about to be requested: what was seen so far does not belong to it.
  void begin();
  /// It has answered, and its processes still live: only now can be seen where their files are.
  void look(const std::vector<probes::Event>& events);
  /// Its processes are gone. `remove_perf_maps`: also takes away the maps that they left in /tmp.
  void finish(const std::vector<probes::Event>& events, bool remove_perf_maps);
  /// After that, where somebody wants to see them. `fallback_root`: of a container; empty: none.
  StackProfile profile(std::uint64_t instance, std::int64_t due_ns, const Timeline& timeline,
                       const std::filesystem::path& fallback_root);

 private:
  void read_perf_maps(const std::vector<probes::Event>& events);

  std::unique_ptr<probes::StackSampler> sampler_;
  probes::StackProfiler profiler_;
  std::int64_t began_s_ = 0;  // since the epoch, as times of files are
  std::map<std::uint32_t, std::string> perf_maps_;
};

}  // namespace coldstart::harness
