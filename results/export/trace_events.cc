#include "results/export/trace_events.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "results/export/json_put.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

// Linux gives out no larger ones (PID_MAX_LIMIT, 64 bit).
constexpr std::int64_t kAboveAllThreads = (std::int64_t{4} << 20) + 1;

double microseconds(std::int64_t ns) { return static_cast<double>(ns) / 1000; }

std::int64_t take_id(std::set<std::int64_t>& taken, std::int64_t wanted) {
  while (!taken.insert(wanted).second) wanted += kAboveAllThreads;
  return wanted;
}

}  // namespace

TraceProcess::TraceProcess(Trace& trace, std::int64_t pid, const std::string& name)
    : trace_(trace), pid_(take_id(trace.pids, pid)) {
  metadata("process_name", 0, {{"name", name}});
  metadata("process_sort_index", 0, {{"sort_index", trace.pids.size()}});
}

void TraceProcess::add(const std::string& name, const std::string& category,
                       std::vector<TraceSlice> slices, std::optional<std::int64_t> tid) {
  std::stable_sort(slices.begin(), slices.end(), [](const TraceSlice& a, const TraceSlice& b) {
    return std::pair(a.begin_ns, -a.end_ns) < std::pair(b.begin_ns, -b.end_ns);
  });
  for (int lane = 1; !slices.empty(); ++lane) {
    const std::int64_t track = lane == 1
                                   ? begin_track(name, tid)
                                   : begin_track(fmt::format("{} ({})", name, lane), std::nullopt);
    std::vector<TraceSlice> open;  // around the next one, the innermost last
    std::vector<TraceSlice> others;
    const auto close_until = [&](std::int64_t at_ns) {
      while (!open.empty() && open.back().end_ns <= at_ns) {
        put_edge("E", open.back().end_ns, track, category, open.back());
        open.pop_back();
      }
    };
    for (TraceSlice& slice : slices) {
      close_until(slice.begin_ns);
      if (!open.empty() && open.back().end_ns < slice.end_ns) {
        others.push_back(std::move(slice));
        continue;
      }
      put_edge("B", slice.begin_ns, track, category, slice);
      open.push_back(std::move(slice));
    }
    close_until(std::numeric_limits<std::int64_t>::max());
    slices = std::move(others);
  }
}

void TraceProcess::add_instants(const std::string& name, const std::string& category,
                                const std::vector<std::pair<std::string, std::int64_t>>& instants) {
  if (instants.empty()) return;
  const std::int64_t track = begin_track(name, std::nullopt);
  for (const auto& [what, at_ns] : instants) {
    trace_.events.push_back({{"name", what},
                             {"cat", category},
                             {"ph", "i"},
                             {"s", "t"},
                             {"ts", microseconds(at_ns)},
                             {"pid", pid_},
                             {"tid", track}});
  }
}

void TraceProcess::metadata(const char* what, std::int64_t tid, Json args) {
  trace_.events.push_back({{"name", what},
                           {"ph", "M"},
                           {"ts", 0},
                           {"pid", pid_},
                           {"tid", tid},
                           {"args", std::move(args)}});
}

std::int64_t TraceProcess::begin_track(const std::string& name, std::optional<std::int64_t> tid) {
  const std::int64_t track = take_id(trace_.tids, tid.value_or(kAboveAllThreads));
  metadata("thread_name", track, {{"name", name}});
  metadata("thread_sort_index", track, {{"sort_index", ++tracks_}});
  return track;
}

// The end repeats name and arguments: readers look by them for what it ends.
void TraceProcess::put_edge(const char* edge, std::int64_t at_ns, std::int64_t tid,
                            const std::string& category, const TraceSlice& slice) {
  Json event = {{"name", slice.name},        {"cat", category}, {"ph", edge},
                {"ts", microseconds(at_ns)}, {"pid", pid_},     {"tid", tid}};
  put_object(event, "args", slice.args);
  trace_.events.push_back(std::move(event));
}

}  // namespace coldstart::results
