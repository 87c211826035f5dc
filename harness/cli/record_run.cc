#include "harness/cli/record_run.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <random>
#include <span>
#include <unistd.h>

#include "harness/cli/quote.h"
#include "harness/platform/host.h"
#include "harness/platform/noise.h"
#include "results/model/duration.h"
#include "results/model/error.h"
#include "results/store/store.h"

#ifndef COLDSTART_VERSION
#define COLDSTART_VERSION "unknown"
#endif

namespace coldstart::cli {
namespace {

// A selector that means something else, so that the label would never be found.
bool is_taken(const std::string& label) {
  return label == "latest" || label.starts_with("latest~") || label.ends_with(".json") ||
         (!label.empty() && label.find_first_not_of("0123456789") == std::string::npos);
}

// With the folder: paths in a command line are relative to it.
std::string in_folder(const std::string& command_line) {
  std::error_code unreachable;
  const auto folder = std::filesystem::current_path(unreachable);
  return unreachable ? command_line : "cd " + quote(folder.string()) + " && " + command_line;
}

std::string with_seed(const std::string& command_line, std::uint64_t seed) {
  // The command of `profile`, which begins after "--", may have options of the same name.
  const std::size_t end = std::min(command_line.find(" -- "), command_line.size());
  const std::string ours = command_line.substr(0, end);
  if (ours.find(" --seed") != std::string::npos) return command_line;
  return ours + " --seed " + std::to_string(seed) + command_line.substr(end);
}

}  // namespace

std::vector<Tier> tiers_of(const probes::Session& session) {
  std::vector<Tier> tiers;
  for (const probes::TierStatus& status : session.tiers()) {
    tiers.push_back({std::string(name(status.id)), status.on, status.reason, status.remedy});
  }
  return tiers;
}

RunInfo run_info(const Globals& globals, const std::string& suite, const std::string& label,
                 std::uint64_t seed) {
  RunInfo info;
  info.label = label;
  info.suite = suite;
  info.started_at = harness::utc_now();
  info.seed = seed;
  info.tool_version = COLDSTART_VERSION;
  // With the folder and the seed: how to repeat it.
  info.command_line = in_folder(with_seed(globals.command_line, seed));
  info.host = harness::describe_host();
  return info;
}

RecordedRun record_run(harness::Platform& platform, const Globals& globals, Progress& progress,
                       const RunRequest& request) {
  // Opened before anything is started: a store that cannot be written must not cost a run.
  results::Store store(globals.db, results::Store::Mode::kWrite);
  RunInfo info = run_info(globals, request.suite, request.label, request.plan.seed);
  RecordedRun recorded;
  harness::MeasureSink sink;
  sink.begin = [&](const std::vector<Function>& functions) {
    for (const Function& function : functions) {
      if (function.skipped) progress.say(function.name + ": skipped: " + *function.skipped);
    }
    // Now, for a rehearsal may have shown that a tier does not work.
    info.tiers = tiers_of(platform.session());
    recorded.id = store.begin_run(info, functions);
  };
  sink.started = [&](const Start& start) {
    store.add_start(recorded.id, start);
    (start.outcome == Outcome::kOk ? recorded.answered : recorded.failed) += 1;
    const auto latency = latency_ns(start.timeline);
    progress.note(start.outcome == Outcome::kOk && latency
                      ? start.function + " " + format_duration(*latency)
                      : start.function + " " + std::string(name(start.outcome)));
    if (request.after_start) request.after_start();
  };
  sink.load_begins = [&](const Load& load) { store.add_load(recorded.id, load); };
  sink.load_ends = [&](std::uint32_t load, std::int64_t duration_ns) {
    store.finish_load(recorded.id, load, duration_ns);
  };
  sink.batches.starts = [&](std::span<const Start> starts) {
    store.add_starts(recorded.id, starts);
  };
  sink.batches.invocations = [&](std::span<const Invocation> invocations) {
    for (const Invocation& invocation : invocations) {
      (invocation.outcome == Outcome::kOk ? recorded.answered : recorded.failed) += 1;
    }
    store.add_invocations(recorded.id, invocations);
  };
  sink.batches.instances = [&](std::span<const InstanceLife> lives) {
    store.add_instances(recorded.id, lives);
  };
  sink.load_progress = [&](const std::string& line) { progress.live(line); };
  sink.progress = [&](const std::string& what, int done, int total) {
    progress.show(what, done, total);
  };
  sink.warn = [&](const std::string& line) { progress.warn(line); };
  recorded.interrupted_by = harness::measure(platform, request.plan, sink);
  progress.clear();
  if (recorded.id != 0) {
    // All that were lost, also between starts.
    store.finish_run(recorded.id, recorded.interrupted_by ? std::string() : harness::utc_now(),
                     platform.session().lost_events(), tiers_of(platform.session()));
  }
  return recorded;
}

void add_label_and_seed(CLI::App& command, RecordOptions& options) {
  command.add_option("--label", options.label, "A name for this run");
  // CLI11's own conversion takes what is too large for the largest number there is.
  const auto read_seed = [&options](const std::string& text) {
    std::uint64_t seed = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, seed);
    if (error != std::errc() || rest != end) {
      throw CLI::ValidationError(
          "--seed", "'" + text + "' is no whole number from 0 to " + std::to_string(UINT64_MAX));
    }
    options.seed = seed;
  };
  command.add_option_function<std::string>("--seed", read_seed,
                                           "Repeat the order of an earlier run");
}

void add_keep_going(CLI::App& command, RecordOptions& options) {
  command.add_flag("--keep-going", options.keep_going,
                   "Try all starts, also of a function that never answered");
}

void add_record_options(CLI::App& command, RecordOptions& options) {
  add_label_and_seed(command, options);
  add_keep_going(command, options);
  command.add_flag("--fail-on-error", options.fail_on_error,
                   "Exit 2 if a start failed, or nothing was started");
}

void check_before_run(const Globals& globals, const RecordOptions& options) {
  if (is_taken(options.label)) {
    throw Error("--label",
                "'" + options.label + "' names a run in another way and could not be found",
                "choose a name that is no number, not latest, and does not end in .json");
  }
  // An existing store is opened; where it will be made, the folder must allow it. (It is made only
  // when there is something to store.) Whatever is wrong, the store says it best.
  std::error_code error;
  const auto folder = std::filesystem::absolute(globals.db, error).parent_path();
  if (std::filesystem::exists(globals.db, error) || ::access(folder.c_str(), W_OK | X_OK) != 0) {
    const results::Store store(globals.db, results::Store::Mode::kWrite);
  }
  if (const auto complaint = harness::what_disturbs(harness::read_noise())) {
    std::fprintf(stderr, "warning: %s\n", complaint->c_str());
  }
}

std::uint64_t seed_of(const RecordOptions& options) {
  // 32 bits: short enough to be typed again.
  return options.seed ? *options.seed : std::random_device()();
}

int conclude(const RecordedRun& run, const Globals& globals, const RecordOptions& options) {
  if (run.interrupted_by) {
    if (run.id == 0) {
      std::fprintf(stderr, "interrupted; nothing was measured yet\n");
    } else {
      const std::string db =
          globals.db == Globals().db ? "" : " --db " + quote(globals.db.string());
      std::fprintf(stderr,
                   "interrupted; the starts so far are run %lld in %s (coldstart%s report %lld)\n",
                   static_cast<long long>(run.id), globals.db.c_str(), db.c_str(),
                   static_cast<long long>(run.id));
    }
    return 128 + *run.interrupted_by;
  }
  if (run.answered == 0) std::fprintf(stderr, "no start of any function succeeded\n");
  return options.fail_on_error && (run.failed > 0 || run.answered == 0) ? 2 : 0;
}

}  // namespace coldstart::cli
