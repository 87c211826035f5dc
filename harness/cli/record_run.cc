#include "harness/cli/record_run.h"

#include <cstdio>
#include <random>

#include "harness/platform/host.h"
#include "results/model/duration.h"
#include "results/store/store.h"

#ifndef COLDSTART_VERSION
#define COLDSTART_VERSION "unknown"
#endif

namespace coldstart::cli {
namespace {

std::vector<Tier> tiers_of(const probes::Session& session) {
  std::vector<Tier> tiers;
  for (const probes::TierStatus& status : session.tiers()) {
    tiers.push_back({std::string(name(status.id)), status.on, status.reason, status.remedy});
  }
  return tiers;
}

std::string repeatable(const std::string& command_line, std::uint64_t seed) {
  if (command_line.find(" --seed") != std::string::npos) return command_line;
  // Before the command of `profile`, which begins after "--".
  const std::string option = " --seed " + std::to_string(seed);
  const std::size_t end = command_line.find(" -- ");
  if (end == std::string::npos) return command_line + option;
  return command_line.substr(0, end) + option + command_line.substr(end);
}

}  // namespace

RecordedRun record_run(harness::Platform& platform, const Globals& globals, Progress& progress,
                       const RunRequest& request) {
  // Opened before anything is started: a store that cannot be written must not cost a run.
  results::Store store(globals.db, results::Store::Mode::kWrite);
  RunInfo info;
  info.label = request.label;
  info.suite = request.suite;
  info.started_at = harness::utc_now();
  info.seed = request.plan.seed;
  info.tool_version = COLDSTART_VERSION;
  info.command_line = repeatable(globals.command_line, request.plan.seed);
  info.host = harness::describe_host();
  info.tiers = tiers_of(platform.session());

  RecordedRun recorded;
  harness::MeasureSink sink;
  sink.begin = [&](const std::vector<Function>& functions) {
    for (const Function& function : functions) {
      if (function.skipped) progress.say(function.name + ": skipped: " + *function.skipped);
    }
    recorded.id = store.begin_run(info, functions);
  };
  sink.started = [&](const Start& start) {
    store.add_start(recorded.id, start);
    info.lost_events += start.lost_events;
    const auto latency = latency_ns(start.timeline);
    progress.note(start.outcome == Outcome::kOk && latency
                      ? start.function + " " + format_duration(*latency)
                      : start.function + " " + std::string(name(start.outcome)));
  };
  sink.progress = [&](const std::string& what, int done, int total) {
    progress.show(what, done, total);
  };
  recorded.interrupted_by = harness::measure(platform, request.plan, sink);
  progress.clear();
  if (!recorded.interrupted_by) {
    store.finish_run(recorded.id, harness::utc_now(), info.lost_events,
                     tiers_of(platform.session()));
  }
  return recorded;
}

std::uint64_t fresh_seed() {
  // 32 bits: short enough to be typed again.
  return std::random_device()();
}

int report_interruption(const RecordedRun& run, const Globals& globals) {
  if (run.id == 0) {
    std::fprintf(stderr, "interrupted; nothing was measured yet\n");
  } else {
    std::fprintf(
        stderr, "interrupted; the starts so far are run %lld in %s (coldstart report %lld)\n",
        static_cast<long long>(run.id), globals.db.c_str(), static_cast<long long>(run.id));
  }
  return 128 + *run.interrupted_by;
}

}  // namespace coldstart::cli
