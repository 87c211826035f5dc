#include "harness/cli/overhead.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/cli/progress.h"
#include "harness/cli/record_run.h"
#include "harness/platform/host.h"
#include "harness/platform/overhead.h"
#include "results/model/duration.h"
#include "results/model/error.h"
#include "results/statistics/quantile.h"
#include "results/store/store.h"

#ifndef COLDSTART_VERSION
#define COLDSTART_VERSION "unknown"
#endif

namespace coldstart::cli {
namespace {

// Ratios are ranked in millionths: whole numbers have an exact order.
constexpr double kMillion = 1e6;

// Absent if no pair succeeded.
std::optional<Overhead> summarized(const harness::OverheadPairs& pairs, const Host& host,
                                   const std::string& measured_at) {
  if (pairs.with_without.empty()) return std::nullopt;
  std::vector<std::int64_t> with, without, ratios;
  for (const auto& [on, off] : pairs.with_without) {
    with.push_back(on);
    without.push_back(off);
    ratios.push_back(
        static_cast<std::int64_t>(kMillion * static_cast<double>(on) / static_cast<double>(off)));
  }
  for (auto* values : {&with, &without, &ratios}) std::sort(values->begin(), values->end());
  Overhead overhead;
  overhead.measured_at = measured_at;
  overhead.host_name = host.name;
  overhead.kernel = host.kernel;
  overhead.cpu = host.cpu;
  overhead.cpus = host.cpus;
  overhead.tool_version = COLDSTART_VERSION;
  overhead.what = pairs.what;
  overhead.tiers = pairs.tiers;
  overhead.ratio = static_cast<double>(results::quantile(ratios, 0.5)) / kMillion;
  if (const auto interval = results::median_interval(ratios, 0.95)) {
    overhead.low = static_cast<double>(interval->low) / kMillion;
    overhead.high = static_cast<double>(interval->high) / kMillion;
  }
  overhead.pairs = static_cast<std::int64_t>(ratios.size());
  overhead.base_ns = results::quantile(without, 0.5);
  overhead.with_ns = results::quantile(with, 0.5);
  return overhead;
}

void print(const harness::OverheadPairs& pairs, const std::optional<Overhead>& overhead) {
  const std::string what = pairs.tiers.empty() ? pairs.what : pairs.what + ", " + pairs.tiers;
  if (!overhead) {
    std::printf("%-24s no pair of starts succeeded\n", what.c_str());
    return;
  }
  std::printf("%-24s %7s against %7s: median of pairs %.3f", what.c_str(),
              format_duration(overhead->with_ns).c_str(),
              format_duration(overhead->base_ns).c_str(), overhead->ratio);
  if (overhead->low) {
    std::printf(" (95 %%: %.3f to %.3f)", *overhead->low, *overhead->high);
  }
  std::printf(", ratio of medians %.3f, n %lld pairs",
              static_cast<double>(overhead->with_ns) / static_cast<double>(overhead->base_ns),
              static_cast<long long>(overhead->pairs));
  if (pairs.events_per_start > 0) {
    std::printf(", %.0f events of %.0f bytes a start", pairs.events_per_start,
                pairs.bytes_per_start / pairs.events_per_start);
  }
  if (pairs.failed > 0) std::printf(", %d failed", pairs.failed);
  std::printf("\n");
  std::fflush(stdout);
}

std::vector<harness::TierChoice> chosen_tiers(const std::string& names,
                                              const probes::Session& session) {
  auto all = harness::tier_choices(session);
  if (names == "each") return all;
  std::vector<harness::TierChoice> chosen;
  std::string known = "each";
  for (const auto& choice : all) known += ", " + choice.name;
  for (const std::string& name : split_commas(names)) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& c) { return c.name == name; });
    if (found == all.end()) {
      throw Error("--tiers", "'" + name + "' is no choice of tiers that works here",
                  "there are: " + known);
    }
    chosen.push_back(*found);
  }
  return chosen;
}

std::vector<harness::FunctionSpec> chosen_functions(const OverheadOptions& options,
                                                    const harness::Suite& suite) {
  std::vector<harness::FunctionSpec> chosen;
  for (const std::string& name : split_commas(options.functions)) {
    const auto found = std::find_if(suite.functions.begin(), suite.functions.end(),
                                    [&](const auto& f) { return f.name == name; });
    if (found == suite.functions.end()) {
      throw Error("--functions", "the suite has no function '" + name + "'",
                  "look into " + options.suite.string());
    }
    chosen.push_back(*found);
  }
  return chosen;
}

// A program that does nothing, where the suite's build made it.
std::optional<harness::FunctionSpec> empty_program(const harness::Suite& suite) {
  for (const harness::FunctionSpec& function : suite.functions) {
    const auto path = std::filesystem::path(function.directory) / "bench/functions/empty-static";
    if (!std::filesystem::exists(path)) continue;
    harness::FunctionSpec empty;
    empty.name = "empty static program";
    empty.contract = harness::ContractKind::kExec;
    empty.command = {path};
    empty.directory = function.directory;
    return empty;
  }
  return std::nullopt;
}

}  // namespace

int measure_overhead(const Globals& globals, const OverheadOptions& options,
                     harness::Launcher& launcher) {
  std::error_code error;
  if (!std::filesystem::exists(options.suite, error)) {
    throw Error("--overhead", "there is no " + options.suite.string() + " here",
                "name a suite that has " + options.functions + " with --suite");
  }
  const harness::Suite suite = harness::read_suite(options.suite, split_commas(options.functions));
  const auto functions = chosen_functions(options, suite);
  // Opened before anything is measured: what cannot be stored must not cost a quarter of an hour.
  results::Store store(globals.db, results::Store::Mode::kWrite);
  const auto session = probes::open_session(probes::TierSet::all());
  if (!session->live()) {
    throw Error("--overhead", "the probes do not work here", "see coldstart doctor");
  }
  const std::vector<harness::TierChoice> choices = chosen_tiers(options.tiers, *session);
  harness::Platform platform(launcher, *session);
  Progress progress(globals.quiet);
  const Host host = harness::describe_host();
  // Stored at once: what was measured is not lost if the next function fails or somebody ends us.
  const auto tell = [&](const harness::OverheadPairs& pairs) {
    progress.clear();
    const auto overhead = summarized(pairs, host, harness::utc_now());
    print(pairs, overhead);
    if (overhead) store.add_overheads({*overhead});
  };
  const auto shown = [&](const std::string& what, int trials) {
    return
        [&progress, what, trials](int trial) { progress.show("overhead: " + what, trial, trials); };
  };

  if (const auto empty = empty_program(suite)) {
    const int trials = options.trials * 5;
    tell(platform.run_to_end(
        harness::compare_with_posix_spawn(platform, *empty, trials, shown(empty->name, trials))));
  }
  for (const harness::FunctionSpec& function : functions) {
    if (auto lacking = harness::missing(function)) {
      std::printf("%-24s skipped: %s\n", function.name.c_str(), lacking->c_str());
      continue;
    }
    for (const harness::OverheadPairs& pairs : platform.run_to_end(harness::compare_tiers(
             platform, function, choices, options.trials, shown(function.name, options.trials)))) {
      tell(pairs);
    }
  }
  progress.say("stored in " + globals.db.string() + ": reports of runs on this machine name it");
  return 0;
}

}  // namespace coldstart::cli
