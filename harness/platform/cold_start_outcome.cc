// What became of a cold start, and how it is said.
#include <algorithm>
#include <array>
#include <set>
#include <string.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "harness/platform/cold_start.h"
#include "results/model/duration.h"

namespace coldstart::harness {
namespace {

std::string signal_text(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace

void ColdStart::judge_http(const HttpResult& result) {
  const auto outcome = [this](Outcome what, std::string message) {
    record_.outcome = what;
    record_.message = std::move(message);
  };
  switch (result.kind) {
    case HttpResult::Kind::kAnswered: {
      record_.http_status = result.status;
      const bool good = function_.expected_status ? result.status == *function_.expected_status
                                                  : result.status < 500;
      if (good) return;
      return outcome(Outcome::kBadResponse,
                     "HTTP status " + std::to_string(result.status) +
                         (function_.expected_status
                              ? ", expected " + std::to_string(*function_.expected_status)
                              : std::string()) +
                         last_words());
    }
    case HttpResult::Kind::kGarbage:
      return ended() ? judge_exit() : outcome(Outcome::kBadResponse, result.problem);
    case HttpResult::Kind::kClosed:
      return ended() ? judge_exit() : outcome(Outcome::kClosed, result.problem + last_words());
    case HttpResult::Kind::kNotConnected:
      return judge_silence();
    case HttpResult::Kind::kTimeout:
      return ended() ? judge_exit()
                     : outcome(Outcome::kTimeout,
                               "took the request but gave no complete answer within " +
                                   format_duration(function_.timeout.count()) + last_words());
  }
}

// It never came to a connection.
void ColdStart::judge_silence() {
  if (ended()) return judge_exit();
  record_.outcome = Outcome::kTimeout;
  const std::string limit = format_duration(function_.timeout.count());
  std::set<int> others;
  for (const probes::Event& event : channel_->events) {
    if (event.kind() == CS_LISTEN) others.insert(event.raw.socket.local_port);
  }
  if (others.empty()) {
    record_.message =
        "did not listen on port " + std::to_string(offered_port_) + " within " + limit;
  } else {
    record_.message = "listens on port " + std::to_string(*others.begin()) +
                      ", not on $PORT; set `port: " + std::to_string(*others.begin()) + "`";
  }
  record_.message += last_words();
}

// It ended, or never began, before it answered.
void ColdStart::judge_exit() {
  if (channel_->failed) {
    record_.outcome = Outcome::kNotStarted;
    record_.message = plan_.executable + ": " + ::strerror(channel_->failed->error);
    return;
  }
  const int status = channel_->exited->wait_status;
  const std::string when = view_.listens ? " before it answered" : "";
  if (WIFSIGNALED(status)) {
    record_.outcome = Outcome::kCrashed;
    record_.message = "killed by " + signal_text(WTERMSIG(status)) + when + last_words();
  } else {
    record_.outcome = Outcome::kExited;
    record_.message =
        "ended with exit code " + std::to_string(WEXITSTATUS(status)) + when + last_words();
  }
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
