#include "harness/platform/platform.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <stdlib.h>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "harness/platform/cold_start.h"
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

boost::asio::awaitable<Start> Platform::cold_start(const FunctionSpec& function,
                                                   const StartOptions& options) {
  ColdStart start(*this, function, options, ++last_instance_);
  co_return co_await start.run();
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

void Platform::kill_all() {
  for (std::uint64_t instance : alive_) launcher_.stop(instance, std::chrono::milliseconds(0));
}

int free_port() {
  using boost::asio::ip::tcp;
  boost::asio::io_context io;
  boost::system::error_code error;
  tcp::acceptor acceptor(io);
  acceptor.open(tcp::v4(), error);
  if (!error) {
    acceptor.bind(tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0), error);
  }
  if (error) throw Error("loopback", "no free TCP port: " + error.message());
  return acceptor.local_endpoint().port();
}

}  // namespace coldstart::harness
