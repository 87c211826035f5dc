#include "tests/harness/platform/rig.h"

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "harness/process/process_tree.h"

namespace coldstart::harness {

Rig::Rig(const probes::TierSet& tiers) : Rig([&tiers] { return probes::open_session(tiers); }) {}

Rig::Rig(const std::function<std::unique_ptr<probes::Session>()>& open)
    : session(open()), platform(launcher, *session) {}

Start Rig::once(const FunctionSpec& function, const StartOptions& options) {
  Start result;
  const auto work = [&]() -> boost::asio::awaitable<void> {
    result = co_await platform.cold_start(function, options);
  };
  platform.run_to_end(work());
  return result;
}

Start Rig::start(const FunctionSpec& function) {
  once(function, {.rehearsal = true});
  return once(function);
}

FunctionSpec native(const std::string& program, std::vector<std::string> arguments) {
  FunctionSpec function;
  function.name = std::filesystem::path(program).filename();
  function.command = {program};
  function.command.insert(function.command.end(), arguments.begin(), arguments.end());
  function.directory = "/";
  function.timeout = std::chrono::seconds(20);
  return function;
}

std::string sample(const std::string& name) {
  return COLDSTART_BINARY_DIR "/bench/functions/" + name;
}
std::string misbehaving(const std::string& name) {
  return COLDSTART_BINARY_DIR "/tests/functions/" + name;
}

std::int64_t at(const Start& start, Boundary boundary) {
  return start.timeline[boundary].at_ns.value_or(-1);
}

void expect_in_order(const Start& start, const std::vector<Boundary>& boundaries) {
  EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
  std::int64_t last = -1;
  for (Boundary b : boundaries) {
    const Mark& mark = start.timeline[b];
    ASSERT_TRUE(mark.at_ns.has_value()) << name(b) << " is absent: " << mark.reason.text();
    EXPECT_GE(*mark.at_ns, last) << name(b);
    last = *mark.at_ns;
  }
}

std::vector<std::string> leftovers(pid_t launcher) {
  std::vector<std::string> found;
  const auto all = list_processes();
  for (const ProcessInfo& info : descendants(all, ::getpid())) {
    if (info.pid == launcher || info.state == 'Z') continue;
    std::ifstream comm("/proc/" + std::to_string(info.pid) + "/comm");
    std::string text;
    std::getline(comm, text);
    found.push_back(std::to_string(info.pid) + " " + text);
  }
  return found;
}

}  // namespace coldstart::harness
