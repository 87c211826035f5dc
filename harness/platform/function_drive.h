// The platform of one function under one load: carries out what the dispatcher decides, with
// processes, connections and timers.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>  // Boost 1.74: awaitable.hpp uses std::exchange without including it
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "harness/platform/cold_start.h"
#include "harness/platform/dispatcher.h"
#include "harness/platform/outbox.h"
#include "harness/platform/platform.h"
#include "results/model/record.h"

namespace coldstart::harness {

/// What is driven, and what its records are called.
struct DriveRequest {
  FunctionSpec function;
  LoadSpec load;
  std::uint32_t function_index = 0;
  std::uint32_t load_index = 0;
  bool any_port = false;   ///< see StartOptions
  int prepared_ahead = 2;  ///< instances that are kept prepared, ready to be started
  int* order = nullptr;    ///< Start::order of the last start of the run
};

/// How the load of a function went so far, for progress.
struct DriveCounts {
  std::uint64_t requests = 0;  ///< that were due
  std::uint64_t over = 0;      ///< of these, that are over
  std::uint64_t failed = 0;    ///< of these, those that were not answered
  std::uint64_t cold = 0;
  int instances = 0;  ///< that are there now
};

class FunctionDrive {
 public:
  FunctionDrive(Platform& platform, DriveRequest request, Outbox& outbox);
  ~FunctionDrive();
  FunctionDrive(const FunctionDrive&) = delete;
  FunctionDrive& operator=(const FunctionDrive&) = delete;

  /// Starts the provisioned instances and waits until they are there, or have failed; prepares
  /// others. Then the load may begin.
  boost::asio::awaitable<void> provision();
  /// Now is the zero of all moments.
  void begin(std::int64_t begin_ns);
  /// A request that was due then (CLOCK_MONOTONIC), on which the function is to work for so long.
  /// `over` is called when it is over, with the moment (CLOCK_MONOTONIC) at which its answer was
  /// there, or it was clear that there will be none.
  void submit(std::int64_t due_ns, std::optional<std::chrono::nanoseconds> work = std::nullopt,
              std::function<void(std::int64_t over_ns)> over = {});
  /// Waits until no request is under way.
  boost::asio::awaitable<void> all_over();
  /// Stops all instances and waits until they are gone and everything is in the outbox.
  boost::asio::awaitable<void> end(const char* why);
  /// No request will be sent any more: those that wait are forgotten, those under way end with the
  /// instances, which somebody kills.
  void interrupt();

  /// Builds at most one record, or prepares an instance: work that must be done some time. False:
  /// there is none. To be called where nothing is measured.
  bool do_work();
  /// Records to be built.
  std::size_t backlog() const { return unsettled_.size(); }
  bool idle() const { return open_.empty(); }
  const DriveCounts& counts() const { return counts_; }
  std::optional<std::int64_t> last_done_ns() const { return last_done_ns_; }

 private:
  struct Request {
    std::int64_t due_ns = 0;
    std::optional<std::chrono::nanoseconds> work;
    std::function<void(std::int64_t over_ns)> over;
  };
  struct Live;
  using LivePointer = std::shared_ptr<Live>;

  std::int64_t now() const;
  FirstRequest first_request(const Request& request) const;
  void apply(const Actions& actions);
  void arm();
  void start(std::uint64_t id, std::uint64_t request);
  boost::asio::awaitable<void> run(LivePointer live, std::uint64_t request);
  boost::asio::awaitable<bool> await_port(const LivePointer& live);
  std::optional<FirstRequest> who_waits(Live& live);
  void take_first_answer(const LivePointer& live, std::uint64_t request);
  boost::asio::awaitable<void> watch(const LivePointer& live);
  boost::asio::awaitable<void> call(LivePointer live, std::uint64_t request, bool cold);
  std::pair<Outcome, std::string> judge(Live& live, const HttpResult& result) const;
  void retire(const LivePointer& live);
  void stop(const LivePointer& live, const char* why);
  boost::asio::awaitable<void> bury(const LivePointer& live);
  void close(std::uint64_t request, Invocation invocation);
  void close_without(std::uint64_t request, Outcome outcome, std::string message,
                     std::uint64_t instance, bool cold);
  void settle(const LivePointer& live);
  void release(Live& live);
  std::unique_ptr<ColdStart> prepare();

  Platform& platform_;
  DriveRequest request_;
  Outbox& outbox_;
  Dispatcher dispatcher_;
  std::int64_t begin_ns_ = 0;                            // 0: not begun
  std::unordered_map<std::uint64_t, LivePointer> live_;  // by the dispatcher's number, till buried
  std::deque<std::unique_ptr<ColdStart>> prepared_;
  std::deque<LivePointer> unsettled_;
  std::unordered_map<std::uint64_t, Request> open_;
  std::uint64_t last_request_ = 0;
  int trials_ = 0;
  boost::asio::steady_timer wake_;
  std::optional<std::int64_t> armed_ns_;
  std::uint64_t arming_ = 0;
  boost::asio::steady_timer bell_;  // rings when a request is over or an instance changes
  bool interrupted_ = false;
  int calls_ = 0;  // coroutines that are at it
  std::shared_ptr<bool> exists_ = std::make_shared<bool>(true);
  DriveCounts counts_;
  std::optional<std::int64_t> last_done_ns_;
};

}  // namespace coldstart::harness
