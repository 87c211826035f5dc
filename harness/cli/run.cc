// coldstart run: a suite, measured, stored, compared.
#include <algorithm>
#include <cstdio>
#include <malloc.h>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "harness/cli/cache_options.h"
#include "harness/cli/command_line.h"
#include "harness/cli/record_run.h"
#include "harness/cli/write_report.h"
#include "harness/platform/drive_load.h"
#include "harness/suite/suite.h"
#include "results/model/error.h"
#include "results/report/table.h"
#include "results/statistics/summary.h"
#include "results/store/store.h"

namespace coldstart::cli {
namespace {

struct RunOptions {
  std::filesystem::path suite;
  int trials = 0;
  std::string functions;
  RecordOptions record;
  std::string probes = "all";
  CacheOptions cache;
  std::string loads;
  std::vector<int> parallel;
  std::filesystem::path output = "coldstart-report";
  bool tracks = false;
};

constexpr const char* kDefaultSuite = "coldstart.yaml";
constexpr std::uint32_t kRingBytesUnderLoad = 32 * 1024 * 1024;

std::filesystem::path suite_file(const std::filesystem::path& given) {
  if (!given.empty()) return given;
  std::error_code error;
  if (std::filesystem::exists(kDefaultSuite, error)) return kDefaultSuite;
  throw Error("coldstart run", std::string("there is no ") + kDefaultSuite + " here",
              "name a suite: coldstart run SUITE.yaml");
}

void choose_functions(harness::Suite& suite, const std::vector<std::string>& names) {
  std::vector<harness::FunctionSpec> chosen;
  std::string known;
  for (const auto& function : suite.functions) {
    known += (known.empty() ? "" : ", ") + function.name;
  }
  for (const std::string& wanted : names) {
    bool found = false;
    for (const auto& function : suite.functions) {
      // The name of a swept function stands for all its sizes.
      if (function.name != wanted && function.sweep_of != wanted) continue;
      found = true;
      if (std::ranges::find(chosen, function.name, &harness::FunctionSpec::name) != chosen.end()) {
        throw Error("--functions", "names '" + function.name + "' twice", "name it once");
      }
      chosen.push_back(function);
    }
    if (!found) {
      throw Error("--functions", "the suite has no function '" + wanted + "'", "it has: " + known);
    }
  }
  if (chosen.empty()) throw Error("--functions", "names no function", "the suite has: " + known);
  suite.functions = std::move(chosen);
}

void choose_loads(harness::Suite& suite, const std::string& list) {
  const std::vector<std::string> names = split_commas(list);
  std::vector<harness::LoadSpec> chosen;
  std::string known;
  for (const auto& load : suite.loads) known += (known.empty() ? "" : ", ") + load.name;
  for (const std::string& wanted : names) {
    const auto found = std::find_if(suite.loads.begin(), suite.loads.end(),
                                    [&](const auto& load) { return load.name == wanted; });
    if (found == suite.loads.end()) {
      throw Error("--loads", "the suite has no load '" + wanted + "'", "it has: " + known);
    }
    if (std::count(names.begin(), names.end(), wanted) > 1) {
      throw Error("--loads", "names '" + wanted + "' twice", "name it once");
    }
    chosen.push_back(*found);
  }
  if (chosen.empty()) throw Error("--loads", "names no load", "the suite has: " + known);
  suite.loads = std::move(chosen);
}

// The sweep replaces the loads of the suite.
void sweep_parallel(harness::Suite& suite, const std::vector<int>& sizes) {
  suite.loads.clear();
  for (const int size : sizes) {
    if (std::count(sizes.begin(), sizes.end(), size) > 1) {
      throw Error("--sweep-parallel", "names " + std::to_string(size) + " twice", "name it once");
    }
    suite.loads.push_back(harness::parallel_load(size));
  }
}

void check_driven(const harness::Suite& suite) {
  for (const harness::LoadSpec& load : suite.loads) {
    const bool drives =
        load.functions.empty() || std::ranges::any_of(suite.functions, [&](const auto& function) {
          return std::ranges::find(load.functions, function.name) != load.functions.end();
        });
    if (drives) continue;
    std::string driven;
    for (const std::string& name : load.functions) driven += (driven.empty() ? "" : ", ") + name;
    throw Error("coldstart run", "load '" + load.name + "' drives none of the chosen functions",
                "it drives " + driven + "; choose others with --functions, or loads with --loads");
  }
}

// Many instances at once write faster than they are read.
std::uint32_t ring_bytes(const harness::Suite& suite) {
  const bool alone = std::all_of(suite.loads.begin(), suite.loads.end(), [](const auto& load) {
    return !load.parallel && std::holds_alternative<harness::ColdPattern>(load.pattern);
  });
  return alone ? CS_RING_BYTES : kRingBytesUnderLoad;
}

int run_suite(const Globals& globals, const RunOptions& options, harness::Launcher& launcher) {
  const std::vector<std::string> chosen = split_commas(options.functions);
  harness::Suite suite = harness::read_suite(suite_file(options.suite), chosen);
  if (!options.functions.empty()) choose_functions(suite, chosen);
  if (options.trials > 0) {
    for (auto& function : suite.functions) function.trials = options.trials;
  }
  apply(options.cache, suite.functions);
  if (!options.loads.empty()) choose_loads(suite, options.loads);
  if (!options.parallel.empty()) sweep_parallel(suite, options.parallel);
  check_driven(suite);
  auto session = probes::open_session(probes::TierSet::parse(options.probes), ring_bytes(suite));
  check_output_folder(options.output);
  check_before_run(globals, options.record);
  auto platform = std::make_unique<harness::Platform>(launcher, *session);

  Progress progress(globals.quiet);
  RunRequest request;
  request.plan.functions = suite.functions;
  request.plan.loads = suite.loads;
  request.plan.drop_caches = options.cache.drop_caches;
  request.plan.tracks = options.tracks;
  request.plan.seed = seed_of(options.record);
  request.plan.keep_going = options.record.keep_going;
  request.label = options.record.label;
  request.suite = suite.name;
  const RecordedRun recorded = record_run(*platform, globals, progress, request);
  // What was measured is in the store. The report of a long trace needs the memory: the buffer of
  // the probes is large, and what the load has left in pieces the allocator keeps unless told.
  platform.reset();
  session.reset();
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
  if (recorded.id == 0) return conclude(recorded, globals, options.record);

  const results::Digest digest =
      results::digest(results::Store(globals.db, results::Store::Mode::kRead).load(recorded.id));
  std::fputs(results::comparison_table(digest.run, digest.summaries, globals.style()).c_str(),
             stdout);
  std::fflush(stdout);
  if (!recorded.interrupted_by) {
    write_report(digest, options.output);
    progress.say("run " + std::to_string(recorded.id) + " is in " + globals.db.string() +
                 "; report and plots are in " + options.output.string() + "/");
  }
  return conclude(recorded, globals, options.record);
}

}  // namespace

void add_run(CLI::App& app, const Globals& globals, harness::Launcher& launcher, Action& action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command =
      app.add_subcommand("run", "Start the functions of a suite, store, compare, write the report");
  command->add_option("suite", options->suite, "The suite file (default: coldstart.yaml)");
  command->add_option("--trials", options->trials, "Starts of each function in each cache state")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--functions", options->functions, "Only these functions: a,b");
  command->add_option("--loads", options->loads, "Only these loads, in this order: a,b");
  command
      ->add_option("--sweep-parallel", options->parallel,
                   "Instead of the suite's loads: so many starts at once, `trials` rounds of each: "
                   "1,2,4,8")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024))
      ->excludes("--loads");
  add_record_options(*command, options->record);
  command
      ->add_option("--probes", options->probes,
                   "all, none, or tiers: process,loader,runtime,cpu,files")
      ->capture_default_str();
  add_cache_options(*command, options->cache);
  command->add_flag(
      "--tracks", options->tracks,
      "Keep what each process and thread of the cold starts did, for `export --format "
      "perfetto`");
  command->add_option("--output", options->output, "Folder for report and plots")
      ->capture_default_str();
  command->callback([=, &globals, &launcher, &action] {
    action = [=, &globals, &launcher] { return run_suite(globals, *options, launcher); };
  });
}

}  // namespace coldstart::cli
