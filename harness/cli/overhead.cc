#include "harness/cli/overhead.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "harness/cli/progress.h"
#include "harness/cli/record_run.h"
#include "harness/platform/platform.h"
#include "harness/process/monotonic.h"
#include "results/model/duration.h"
#include "results/model/error.h"
#include "results/statistics/quantile.h"

extern char** environ;

namespace coldstart::cli {
namespace {

struct Pairs {
  std::vector<std::int64_t> on, off;
  std::vector<std::int64_t> ratios_ppm;  // on/off of each pair, in millionths, to rank them exactly
  int failed = 0;

  void add(std::int64_t with, std::int64_t without) {
    on.push_back(with);
    off.push_back(without);
    ratios_ppm.push_back(with * 1'000'000 / without);
  }
};

void print_pairs(const std::string& what, const char* on, const char* off, Pairs pairs) {
  if (pairs.on.empty()) {
    std::printf("%-24s no pair of starts succeeded\n", what.c_str());
    return;
  }
  for (auto* values : {&pairs.on, &pairs.off, &pairs.ratios_ppm}) {
    std::sort(values->begin(), values->end());
  }
  const auto median = [](const std::vector<std::int64_t>& v) { return results::quantile(v, 0.5); };
  std::printf("%-24s %s %s, %s %s: ratio of medians %.3f", what.c_str(), on,
              format_duration(median(pairs.on)).c_str(), off,
              format_duration(median(pairs.off)).c_str(),
              static_cast<double>(median(pairs.on)) / static_cast<double>(median(pairs.off)));
  std::printf("; median of pairs %.3f", static_cast<double>(median(pairs.ratios_ppm)) / 1e6);
  if (auto interval = results::median_interval(pairs.ratios_ppm, 0.95)) {
    std::printf(" (95 %%: %.3f to %.3f)", static_cast<double>(interval->low) / 1e6,
                static_cast<double>(interval->high) / 1e6);
  }
  std::printf(", n %zu pairs", pairs.on.size());
  if (pairs.failed > 0) std::printf(", %d failed", pairs.failed);
  std::printf("\n");
}

std::int64_t posix_spawn_once(const std::string& program) {
  char* arguments[] = {const_cast<char*>(program.c_str()), nullptr};
  const std::int64_t begin = harness::monotonic_ns();
  pid_t pid = 0;
  if (::posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ) != 0) {
    throw Error(program, "cannot be started");
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return harness::monotonic_ns() - begin;
}

boost::asio::awaitable<void> compare_function(harness::Platform& platform,
                                              const harness::FunctionSpec& function, int trials,
                                              Progress& progress, Pairs& pairs) {
  std::mt19937 random(1);
  co_await platform.cold_start(function, {.rehearsal = true});
  for (int trial = 0; trial < trials; ++trial) {
    progress.show("overhead: " + function.name, trial, trials);
    std::int64_t latency[2] = {0, 0};  // off, on
    bool good = true;
    const bool on_first = (random() & 1U) != 0;
    for (const bool on : {on_first, !on_first}) {
      if (on) {
        platform.session().attach();
      } else {
        platform.session().detach();
      }
      // The first start after hooks changed pays for patched code: it is not the one that counts.
      co_await platform.cold_start(function, {.readiness = harness::Readiness::kPoll});
      const Start start =
          co_await platform.cold_start(function, {.readiness = harness::Readiness::kPoll});
      const auto measured = latency_ns(start.timeline);
      good = good && start.outcome == Outcome::kOk && measured.has_value();
      if (measured) latency[on ? 1 : 0] = *measured;
    }
    if (good) {
      pairs.add(latency[1], latency[0]);
    } else {
      pairs.failed += 1;
    }
  }
  platform.session().attach();
}

// The floor: how much does the launcher add to a bare spawn of a program that does nothing?
boost::asio::awaitable<void> compare_floor(harness::Platform& platform,
                                           const harness::FunctionSpec& empty, int trials,
                                           Progress& progress, Pairs& pairs) {
  co_await platform.cold_start(empty, {.rehearsal = true});
  for (int trial = 0; trial < trials; ++trial) {
    progress.show("overhead: empty program", trial, trials);
    const std::int64_t bare = posix_spawn_once(empty.command.front());
    const Start start = co_await platform.cold_start(empty, {});
    if (auto measured = latency_ns(start.timeline)) {
      pairs.add(*measured, bare);
    } else {
      pairs.failed += 1;
    }
  }
}

}  // namespace

int measure_overhead(const Globals& globals, const OverheadOptions& options,
                     harness::Launcher& launcher) {
  const harness::Suite suite = harness::read_suite(options.suite);
  const auto session = probes::open_session(probes::TierSet::all());
  if (!session->live()) {
    throw Error("--overhead", "the probes do not work here", "see coldstart doctor");
  }
  harness::Platform platform(launcher, *session);
  Progress progress(globals.quiet);

  for (const harness::FunctionSpec& function : suite.functions) {
    const auto empty = std::filesystem::path(function.directory) / "bench/functions/empty-static";
    if (!std::filesystem::exists(empty)) continue;
    harness::FunctionSpec floor;
    floor.name = "empty-static";
    floor.contract = harness::ContractKind::kExec;
    floor.command = {empty};
    floor.directory = function.directory;
    Pairs pairs;
    platform.run_to_end(compare_floor(platform, floor, options.trials * 5, progress, pairs));
    progress.clear();
    print_pairs("empty static program", "launcher", "posix_spawn", pairs);
    break;
  }
  for (const std::string& name : split_commas(options.functions)) {
    const auto found = std::find_if(suite.functions.begin(), suite.functions.end(),
                                    [&](const auto& f) { return f.name == name; });
    if (found == suite.functions.end()) {
      throw Error("--functions", "the suite has no function '" + name + "'",
                  "look into " + options.suite.string());
    }
    if (auto lacking = harness::missing(*found)) {
      std::printf("%-24s skipped: %s\n", name.c_str(), lacking->c_str());
      continue;
    }
    Pairs pairs;
    platform.run_to_end(compare_function(platform, *found, options.trials, progress, pairs));
    progress.clear();
    print_pairs(name, "probes on", "off", pairs);
  }
  return 0;
}

}  // namespace coldstart::cli
