// One cold start (or one request to a warm instance), step by step. Used by Platform only.
// cold_start.cc prepares, requests and ends; cold_start_http.cc and cold_start_exec.cc call;
// cold_start_outcome.cc judges.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
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

class ColdStart {
 public:
  ColdStart(Platform& platform, const FunctionSpec& function, const StartOptions& options,
            std::uint64_t instance);
  ~ColdStart();
  ColdStart(const ColdStart&) = delete;
  ColdStart& operator=(const ColdStart&) = delete;

  boost::asio::awaitable<Start> run();

 private:
  void prepare();
  void prepare_cache();
  void check_cache_proof();
  void request();
  bool first_ended() const { return channel_->failed || channel_->exited; }

  boost::asio::awaitable<void> serve_http();
  boost::asio::awaitable<void> serve_first_request();
  boost::asio::awaitable<HttpResult> call_at(std::vector<boost::asio::ip::tcp::endpoint> endpoints,
                                             std::chrono::nanoseconds retry_interval);
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

  void judge_exit();
  void complete_rehearsal();
  boost::asio::awaitable<void> end_instance();
  void write_record();
  std::string last_words() const;

  // A function that closes its connection because it crashes is a crash, not a closed connection:
  // its death follows within this time.
  static constexpr std::int64_t kDeathFollowsNs = 100'000'000;

  Platform& platform_;
  const FunctionSpec& function_;
  StartOptions options_;
  std::shared_ptr<Channel> channel_;
  // Bytes in the page cache just before, by inode and device.
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::optional<std::int64_t>> cached_before_;
  FileSet own_files_;  // of a rehearsal, where nobody asked for them
  std::unique_ptr<Rehearsal> rehearsal_;

  LaunchPlan plan_;
  LaunchRequest launch_;
  Fd input_, output_, errors_;  // what the function gets as 0, 1, 2
  std::unique_ptr<boost::asio::posix::stream_descriptor>
      output_end_;  // exec: our end of its output
  bool output_ended_ = false;
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

  probes::HarnessView view_;
  Start record_;
};

/// A start that is ok has a latency; one without would be missing from the statistics without a
/// word, so it is made an outcome that says so.
void refuse_without_latency(Start& start);

}  // namespace coldstart::harness
