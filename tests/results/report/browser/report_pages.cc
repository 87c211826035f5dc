// Writes the pages that report.test.mjs looks at: report_pages FOLDER.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "results/export/perfetto.h"
#include "results/report/html.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"

namespace coldstart::results {
namespace {

void write(const Run& run, const std::filesystem::path& file) {
  const Digest of_run = digest(run);
  std::ofstream(file, std::ios::binary) << html_report(of_run, inline_pictures(of_run));
}

// Eight functions with failures and absent boundaries, and those with accounts in two cache states.
coldstart::Run full_run(int starts) {
  coldstart::Run run = testing::accounted_run(starts);
  const coldstart::Run more = testing::realistic_run(starts);
  run.info = more.info;
  for (const Function& function : more.functions) {
    if (function.name != "java" && function.name != "python") run.functions.push_back(function);
  }
  for (const Start& start : more.starts) {
    if (start.function != "java" && start.function != "python") run.starts.push_back(start);
  }
  return run;
}

coldstart::Run evil_run() {
  coldstart::Run run = testing::plain_run(
      {"<script>alert(1)</script>", "<img src=x onerror=alert(2)>", "\"'&amp;"}, 12);
  run.info.suite = "</title><script>alert(3)</script>";
  run.info.command_line = "</script><script>alert(4)</script>";
  for (Start& start : run.starts) {
    start.account.libraries =
        std::vector<Library>{{"</script><script>alert(5)</script>.so", 10, 1, 2, 10, true}};
  }
  return run;
}

// Two functions under two loads, one of which has compressed time; and starts several at once.
coldstart::Run load_run() {
  coldstart::Run run = testing::loaded_run();
  coldstart::Run sweep = testing::parallel_run();
  const auto first = static_cast<std::uint32_t>(run.loads.size());
  for (Load& load : sweep.loads) run.loads.push_back(std::move(load));
  for (Start& start : sweep.starts) run.starts.push_back(std::move(start));
  for (Invocation& invocation : sweep.invocations) {
    invocation.load += first;
    run.invocations.push_back(std::move(invocation));
  }
  for (InstanceLife& life : sweep.instances) {
    life.load += first;
    run.instances.push_back(std::move(life));
  }
  return run;
}

// Stacks that are deep and have names as long as those of templates are.
coldstart::Run stacks_run() {
  coldstart::Run run = testing::plain_run({"cpp", "java"}, 12);
  for (Start& start : run.starts) {
    start.stacks = testing::full_stacks();
    FoldedStack deep{"runtime", "C2 CompilerThread0", true, {}, 90, 90'000'000};
    for (int depth = 0; depth < 60; ++depth) {
      deep.frames.push_back("std::map<std::string, std::vector<Übersetzung<int>>>::visit_" +
                            std::to_string(depth));
      start.stacks->stacks.push_back(deep);
    }
  }
  return run;
}

// Starts with everything that a trace can have: accounts, and what each thread did.
coldstart::Run traced_run() {
  coldstart::Run run = testing::accounted_run(5);
  const coldstart::Run tracked = testing::tracked_run();
  run.functions.push_back(tracked.functions[0]);
  run.starts.push_back(tracked.starts[0]);
  // Nanoseconds that no sum of binary fractions of a microsecond meets.
  std::vector<ThreadChange>& changes = (*run.starts.back().account.processes)[0].threads[0].changes;
  changes.clear();
  for (std::int64_t at = 101; at < 1'000'000; at += 1'237) {
    changes.push_back({at, at % 2 == 0 ? ThreadState::kCpu : ThreadState::kRunnable, {}});
  }
  return run;
}

}  // namespace
}  // namespace coldstart::results

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: report_pages FOLDER\n");
    return 2;
  }
  namespace results = coldstart::results;
  const std::filesystem::path folder = argv[1];
  results::write(results::full_run(30), folder / "full.html");
  results::write(results::full_run(834), folder / "large.html");  // 10,008 starts
  results::write(results::evil_run(), folder / "evil.html");
  results::write(results::load_run(), folder / "load.html");
  results::write(results::stacks_run(), folder / "stacks.html");
  results::write(results::testing::run_with_disturbed_pairs(), folder / "check.html");
  std::ofstream(folder / "trace.json") << results::export_perfetto(results::traced_run(), {});
}
