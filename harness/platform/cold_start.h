// One cold start (or one request to a warm instance), step by step. Used by Platform, which runs
// it as a whole, and by LiveInstance, under load, where the instance lives on. cold_start.cc
// prepares, requests and ends; cold_start_http.cc and cold_start_exec.cc call;
// cold_start_outcome.cc judges.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "harness/contracts/http.h"
#include "harness/platform/platform.h"
#include "harness/platform/rehearsal.h"
#include "probes/account_builder.h"
#include "probes/fd.h"
#include "probes/timeline_builder.h"

namespace coldstart::harness {

/// The request that an instance is called with first. Times are CLOCK_MONOTONIC.
struct FirstRequest {
  std::int64_t due_ns = 0;
  std::int64_t deadline_ns = 0;
  /// How long the function is to work on it: http: see http_get(); exec: the environment variable
  /// COLDSTART_DURATION_US. Absent: it is not told.
  std::optional<std::chrono::nanoseconds> work;
};

/// Asked when an instance can be called (contract http): who waits for it. Absent: nobody, then the
/// connection is kept and no request is sent.
using WhoWaits = std::function<std::optional<FirstRequest>()>;

class ColdStart {
 public:
  ColdStart(Platform& platform, const FunctionSpec& function, const StartOptions& options,
            std::uint64_t instance);
  ~ColdStart();
  ColdStart(const ColdStart&) = delete;
  ColdStart& operator=(const ColdStart&) = delete;

  /// Alone: from the preparation to the death of the last process.
  boost::asio::awaitable<Start> run();

  // Under load, the same in steps, in this order. `function` must live as long.

  /// Everything that need not be part of the measured time; may be long before the rest.
  void prepare();
  /// The dispatcher wants it now, for a request that was due then. Counted among the starts in
  /// flight until serve() has ended. http: `who_waits` replaces the request when it is asked.
  void request(const FirstRequest& first, WhoWaits who_waits);
  /// To the answer, or the outcome that says why there was none.
  boost::asio::awaitable<void> serve();
  /// What is known of the start now; its events are given up. Once only.
  Start take_record();
  /// Nobody wants to know: its events are given up.
  void give_up_record();
  /// Stops it, if it was launched, and waits until no process of it is left.
  boost::asio::awaitable<void> end_instance();

  std::uint64_t instance() const { return record_.instance; }
  /// After serve(). ok: it answered, or nobody waited and it can be called.
  Outcome outcome() const { return record_.outcome; }
  const std::string& message() const { return record_.message; }
  const HttpResult& result() const { return result_; }
  std::optional<std::int64_t> responded_ns() const { return view_.responded_ns; }
  std::optional<std::int64_t> completed_ns() const { return view_.completed_ns; }
  std::int64_t requested_ns() const { return view_.requested_ns; }
  /// Whether somebody waited for it, so that the start has a latency.
  bool was_waited_for() const { return first_.has_value(); }
  /// Where it can be called; the connection of the first request, if it is still open.
  boost::asio::ip::tcp::endpoint address() const { return *answered_at_; }
  HttpConnection take_connection() { return std::move(connection_); }
  Channel& channel() { return *channel_; }
  bool first_ended() const { return channel_->failed || channel_->exited; }
  /// Whether it is no longer there to be called: its first process has failed, or all have ended.
  bool has_died() const;
  /// When no process of it was left. Absent: it was not launched, or has not ended.
  std::optional<std::int64_t> ended_ns() const { return channel_->ended_ns; }
  /// Of its cgroup; known when it has ended. Absent: it had none.
  std::optional<std::int64_t> peak_memory_bytes() const { return channel_->peak_memory_bytes; }
  /// How an instance that has ended did: crashed, exited, out of memory.
  std::pair<Outcome, std::string> how_it_ended();

 private:
  void prepare_limits(LaunchContext& context);
  void prepare_cache();
  void check_cache_proof();
  void launch();
  void note_exit();
  void close_record();
  void leave_the_starting();

  boost::asio::awaitable<void> serve_http();
  boost::asio::awaitable<void> serve_first_request();
  boost::asio::awaitable<HttpResult> call_at(std::vector<boost::asio::ip::tcp::endpoint> endpoints,
                                             std::chrono::nanoseconds retry_interval);
  std::optional<std::string> choose_request(const boost::asio::ip::tcp::endpoint& peer,
                                            std::int64_t& deadline_ns);
  boost::asio::awaitable<void> take(const HttpResult& result);
  boost::asio::awaitable<int> look_for_port();
  boost::asio::awaitable<std::optional<cs_socket>> next_listener();
  const cs_socket* best_listener() const;
  bool events_were_lost() const;
  void poll_offered_port();
  bool is_reachable(const cs_socket& socket) const;
  bool listens_elsewhere() const;
  bool ended() const;
  std::int64_t may_end_at_ns() const;
  boost::asio::awaitable<void> wait_briefly_for_exit();
  bool port_is_taken();
  void judge_http(const HttpResult& result);
  void judge_silence(const std::string& problem = {});
  void judge_foreign_answer(std::uint16_t port, const std::string& other);
  std::vector<int> heard_ports(bool reachable) const;
  std::string other_listeners() const;
  std::string port_thief() const;

  boost::asio::awaitable<void> serve_exec();
  boost::asio::awaitable<void> read_output();

  bool reached_memory_limit() const;
  void judge_exit();
  void complete_rehearsal();
  void write_record();
  std::string last_words() const;

  // A function that closes its connection because it crashes is a crash, not a closed connection:
  // its death follows within this time.
  static constexpr std::int64_t kDeathFollowsNs = 100'000'000;

  Platform& platform_;
  const FunctionSpec& function_;
  StartOptions options_;
  std::shared_ptr<Channel> channel_;
  std::set<int>& slots_;  // of its function, those in use
  // Bytes in the page cache just before, by inode and device.
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::optional<std::int64_t>> cached_before_;
  FileSet own_files_;  // of a rehearsal, where nobody asked for them
  std::unique_ptr<Rehearsal> rehearsal_;

  CgroupSet cgroups_;
  LaunchPlan plan_;
  LaunchRequest launch_;
  Fd input_, output_, errors_;  // what the function gets as 0, 1, 2
  std::unique_ptr<boost::asio::posix::stream_descriptor>
      output_end_;  // exec: our end of its output
  bool output_ended_ = false;
  PortLease lease_;
  int slot_ = 0;
  int offered_port_ = 0;
  bool is_configured_ = false;  // the port: not one that we chose
  bool launched_ = false;
  cs_socket polled_{};
  std::uint32_t network_namespace_ = 0;              // ours
  std::vector<std::uint16_t> called_ports_;          // by event
  std::optional<std::int64_t> other_port_since_ns_;  // another than the offered one was heard
  std::optional<boost::asio::ip::tcp::endpoint> answered_at_;  // the last call
  bool by_event_ = false;                                      // readiness comes as an event
  std::int64_t deadline_ns_ = 0;
  std::uint64_t lost_before_ = 0;

  // Under load.
  WhoWaits who_waits_;
  std::optional<FirstRequest> first_;
  std::int64_t starting_since_ns_ = 0;  // 0: it is not among the starts in flight
  double starting_sum_ns_ = 0;          // Platform::count_starting() when it became one
  bool has_open_record_ = false;

  HttpConnection connection_;
  HttpResult result_;
  probes::HarnessView view_;
  Start record_;
};

/// What is wrong with this HTTP status for a function; empty: nothing.
std::string problem_of_status(const FunctionSpec& function, int status);

/// A start that is ok has a latency; one without would be missing from the statistics without a
/// word, so it is made an outcome that says so.
void refuse_without_latency(Start& start);

}  // namespace coldstart::harness
