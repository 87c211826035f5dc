// coldstart doctor: which tiers work here, why not, how noisy this machine is, what we cost.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "harness/cli/command_line.h"
#include "harness/cli/overhead.h"
#include "harness/platform/host.h"
#include "harness/platform/noise.h"
#include "harness/runtimes/runtime.h"
#include "probes/session.h"
#include "results/report/style.h"

namespace coldstart::cli {
namespace {

void print_tiers() {
  const auto session = probes::open_session(probes::TierSet::all());
  std::printf("Probe tiers\n");
  for (const probes::TierStatus& tier : session->tiers()) {
    const std::string id(name(tier.id));
    if (tier.on) {
      std::printf("  %-10s on%s%s\n", id.c_str(), tier.reason.empty() ? "" : "; ",
                  tier.reason.c_str());
    } else {
      std::printf("  %-10s off: %s\n", id.c_str(), tier.reason.c_str());
    }
    if (!tier.remedy.empty()) std::printf("  %-10s      %s\n", "", tier.remedy.c_str());
  }
}

void print_runtimes() {
  std::printf("\nRuntimes\n");
  const auto line = [](const char* name, const std::vector<std::string>& ask, const char* remedy) {
    const std::string version = harness::first_line_of(ask);
    if (version.empty()) {
      std::printf("  %-10s missing; %s\n", name, remedy);
    } else {
      std::printf("  %-10s %s\n", name, version.c_str());
    }
  };
  line("crun", {"crun", "--version"}, "apt-get install crun");
  line("runc", {"runc", "--version"}, "apt-get install runc");
  line("jvm", {"java", "-version"}, "apt-get install default-jre-headless");
  line("node", {"node", "--version"}, "apt-get install nodejs");
  line("python", {"python3", "--version"}, "apt-get install python3");
  if (harness::has_hybrid_cgroup_controllers()) {
    std::printf(
        "  cgroups are hybrid, which crun refuses: its functions run in a mount namespace in "
        "which\n"
        "  the v2 side is hidden\n");
  }
}

void print_noise() {
  std::printf("\nNoise\n");
  const harness::Noise noise = harness::read_noise();
  if (noise.busy_share)
    std::printf("  in use     %.0f %% of CPU time now\n", 100 * *noise.busy_share);
  if (noise.steal_share) {
    std::printf("  steal      %.2f %% of CPU time since boot\n", 100 * *noise.steal_share);
  }
  if (noise.load) {
    std::printf("  load       %.2f over the last minute on %d CPUs\n", *noise.load, noise.cpus);
  }
  if (const auto complaint = harness::what_disturbs(noise)) {
    std::printf("  %s\n", complaint->c_str());
  }
  std::ifstream governor("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  std::string name;
  if (governor >> name) {
    std::printf("  governor   %s%s\n", name.c_str(),
                name == "performance" ? "" : ": clock changes; set it to performance");
  }
}

}  // namespace

void add_doctor(CLI::App& app, const Globals& globals, harness::Launcher& launcher,
                Action& action) {
  auto options = std::make_shared<OverheadOptions>();
  auto overhead = std::make_shared<bool>(false);
  options->suite = "bench/suites/hello.yaml";
  CLI::App* command =
      app.add_subcommand("doctor", "Which probe tiers work here, why not, how noisy it is");
  command->add_flag("--overhead", *overhead, "Measure what the probes and the launcher cost");
  command->add_option("--suite", options->suite, "--overhead: the suite to take functions from")
      ->capture_default_str();
  command->add_option("--functions", options->functions, "--overhead: these functions of it")
      ->capture_default_str();
  command
      ->add_option("--tiers", options->tiers,
                   "--overhead: each, or some of process, process+loader, …, all")
      ->capture_default_str();
  command->add_option("--trials", options->trials, "--overhead: pairs of starts")
      ->check(CLI::Range(10, 100'000))
      ->capture_default_str();
  command->callback([=, &globals, &launcher, &action] {
    action = [=, &globals, &launcher] {
      if (*overhead) return measure_overhead(globals, *options, launcher);
      const Host host = harness::describe_host();
      std::printf("%s, kernel %s, %s, %d CPUs\n\n", host.os.c_str(), host.kernel.c_str(),
                  host.cpu.c_str(), host.cpus);
      print_tiers();
      print_runtimes();
      print_noise();
      return 0;
    };
  });
}

}  // namespace coldstart::cli
