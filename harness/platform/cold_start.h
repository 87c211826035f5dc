// One cold start, step by step. Used by Platform only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

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
  void request();
  bool ended() const { return channel_->failed || channel_->exited; }

  boost::asio::awaitable<void> serve_http();
  boost::asio::awaitable<const probes::Event*> listen_event();
  boost::asio::awaitable<void> wait_briefly_for_exit();
  void judge_http(const HttpResult& result);
  void judge_silence();

  boost::asio::awaitable<void> serve_exec();
  boost::asio::awaitable<void> read_output();

  void judge_exit();
  boost::asio::awaitable<void> end_instance();
  void write_record();
  std::string last_words() const;

  Platform& platform_;
  const FunctionSpec& function_;
  StartOptions options_;
  std::shared_ptr<Channel> channel_;
  std::unique_ptr<Rehearsal> rehearsal_;

  LaunchPlan plan_;
  LaunchRequest launch_;
  Fd input_, output_, errors_;  // what the function gets as 0, 1, 2
  std::unique_ptr<boost::asio::posix::stream_descriptor>
      output_end_;  // exec: our end of its output
  bool output_ended_ = false;
  int offered_port_ = 0;
  bool by_event_ = false;  // readiness comes as an event
  std::int64_t deadline_ns_ = 0;
  std::uint64_t lost_before_ = 0;

  probes::HarnessView view_;
  Start record_;
};

}  // namespace coldstart::harness
