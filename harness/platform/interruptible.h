// Work that SIGINT, SIGTERM and SIGHUP end early.
#pragma once

#include <functional>
#include <optional>
#include <signal.h>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

#include "harness/platform/platform.h"

namespace coldstart::harness {

/// Runs a coroutine to its end while listening for signals. A signal kills all instances; the
/// coroutine sees that there was one, and ends.
class Interruptible {
 public:
  explicit Interruptible(Platform& platform)
      : platform_(platform), signals_(platform.io(), SIGINT, SIGTERM, SIGHUP) {
    signals_.async_wait([this](boost::system::error_code cancelled, int number) {
      if (cancelled) return;
      signal_ = number;
      platform_.kill_all();
      if (on_interrupt) on_interrupt();
    });
  }

  void run(boost::asio::awaitable<void> work) { platform_.run_to_end(std::move(work)); }

  /// The signal that came. Absent: none.
  const std::optional<int>& signal() const { return signal_; }

  /// Called after all instances were killed, if it is set.
  std::function<void()> on_interrupt;

 private:
  Platform& platform_;
  boost::asio::signal_set signals_;
  std::optional<int> signal_;
};

}  // namespace coldstart::harness
