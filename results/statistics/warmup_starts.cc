#include "results/statistics/warmup_starts.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "results/statistics/load_summary.h"

namespace coldstart::results {
namespace {

using Turn = std::pair<std::string, std::string>;  // load, function

// When functions had their turn, on CLOCK_MONOTONIC. A load tells the begin of the first one only,
// but the same moment of a start, its request, is known on both clocks.
std::map<Turn, std::int64_t> begins_of_turns(const Run& run) {
  std::unordered_map<std::uint64_t, const InstanceLife*> lives;
  for (const InstanceLife& life : run.instances) lives.emplace(life.instance, &life);
  std::map<Turn, std::int64_t> begins;
  for (const Start& start : run.starts) {
    const auto requested = start.timeline[Boundary::kRequested].at_ns;
    const auto life = lives.find(start.instance);
    if (!requested || life == lives.end()) continue;
    begins.try_emplace({start.load, start.function},
                       start.due_ns + *requested - life->second->requested_ns);
  }
  return begins;
}

}  // namespace

void mark_warmup_starts(Run& run) {
  std::map<std::string, const Load*> with_warmup;
  for (const Load& load : run.loads) {
    if (warmup_ns(load) > 0) with_warmup.emplace(load.name, &load);
  }
  if (with_warmup.empty()) return;
  const std::map<Turn, std::int64_t> begins = begins_of_turns(run);
  for (Start& start : run.starts) {
    const auto load = with_warmup.find(start.load);
    if (load == with_warmup.end()) continue;
    const auto turn = begins.find({start.load, start.function});
    const std::int64_t begin = turn == begins.end() ? load->second->begin_ns : turn->second;
    start.warmup = start.due_ns - begin < warmup_ns(*load->second);
  }
}

}  // namespace coldstart::results
