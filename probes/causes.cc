#include "probes/causes.h"

#include <algorithm>
#include <unordered_map>

namespace coldstart::probes {
namespace {

using Span = Activity::CpuRun;  // of a phase; tid unused

std::int64_t overlap(std::int64_t a_begin, std::int64_t a_end, std::int64_t b_begin,
                     std::int64_t b_end) {
  return std::max<std::int64_t>(0, std::min(a_end, b_end) - std::max(a_begin, b_begin));
}

// The runs of each thread, in order of time.
using RunsByThread = std::unordered_map<std::uint32_t, std::vector<Activity::CpuRun>>;

std::int64_t time_on_cpu(const RunsByThread& runs, std::uint32_t tid, std::int64_t begin_ns,
                         std::int64_t end_ns) {
  const auto known = runs.find(tid);
  if (known == runs.end()) return 0;
  auto run = std::upper_bound(
      known->second.begin(), known->second.end(), begin_ns,
      [](std::int64_t at, const Activity::CpuRun& candidate) { return at < candidate.end_ns; });
  std::int64_t sum = 0;
  for (; run != known->second.end() && run->begin_ns < end_ns; ++run) {
    sum += overlap(run->begin_ns, run->end_ns, begin_ns, end_ns);
  }
  return sum;
}

// The share of `whole` that belongs to [0, part) of `total`; shares of neighbours add up exactly.
std::int64_t share(std::int64_t whole, std::int64_t part, std::int64_t total) {
  return static_cast<std::int64_t>(static_cast<long double>(whole) *
                                   static_cast<long double>(part) /
                                   static_cast<long double>(total));
}

void add_rise(const RunsByThread& runs, const Activity::Rise& rise, const std::vector<Span>& spans,
              std::vector<PhaseCauses>& causes) {
  const std::int64_t total = time_on_cpu(runs, rise.tid, rise.begin_ns, rise.end_ns);
  std::int64_t done = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const std::int64_t begin = std::max(rise.begin_ns, spans[i].begin_ns);
    const std::int64_t end = std::min(rise.end_ns, spans[i].end_ns);
    const bool whole = rise.begin_ns >= spans[i].begin_ns && rise.end_ns <= spans[i].end_ns;
    if (!whole && begin >= end) continue;
    std::int64_t until = total;
    if (!whole) {
      if (total == 0) continue;
      if (done == 0) done = time_on_cpu(runs, rise.tid, rise.begin_ns, begin);
      until = done + time_on_cpu(runs, rise.tid, begin, end);
    }
    const auto part = [&](std::int64_t value) {
      return whole ? value : share(value, until, total) - share(value, done, total);
    };
    causes[i].minor_faults += part(rise.minor_faults);
    causes[i].major_faults += part(rise.major_faults);
    causes[i].read_bytes += part(rise.read_bytes);
    if (whole) return;
    done = until;
  }
}

}  // namespace

std::vector<PhaseCauses> causes_of(const Activity& activity, const Timeline& timeline,
                                   std::int64_t due_ns) {
  std::vector<PhaseCauses> causes;
  std::vector<Span> spans;
  for (const PhaseSpan& phase : phases_of(timeline)) {
    const Span span{0, due_ns + phase.begin_ns, due_ns + phase.end_ns};
    spans.push_back(span);
    PhaseCauses cause;
    cause.phase = phase.name();
    cause.time = activity.split(span.begin_ns, span.end_ns);
    for (const auto& run : activity.runs) {
      if (run.begin_ns >= span.end_ns) break;
      cause.cpu_time_ns += overlap(run.begin_ns, run.end_ns, span.begin_ns, span.end_ns);
    }
    cause.context_switches =
        std::count_if(activity.switches.begin(), activity.switches.end(),
                      [&](std::int64_t at) { return at >= span.begin_ns && at < span.end_ns; });
    causes.push_back(std::move(cause));
  }
  RunsByThread runs;
  for (const auto& run : activity.runs) runs[run.tid].push_back(run);
  for (const auto& rise : activity.rises) add_rise(runs, rise, spans, causes);
  return causes;
}

}  // namespace coldstart::probes
