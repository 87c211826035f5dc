// What it costs to build the timeline of one start in a container: 17 events of four processes.
#include <benchmark/benchmark.h>
#include <string>
#include <vector>

#include "probes/timeline_builder.h"

namespace coldstart::probes {
namespace {

constexpr std::uint16_t kPort = 8080;
constexpr std::uint16_t kClient = 50000;

Event event(cs_event_kind kind, std::uint64_t time_us, std::uint32_t pid, std::uint32_t value = 0) {
  Event made;
  made.raw.kind = kind;
  made.raw.time_ns = time_us * 1000;
  made.raw.pid = pid;
  made.raw.tid = pid;
  made.raw.value = value;
  return made;
}

Event exec(std::uint64_t time_us, std::uint32_t pid, const std::string& filename) {
  Event made = event(CS_EXEC, time_us, pid);
  made.name = filename;
  return made;
}

Event socket(cs_event_kind kind, std::uint64_t time_us, std::uint32_t pid, std::uint16_t client) {
  Event made = event(kind, time_us, pid);
  made.raw.socket.local_port = kPort;
  made.raw.socket.remote_port = client;
  return made;
}

// The launcher (1) starts crun (100), which re-executes itself, starts a helper (101) and the
// container's first process (102); that becomes the server and forks a worker (103).
std::vector<Event> container_start() {
  return {event(CS_FORK, 1100, 1, 100),
          exec(1400, 100, "/usr/bin/crun"),
          event(CS_LINKED, 1900, 100),
          event(CS_ENTERED, 2000, 100),
          exec(2600, 100, "/proc/self/fd/5"),
          event(CS_LINKED, 3100, 100),
          event(CS_ENTERED, 3200, 100),
          event(CS_FORK, 4000, 100, 101),
          event(CS_EXIT, 4600, 101),
          event(CS_FORK, 5000, 100, 102),
          exec(11000, 102, "/hello"),
          event(CS_LINKED, 12200, 102),
          event(CS_ENTERED, 12300, 102),
          socket(CS_LISTEN, 12600, 102, 0),
          event(CS_FORK, 12700, 102, 103),
          socket(CS_RECEIVED, 12900, 103, kClient),
          socket(CS_REPLIED, 12950, 103, kClient)};
}

void build(benchmark::State& state) {
  const std::vector<Event> events = container_start();
  HarnessView view;
  view.due_ns = 1'000'000;
  view.requested_ns = 1'005'000;
  view.responded_ns = 13'050'000;
  view.completed_ns = 13'070'000;
  view.server_port = kPort;
  view.client_port = kClient;
  std::vector<TierStatus> tiers;
  for (TierId tier : kAllTiers) tiers.push_back({tier, true, "", ""});
  Program program;
  program.dynamic = true;
  program.has_entry = true;
  const auto find = [&](const ProgramKey&) { return &program; };
  // The copy is part of the cost: build_timeline takes the events over.
  for (auto _ : state) benchmark::DoNotOptimize(build_timeline(events, view, find, tiers));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events.size()));
}
BENCHMARK(build);

}  // namespace
}  // namespace coldstart::probes
