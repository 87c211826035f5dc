// Spawn + exec + exit of an empty static program, probes on, three ways:
//   plain     posix_spawn and waitpid
//   in_process  harness::spawn and waitpid
//   launcher  the way every instance is started: handed to the launcher, which spawns and reaps
// `interleaved` does all three in every iteration, so that the machine's drift hits all alike: its
// counters are what to compare.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <poll.h>
#include <random>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "harness/process/launcher.h"
#include "harness/process/monotonic.h"
#include "harness/process/spawn.h"
#include "probes/session.h"
#include "results/model/error.h"
#include "results/statistics/quantile.h"

namespace coldstart::harness {
namespace {

const std::string kProgram = COLDSTART_EMPTY_PROGRAM;

void await_exit(pid_t pid) {
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || status != 0) throw Error(kProgram, "did not end well");
}

std::vector<std::string> our_environment() {
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable)
    environment.emplace_back(*variable);
  return environment;
}

class Spawner {
 public:
  explicit Spawner(Launcher& launcher)
      : launcher_(launcher),
        session_(probes::open_session(probes::TierSet::all())),
        null_(::open("/dev/null", O_RDWR | O_CLOEXEC)) {
    if (session_->live()) launcher_.use_spawners_map(session_->spawners_fd());
  }

  /// Empty if the probes are on.
  std::string obstacle() const {
    return session_->live() ? "" : "the probes are off: " + session_->tiers().front().reason;
  }

  // Each returns nanoseconds from the decision to start until its end is known.
  std::int64_t plain() {
    char* arguments[] = {const_cast<char*>(kProgram.c_str()), nullptr};
    const std::int64_t begin = monotonic_ns();
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, kProgram.c_str(), nullptr, nullptr, arguments, environ);
    if (error != 0) throw Error(kProgram, std::strerror(error));
    await_exit(pid);
    return monotonic_ns() - begin;
  }

  std::int64_t in_process() {
    const SpawnCommand command{.executable = kProgram,
                               .arguments = {kProgram},
                               .environment = our_environment(),
                               .directory = "",
                               .stdin_fd = null_.get(),
                               .stdout_fd = null_.get(),
                               .stderr_fd = null_.get(),
                               .group_tasks = {}};
    const std::int64_t begin = monotonic_ns();
    const SpawnResult result = spawn(command, session_->spawners_fd(), ++last_instance_);
    if (result.error != 0) throw Error(kProgram, std::strerror(result.error));
    await_exit(result.pid);
    const std::int64_t end = monotonic_ns();
    drop_events();
    return end - begin;
  }

  std::int64_t launcher() {
    LaunchRequest request;
    request.instance = ++last_instance_;
    request.executable = kProgram;
    request.arguments = {kProgram};
    request.environment = our_environment();
    request.environment.push_back(std::string(kInstanceVariable) + "=" +
                                  instance_mark(launcher_.pid(), request.instance));
    request.stdin_fd = request.stdout_fd = request.stderr_fd = null_.get();
    const std::int64_t begin = monotonic_ns();
    launcher_.launch(request);
    const std::int64_t end = await(LaunchReport::Kind::kExited).time_ns;
    launcher_.stop(request.instance, std::chrono::milliseconds(0));
    await(LaunchReport::Kind::kGone);
    drop_events();
    return end - begin;
  }

 private:
  LaunchReport await(LaunchReport::Kind kind) {
    for (;;) {
      pollfd readable{launcher_.fd(), POLLIN, 0};
      ::poll(&readable, 1, -1);
      const auto report = launcher_.receive();
      if (!report) continue;
      if (report->kind == LaunchReport::Kind::kFailed)
        throw Error(kProgram, std::strerror(report->error));
      if (report->kind == kind) return *report;
    }
  }

  void drop_events() {
    session_->drain([](probes::Event&&) {});
  }

  Launcher& launcher_;
  std::unique_ptr<probes::Session> session_;
  Fd null_;
  std::uint64_t last_instance_ = 0;
};

using Way = std::int64_t (Spawner::*)();

void one_way(benchmark::State& state, Spawner& spawner, Way way) {
  if (const std::string obstacle = spawner.obstacle(); !obstacle.empty()) {
    state.SkipWithError(obstacle.c_str());
    return;
  }
  for (auto _ : state) state.SetIterationTime(static_cast<double>((spawner.*way)()) * 1e-9);
}

double median(std::vector<std::int64_t>& samples) {
  std::sort(samples.begin(), samples.end());
  return results::quantile(samples, 0.5);
}

void interleaved(benchmark::State& state, Spawner& spawner) {
  if (const std::string obstacle = spawner.obstacle(); !obstacle.empty()) {
    state.SkipWithError(obstacle.c_str());
    return;
  }
  std::mt19937 random(1);
  std::vector<Way> order = {&Spawner::plain, &Spawner::in_process, &Spawner::launcher};
  std::vector<std::int64_t> plain, in_process, launcher;
  for (auto _ : state) {
    std::shuffle(order.begin(), order.end(), random);
    for (Way way : order) {
      const std::int64_t took = (spawner.*way)();
      if (way == &Spawner::plain) {
        plain.push_back(took);
      } else if (way == &Spawner::in_process) {
        in_process.push_back(took);
      } else {
        launcher.push_back(took);
        state.SetIterationTime(static_cast<double>(took) * 1e-9);
      }
    }
  }
  state.counters["plain_median_us"] = median(plain) / 1e3;
  state.counters["in_process_median_us"] = median(in_process) / 1e3;
  state.counters["launcher_median_us"] = median(launcher) / 1e3;
  state.counters["in_process_ratio"] = median(in_process) / median(plain);
  state.counters["launcher_ratio"] = median(launcher) / median(plain);
}

void add(const char* name, const std::function<void(benchmark::State&)>& body) {
  benchmark::RegisterBenchmark(name, body)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

int run(int argc, char** argv) {
  Launcher launcher;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  Spawner spawner(launcher);
  add("spawn/plain", [&](auto& state) { one_way(state, spawner, &Spawner::plain); });
  add("spawn/in_process", [&](auto& state) { one_way(state, spawner, &Spawner::in_process); });
  add("spawn/launcher", [&](auto& state) { one_way(state, spawner, &Spawner::launcher); });
  add("spawn/interleaved", [&](auto& state) { interleaved(state, spawner); });
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace coldstart::harness

int main(int argc, char** argv) {
  try {
    return coldstart::harness::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
