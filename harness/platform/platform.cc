#include "harness/platform/platform.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <stdlib.h>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "harness/platform/cold_start.h"
#include "harness/platform/stack_watch.h"
#include "results/model/error.h"

namespace coldstart::harness {

Platform::Platform(Launcher& launcher, probes::Session& session)
    : launcher_(launcher), session_(session), hub_(io_, launcher, session) {
  std::string pattern = (std::filesystem::temp_directory_path() / "coldstart-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw Error(pattern, std::string("cannot be created: ") + std::strerror(errno),
                "set TMPDIR to a folder that can be written");
  }
  run_directory_ = pattern;
  launcher_.own_directory(pattern);
  if (session.spawners_fd() >= 0) launcher_.use_spawners_map(session.spawners_fd());
}

// Starts that a coroutine keeps use the rest of us when they go.
Platform::~Platform() { io_.destroy_handlers(); }

boost::asio::awaitable<Start> Platform::cold_start(const FunctionSpec& function,
                                                   const StartOptions& options) {
  ColdStart start(*this, function, options, ++last_instance_);
  co_return co_await start.run();
}

std::unique_ptr<ColdStart> Platform::make_start(const FunctionSpec& function,
                                                const StartOptions& options) {
  return std::make_unique<ColdStart>(*this, function, options, ++last_instance_);
}

void Platform::run_to_end(boost::asio::awaitable<void> work) {
  std::exception_ptr failure;
  bool done = false;
  boost::asio::co_spawn(io_, std::move(work), [&](std::exception_ptr error) {
    failure = std::move(error);
    done = true;
  });
  io_.restart();
  while (!done) io_.run_one();
  if (failure) std::rethrow_exception(failure);
}

void Platform::settle_cgroups(const LaunchPlan& plan) {
  if (cgroups_settled_ || plan.rootfs.empty()) return;
  // Only runc is known to manage; another engine may be crun under another name.
  if (std::filesystem::path(plan.executable).filename() == "runc") return;
  if (has_hybrid_cgroup_controllers()) launcher_.hide_hybrid_cgroup();
  cgroups_settled_ = true;
}

const CgroupLayout& Platform::cgroups() {
  if (!cgroups_) cgroups_ = find_cgroups();
  return *cgroups_;
}

void Platform::check_limits(const std::vector<FunctionSpec>& functions) {
  for (const FunctionSpec& function : functions) {
    if (function.limits.any()) check_cgroups(cgroups(), function.limits, function.name);
  }
}

// From a destructor: if the launcher is gone it has removed them.
double Platform::count_starting(int change, std::int64_t now_ns) {
  starting_sum_ns_ +=
      static_cast<double>(starting_) * static_cast<double>(now_ns - starting_changed_ns_);
  starting_changed_ns_ = now_ns;
  starting_ += change;
  return starting_sum_ns_;
}

void Platform::give_up_cgroups(std::uint64_t instance) {
  try {
    launcher_.disown_cgroups(instance);
  } catch (const Error&) {
  }
}

void Platform::sample_stacks(int rate_hz) {
  stacks_ = std::make_unique<StackWatch>(session_.processes_fd(), rate_hz);
  hub_.watch_stacks(*stacks_);
}

void Platform::kill(std::uint64_t instance) {
  launcher_.stop(instance, std::chrono::milliseconds(0));
}

void Platform::kill_all() {
  for (std::uint64_t instance : alive_) launcher_.stop(instance, std::chrono::milliseconds(0));
}

}  // namespace coldstart::harness
