#include "results/export/trace_threads.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "results/export/json_put.h"

namespace coldstart::results {
namespace {

// "server" of "/app/server". What was executed by its descriptor ("/proc/self/fd/6", as crun and
// runc execute a copy of themselves) is called what the kernel calls the process.
std::string program_name(const ProcessTrack& process, const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  const bool number = name.find_first_not_of("0123456789") == std::string::npos;
  if (!number || process.threads.empty() || process.threads.front().name.empty()) return name;
  return process.threads.front().name;
}

std::string state_name(const ThreadChange& change) {
  switch (change.state) {
    case ThreadState::kCpu:
      return "on CPU";
    case ThreadState::kRunnable:
      return "waiting for a CPU";
    case ThreadState::kDisk:
      return "disk";
    case ThreadState::kWait:
      break;
  }
  return change.waits_for.empty() ? "wait" : "wait: " + change.waits_for;
}

std::vector<TraceSlice> state_slices(const ThreadTrack& thread) {
  std::vector<TraceSlice> slices;
  for (std::size_t i = 0; i < thread.changes.size(); ++i) {
    const ThreadChange& change = thread.changes[i];
    const bool last = i + 1 == thread.changes.size();
    const std::int64_t end_ns = last ? thread.end_ns : thread.changes[i + 1].at_ns;
    if (end_ns > change.at_ns) slices.push_back({state_name(change), change.at_ns, end_ns});
  }
  return slices;
}

// Up to the end of the process, or of what is known of its threads.
std::int64_t end_of(const ProcessTrack& process, const Start& start) {
  if (process.end_ns) return *process.end_ns;
  std::int64_t end_ns = latency_ns(start.timeline).value_or(process.begin_ns);
  for (const ThreadTrack& thread : process.threads) end_ns = std::max(end_ns, thread.end_ns);
  return end_ns;
}

std::vector<TraceSlice> program_slices(const ProcessTrack& process, std::int64_t end_ns,
                                       const std::string& copy_of) {
  std::vector<TraceSlice> slices;
  const auto add = [&](const std::string& name, std::int64_t from, std::int64_t to,
                       const std::string& path) {
    if (to <= from) return;
    put(slices.emplace_back(TraceSlice{name, from, to}).args, "path", path);
  };
  const auto& programs = process.programs;
  // A fork is a copy of its parent until it executes something.
  add(copy_of.empty() ? "fork" : "fork of " + copy_of, process.begin_ns,
      programs.empty() ? end_ns : programs.front().at_ns, "");
  for (std::size_t i = 0; i < programs.size(); ++i) {
    add(program_name(process, programs[i].path), programs[i].at_ns,
        i + 1 < programs.size() ? programs[i + 1].at_ns : end_ns, programs[i].path);
  }
  return slices;
}

}  // namespace

void put_processes(Trace& trace, const Start& start, const std::string& of) {
  if (!start.account.processes) return;
  std::map<std::int64_t, std::string> names;  // what each process runs in the end
  for (const ProcessTrack& process : *start.account.processes) {
    const std::string parent = process.parent ? names[*process.parent] : std::string();
    std::string& name = names[process.pid];
    name = process.programs.empty() ? parent : program_name(process, process.programs.back().path);
    if (name.empty() && !process.threads.empty()) name = process.threads.front().name;
    TraceProcess tracks(trace, process.pid,
                        fmt::format("{}{}({})", name, name.empty() ? "" : " ", of));
    tracks.add("programs", "exec", program_slices(process, end_of(process, start), parent));
    for (const ThreadTrack& thread : process.threads) {
      tracks.add(thread.name.empty() ? "thread" : thread.name, "sched", state_slices(thread),
                 thread.tid);
    }
  }
}

}  // namespace coldstart::results
