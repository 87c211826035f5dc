#include "probes/sandbox_steps.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace coldstart::probes {
namespace {

struct Call {
  std::int64_t begin_ns = 0, end_ns = 0;
  std::string step;
};

// A relative path is known by where it begins.
bool is_of_cgroups(const Event& event) {
  return (event.raw.call.flags & CS_IN_CGROUP) != 0 || event.name.starts_with("/sys/fs/cgroup");
}

std::string step_of(const Event& event) {
  switch (event.raw.call.call_class) {
    case CS_CALL_CLONE:
    case CS_CALL_NAMESPACE:
      return "namespaces";
    case CS_CALL_MOUNT:
      return "mounts";
    case CS_CALL_SECURITY:
      return "security";
    case CS_CALL_WRITE:
      return "cgroup";
    case CS_CALL_MKDIR:
    case CS_CALL_MKDIRAT:
      return is_of_cgroups(event) ? "cgroup" : "mounts";
    default:
      return {};
  }
}

// From the exec to the moment the program is entered (or linked); up to the exec itself where
// neither is seen, a static program for one.
std::int64_t end_of_load(const std::vector<Event>& events, std::size_t exec) {
  const std::uint32_t pid = events[exec].raw.pid;
  std::int64_t end = events[exec].time_ns();
  for (std::size_t i = exec + 1; i < events.size(); ++i) {
    const Event& event = events[i];
    if (event.raw.pid != pid) continue;
    if (event.kind() == CS_EXEC || event.kind() == CS_EXIT) break;
    if (event.kind() == CS_LINKED) end = event.time_ns();
    if (event.kind() == CS_ENTERED) return event.time_ns();
  }
  return end;
}

std::vector<Call> calls_between(const std::vector<Event>& events, std::int64_t begin_ns,
                                std::int64_t end_ns) {
  std::vector<Call> calls;
  const auto add = [&](std::int64_t begin, std::int64_t end, const std::string& step) {
    begin = std::max(begin, begin_ns);
    end = std::min(end, end_ns);
    if (begin < end) calls.push_back({begin, end, step});
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    if (event.kind() == CS_EXEC) {
      const auto called = static_cast<std::int64_t>(event.raw.file.begin_ns);
      const std::int64_t begin = called != 0 ? called : event.time_ns();
      if (event.time_ns() == end_ns) {
        add(begin, end_ns, "final exec");
      } else {
        add(begin, end_of_load(events, i), "exec");
      }
    } else if (event.kind() == CS_SYSCALL) {
      add(static_cast<std::int64_t>(event.raw.call.begin_ns), event.time_ns(), step_of(event));
    } else if (event.kind() == CS_OPENED && is_of_cgroups(event)) {
      add(static_cast<std::int64_t>(event.raw.call.begin_ns), event.time_ns(), "cgroup");
    }
  }
  std::stable_sort(calls.begin(), calls.end(),
                   [](const Call& a, const Call& b) { return a.begin_ns < b.begin_ns; });
  return calls;
}

void add_split(TimeSplit& sum, const TimeSplit& part) {
  sum.cpu_ns += part.cpu_ns;
  sum.runnable_ns += part.runnable_ns;
  sum.disk_ns += part.disk_ns;
  sum.wait_ns += part.wait_ns;
  for (const auto& [reason, ns] : part.waits) sum.waits[reason] += ns;
}

}  // namespace

std::vector<SandboxStep> sandbox_steps(const std::vector<Event>& events, const Activity& activity,
                                       std::int64_t begin_ns, std::int64_t end_ns) {
  const std::vector<Call> calls = calls_between(events, begin_ns, end_ns);
  std::map<std::string, SandboxStep> steps;
  std::vector<std::int64_t> cuts{begin_ns, end_ns};
  for (const Call& call : calls) {
    steps[call.step].calls += 1;
    cuts.push_back(call.begin_ns);
    cuts.push_back(call.end_ns);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());

  std::vector<const Call*> open;  // begun and perhaps not ended, in order of their begin
  std::size_t next = 0;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    while (next < calls.size() && calls[next].begin_ns <= cuts[i]) open.push_back(&calls[next++]);
    std::erase_if(open, [&](const Call* call) { return call->end_ns <= cuts[i]; });
    const std::string step = open.empty() ? "own code" : open.back()->step;
    add_split(steps[step].time, activity.split(cuts[i], cuts[i + 1]));
  }

  std::vector<SandboxStep> list;
  for (auto& [name, step] : steps) {
    step.name = name;
    list.push_back(std::move(step));
  }
  std::stable_sort(list.begin(), list.end(), [](const SandboxStep& a, const SandboxStep& b) {
    return a.time.total_ns() > b.time.total_ns();
  });
  return list;
}

}  // namespace coldstart::probes
