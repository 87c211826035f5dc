// Routes what kernel and launcher tell to the start that it concerns.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>  // Boost 1.74: awaitable.hpp uses std::exchange without including it
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "harness/process/launcher.h"
#include "probes/session.h"

namespace coldstart::harness {

class StackWatch;

/// All that is known of one instance while it lives. Filled by the hub, awaited by the start.
class Channel {
 public:
  explicit Channel(boost::asio::io_context& io) : bell_(io) {}

  std::vector<probes::Event> events;
  bool collects = true;  ///< else events are dropped: the start is known, the instance lives on
  /// Called for every event as it comes, before it is kept. For rehearsals.
  std::function<void(const probes::Event&)> on_event;
  std::optional<LaunchReport> failed;             ///< nothing could be executed
  std::optional<LaunchReport> exited;             ///< the first process has ended
  bool empty = false;                             ///< the first process has ended, and none is left
  bool gone = false;                              ///< stopped, and no process is left
  std::optional<std::int64_t> ended_ns;           ///< CLOCK_MONOTONIC: when no process was left
  std::optional<std::int64_t> peak_memory_bytes;  ///< as of the last report

  /// Wakes whoever awaits changed(); one at a time may.
  void ring() { bell_.cancel(); }
  /// Returns when something has changed or the deadline (CLOCK_MONOTONIC) has passed.
  boost::asio::awaitable<void> changed(std::int64_t deadline_ns);

 private:
  boost::asio::steady_timer bell_;
};

class EventHub {
 public:
  EventHub(boost::asio::io_context& io, Launcher& launcher, probes::Session& session);
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  /// Begins to collect for an instance, until forget().
  std::shared_ptr<Channel> open(std::uint64_t instance);
  void forget(std::uint64_t instance) { channels_.erase(instance); }

  /// From now on stacks are fetched, too. Once at most; must live as long.
  void watch_stacks(StackWatch& stacks);

  /// Fetches all events that the kernel has written so far.
  void fetch_events();

 private:
  boost::asio::awaitable<void> read_events();
  boost::asio::awaitable<void> read_reports();
  boost::asio::awaitable<void> read_stacks(StackWatch& stacks);

  boost::asio::io_context& io_;
  Launcher& launcher_;
  probes::Session& session_;
  boost::asio::posix::stream_descriptor reports_;
  boost::asio::posix::stream_descriptor events_;
  boost::asio::posix::stream_descriptor stacks_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Channel>> channels_;
};

}  // namespace coldstart::harness
