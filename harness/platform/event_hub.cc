#include "harness/platform/event_hub.h"

#include <chrono>
#include <cstring>
#include <exception>
#include <unistd.h>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/platform/stack_watch.h"
#include "results/model/error.h"

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

// An error in a reading loop (the launcher was killed) must end the run, not vanish with the loop.
void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

asio::awaitable<void> Channel::changed(std::int64_t deadline_ns) {
  // steady_clock is CLOCK_MONOTONIC with libstdc++.
  bell_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline_ns)));
  boost::system::error_code cancelled_is_fine;
  co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled_is_fine));
}

EventHub::EventHub(asio::io_context& io, Launcher& launcher, probes::Session& session)
    : io_(io), launcher_(launcher), session_(session), reports_(io), events_(io), stacks_(io) {
  reports_.assign(::dup(launcher.fd()));
  asio::co_spawn(io_, read_reports(), rethrow);
  if (session.ready_fd() >= 0) {
    events_.assign(::dup(session.ready_fd()));
    asio::co_spawn(io_, read_events(), rethrow);
  }
}

void EventHub::watch_stacks(StackWatch& stacks) {
  stacks_.assign(::dup(stacks.ready_fd()));
  asio::co_spawn(io_, read_stacks(stacks), rethrow);
}

std::shared_ptr<Channel> EventHub::open(std::uint64_t instance) {
  auto channel = std::make_shared<Channel>(io_);
  channel->events.reserve(64);
  channels_[instance] = channel;
  return channel;
}

void EventHub::fetch_events() {
  session_.drain([this](probes::Event&& event) {
    const auto found = channels_.find(event.raw.instance);
    if (found == channels_.end()) return;  // a process that outlived the measurement of its start
    Channel& channel = *found->second;
    if (channel.on_event) channel.on_event(event);
    if (!channel.collects) return;
    const bool ready = event.kind() == CS_LISTEN;
    channel.events.push_back(std::move(event));
    if (ready) channel.ring();
  });
}

asio::awaitable<void> EventHub::read_events() {
  for (;;) {
    boost::system::error_code error;
    co_await events_.async_wait(asio::posix::stream_descriptor::wait_read,
                                asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    fetch_events();
  }
}

asio::awaitable<void> EventHub::read_stacks(StackWatch& stacks) {
  for (;;) {
    boost::system::error_code error;
    co_await stacks_.async_wait(asio::posix::stream_descriptor::wait_read,
                                asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    stacks.fetch();
  }
}

asio::awaitable<void> EventHub::read_reports() {
  for (;;) {
    boost::system::error_code error;
    co_await reports_.async_wait(asio::posix::stream_descriptor::wait_read,
                                 asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    while (auto report = launcher_.receive()) {
      const auto found = channels_.find(report->instance);
      if (found == channels_.end()) continue;
      Channel& channel = *found->second;
      if (report->peak_memory_bytes >= 0) channel.peak_memory_bytes = report->peak_memory_bytes;
      switch (report->kind) {
        case LaunchReport::Kind::kFailed:
          channel.failed = *report;
          channel.ended_ns = report->time_ns;
          break;
        case LaunchReport::Kind::kUnmarked:
          throw Error("probes",
                      std::string("the launcher cannot mark what it starts: ") +
                          std::strerror(report->error),
                      "run with --probes none");
        case LaunchReport::Kind::kExited:
          channel.exited = *report;
          if (report->last) {
            channel.empty = true;
            channel.ended_ns = report->time_ns;
          }
          break;
        case LaunchReport::Kind::kEmpty:
          channel.empty = true;
          channel.ended_ns = report->time_ns;
          break;
        case LaunchReport::Kind::kGone:
          channel.gone = true;
          // It may have ended by itself long before it was stopped.
          if (!channel.ended_ns) channel.ended_ns = report->time_ns;
          break;
      }
      channel.ring();
    }
  }
}

}  // namespace coldstart::harness
