// What became of a cold start, and how it is said.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <set>
#include <string.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "harness/platform/cold_start.h"
#include "harness/platform/listeners.h"
#include "harness/process/listening_sockets.h"
#include "results/model/duration.h"

namespace coldstart::harness {
namespace {

std::string signal_text(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::string port_list(const std::vector<int>& ports) {
  std::string text = ports.size() == 1 ? "port " : "ports ";
  for (std::size_t i = 0; i < ports.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(ports[i]);
  }
  return text;
}

// " of 64 MiB"
std::string memory_limit_text(const Limits& limits) {
  if (!limits.memory_bytes) return {};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), " of %.4g MiB",
                static_cast<double>(*limits.memory_bytes) / (1024.0 * 1024.0));
  return text.data();
}

}  // namespace

std::string problem_of_status(const FunctionSpec& function, int status) {
  const bool good = function.expected_status ? status == *function.expected_status : status < 500;
  if (good) return {};
  return "HTTP status " + std::to_string(status) +
         (function.expected_status ? ", expected " + std::to_string(*function.expected_status)
                                   : std::string());
}

void ColdStart::judge_http(const HttpResult& result) {
  const auto outcome = [this](Outcome what, std::string message) {
    record_.outcome = what;
    record_.message = std::move(message);
  };
  switch (result.kind) {
    case HttpResult::Kind::kConnected:
      return;
    case HttpResult::Kind::kAnswered: {
      record_.http_status = result.status;
      const std::string problem = problem_of_status(function_, result.status);
      if (problem.empty()) return;
      return outcome(Outcome::kBadResponse, problem + last_words());
    }
    case HttpResult::Kind::kGarbage:
      return ended() ? judge_exit()
                     : outcome(Outcome::kBadResponse, result.problem + other_listeners());
    case HttpResult::Kind::kClosed:
      return ended() ? judge_exit()
                     : outcome(Outcome::kClosed, result.problem + other_listeners() + last_words());
    case HttpResult::Kind::kNotConnected:
      return judge_silence(result.problem);
    case HttpResult::Kind::kTimeout:
      return ended() ? judge_exit()
                     : outcome(Outcome::kTimeout,
                               "took the request but gave no complete answer within " +
                                   format_duration(function_.timeout.count()) + other_listeners() +
                                   last_words());
  }
}

// It never came to a connection. `problem`: what hindered us, if it was not that nobody listened.
void ColdStart::judge_silence(const std::string& problem) {
  if (ended()) return judge_exit();
  record_.outcome = Outcome::kTimeout;
  const std::string limit = format_duration(function_.timeout.count());
  const std::string offered = "port " + std::to_string(offered_port_);
  const std::vector<int> here = heard_ports(true);
  const std::vector<int> elsewhere = heard_ports(false);
  const bool heard_offered = std::find(here.begin(), here.end(), offered_port_) != here.end();
  if (!problem.empty()) {
    record_.message = problem;
  } else if (heard_offered) {
    record_.message = "listens on " + port_list(here) + ", but " + offered +
                      " refused every connection within " + limit;
  } else if (!here.empty() && options_.any_port) {
    record_.message =
        "listens on " + port_list(here) + ", but no connection was accepted within " + limit;
  } else if (!here.empty() && is_configured_) {
    record_.message = "listens on " + port_list(here) + ", not on " + offered + " as configured";
  } else if (!here.empty()) {
    record_.message = "listens on " + port_list(here) +
                      ", not on $PORT; set `port: " + std::to_string(here.front()) + "`";
  } else if (!elsewhere.empty()) {
    record_.message = "listens on " + port_list(elsewhere) +
                      " in another network namespace, where it cannot be called; let it use the "
                      "network that coldstart runs in";
  } else if (by_event_ && options_.any_port) {
    record_.message = "neither listened on a TCP port nor ended within " + limit;
  } else {
    record_.message = "did not listen on " + offered + " within " + limit;
  }
  record_.message += port_thief() + last_words();
}

// Without events we know only that something answered; it was not a process of this instance.
void ColdStart::judge_foreign_answer(std::uint16_t port, const std::string& other) {
  if (channel_->failed) return judge_exit();
  record_.outcome = Outcome::kBadResponse;
  record_.message = "the answer on port " + std::to_string(port) + " came from " + other +
                    ", not from this function; end it, or use another port" + last_words();
}

// The ports that it was seen to listen on, in the order in which that began; without events, those
// that its processes have open now.
std::vector<int> ColdStart::heard_ports(bool reachable) const {
  std::vector<int> ports;
  if (!by_event_ && reachable) {
    const std::set<int> open = ports_of_descendants(platform_.launcher_.pid());
    ports.assign(open.begin(), open.end());
  }
  for (const probes::Event& event : channel_->events) {
    if (event.kind() != CS_LISTEN || is_reachable(event.raw.socket) != reachable) continue;
    const int port = event.raw.socket.local_port;
    if (std::find(ports.begin(), ports.end(), port) == ports.end()) ports.push_back(port);
  }
  return ports;
}

// Where several ports listen, a message about the call names all.
std::string ColdStart::other_listeners() const {
  const std::vector<int> ports = heard_ports(true);
  return ports.size() < 2 ? std::string() : "; it listens on " + port_list(ports);
}

// A port that was free when we chose it may be taken before the function gets there.
std::string ColdStart::port_thief() const {
  const std::vector<int> here = heard_ports(true);
  if (std::find(here.begin(), here.end(), offered_port_) != here.end()) return {};
  const auto other =
      foreign_listener(static_cast<std::uint16_t>(offered_port_), platform_.launcher_.pid());
  if (!other) return {};
  return "; port " + std::to_string(offered_port_) + " was taken by " + *other + " meanwhile";
}

// Version 1 of cgroups counts the kills of a container in its own group, which the engine has
// removed by then. That its memory came to the limit, and that somebody other than us killed it, is
// known.
bool ColdStart::reached_memory_limit() const {
  constexpr std::int64_t kChargedAtOnce = 256 * 1024;  // of the kernel's per-CPU stock
  const LaunchReport& exited = *channel_->exited;
  return exited.memory_hits > 0 ||
         (function_.limits.memory_bytes &&
          exited.peak_memory_bytes + kChargedAtOnce >= *function_.limits.memory_bytes);
}

// It ended, or never began, before it answered.
void ColdStart::judge_exit() {
  if (channel_->failed) {
    record_.outcome = Outcome::kNotStarted;
    record_.message = plan_.executable + ": " + ::strerror(channel_->failed->error) +
                      "; is it a program that can be executed?";
    return;
  }
  const int status = channel_->exited->wait_status;
  const std::string when = view_.listens ? " before it answered" + port_thief() : "";
  const bool killed =
      WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 128 + SIGKILL;
  if (channel_->exited->memory_kills > 0 || (killed && reached_memory_limit())) {
    record_.outcome = Outcome::kOutOfMemory;
    record_.message =
        "killed at its memory limit" + memory_limit_text(function_.limits) + when + last_words();
  } else if (WIFSIGNALED(status)) {
    record_.outcome = Outcome::kCrashed;
    record_.message = "killed by " + signal_text(WTERMSIG(status)) + when + last_words();
  } else {
    record_.outcome = Outcome::kExited;
    record_.message =
        "ended with exit code " + std::to_string(WEXITSTATUS(status)) + when + last_words();
  }
}

std::pair<Outcome, std::string> ColdStart::how_it_ended() {
  // What the start came to stays.
  const Outcome outcome = record_.outcome;
  const std::string message = record_.message;
  judge_exit();
  std::pair<Outcome, std::string> ended{record_.outcome, record_.message};
  record_.outcome = outcome;
  record_.message = message;
  return ended;
}

void refuse_without_latency(Start& start) {
  if (start.outcome != Outcome::kOk || latency_ns(start.timeline)) return;
  start.outcome = Outcome::kBadResponse;
  start.message = "it answered, but the time of its first byte is not known";
}

// The last line that the function wrote to standard error, as the end of a message.
std::string ColdStart::last_words() const {
  std::array<char, 4096> tail{};
  const off_t size = ::lseek(errors_.get(), 0, SEEK_END);
  if (size <= 0) return {};
  const off_t from = std::max<off_t>(0, size - static_cast<off_t>(tail.size()));
  const auto got = ::pread(errors_.get(), tail.data(), tail.size(), from);
  if (got <= 0) return {};
  std::string text(tail.data(), static_cast<std::size_t>(got));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  text = text.substr(text.rfind('\n') + 1).substr(0, 200);
  return text.empty() ? text : "; it said: " + text;
}

}  // namespace coldstart::harness
