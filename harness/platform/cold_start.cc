#include "harness/platform/cold_start.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/process/monotonic.h"
#include "harness/process/spawn.h"
#include "results/model/duration.h"
#include "results/model/error.h"

namespace asio = boost::asio;
using asio::ip::tcp;

namespace coldstart::harness {
namespace {

// After a listen event: the socket is entered into the kernel's table a moment after the event.
constexpr std::chrono::microseconds kRetryAfterEvent{20};
// A function that closes its connection because it crashes is a crash, not a closed connection: its
// death follows within this time.
constexpr std::int64_t kDeathFollowsNs = 100'000'000;

Fd memory_file(const char* name) {
  Fd file(::memfd_create(name, MFD_CLOEXEC));
  if (!file) throw Error("memfd", ::strerror(errno));
  return file;
}

std::string signal_text(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::vector<tcp::endpoint> loopback(std::uint16_t port) {
  return {{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}};
}

tcp::endpoint endpoint_of(const cs_socket& socket) {
  if (socket.family == AF_INET) {
    asio::ip::address_v4::bytes_type bytes;
    std::copy_n(std::begin(socket.address), bytes.size(), bytes.begin());
    const asio::ip::address_v4 address(bytes);
    return {address.is_unspecified() ? asio::ip::address_v4::loopback() : address,
            socket.local_port};
  }
  asio::ip::address_v6::bytes_type bytes;
  std::copy_n(std::begin(socket.address), bytes.size(), bytes.begin());
  const asio::ip::address_v6 address(bytes);
  return {address.is_unspecified() ? asio::ip::address_v6::loopback() : address, socket.local_port};
}

}  // namespace

ColdStart::ColdStart(Platform& platform, const FunctionSpec& function, const StartOptions& options,
                     std::uint64_t instance)
    : platform_(platform),
      function_(function),
      options_(options),
      channel_(platform.hub_.open(instance)) {
  record_.instance = instance;
  by_event_ = options.readiness == Readiness::kAuto && platform.session_.live();
  platform_.alive_.push_back(instance);
}

ColdStart::~ColdStart() {
  platform_.hub_.on_event = nullptr;
  platform_.hub_.forget(record_.instance);
  std::erase(platform_.alive_, record_.instance);
}

asio::awaitable<Start> ColdStart::run() {
  prepare();
  request();
  if (function_.contract == ContractKind::kHttp) {
    co_await serve_http();
  } else {
    co_await serve_exec();
  }
  platform_.hub_.fetch_events();
  if (rehearsal_) rehearsal_->examine_all();
  co_await end_instance();
  platform_.hub_.fetch_events();
  write_record();
  co_return std::move(record_);
}

// Everything that need not be part of the measured time.
void ColdStart::prepare() {
  view_.listens = function_.contract == ContractKind::kHttp;
  if (view_.listens) offered_port_ = function_.port ? *function_.port : free_port();
  if (view_.listens) record_.offered_port = offered_port_;
  const LaunchContext context{platform_.run_directory_, record_.instance,
                              instance_mark(platform_.launcher_.pid(), record_.instance),
                              offered_port_};
  plan_ = plan_launch(function_, context);
  view_.program = plan_.program;

  input_ = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  errors_ = memory_file("stderr");
  if (view_.listens) {
    output_ = memory_file("stdout");
  } else {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Error("pipe", ::strerror(errno));
    output_ = Fd(ends[1]);
    output_end_ = std::make_unique<asio::posix::stream_descriptor>(platform_.io_, ends[0]);
  }

  launch_.instance = record_.instance;
  launch_.executable = plan_.executable;
  launch_.arguments = plan_.arguments;
  launch_.environment = plan_.environment;
  launch_.directory = plan_.directory;
  launch_.stdin_fd = input_.get();
  launch_.stdout_fd = output_.get();
  launch_.stderr_fd = errors_.get();
  launch_.cleanup = plan_.cleanup;
  launch_.cleanup_if_exists = plan_.cleanup_if_exists;

  if (options_.rehearsal) {
    rehearsal_ = std::make_unique<Rehearsal>(platform_.session_, plan_.rootfs.string(),
                                             plan_.directory.string());
    platform_.hub_.on_event = [this](const probes::Event& event) {
      if (event.raw.instance == record_.instance) rehearsal_->see(event);
    };
  }
  lost_before_ = platform_.session_.lost_events();
}

void ColdStart::request() {
  view_.due_ns = monotonic_ns();
  deadline_ns_ = view_.due_ns + function_.timeout.count();
  view_.requested_ns = monotonic_ns();
  platform_.launcher_.launch(launch_);
  output_.reset();  // exec: the pipe ends when the function's last copy is closed
}

// ---- contract http
// ---------------------------------------------------------------------------------

asio::awaitable<void> ColdStart::serve_http() {
  HttpCall call;
  call.deadline_ns = deadline_ns_;
  call.give_up = [this] { return ended(); };
  if (by_event_) {
    const probes::Event* listen = co_await listen_event();
    if (listen == nullptr) co_return judge_silence();
    call.endpoints = {endpoint_of(listen->raw.socket)};
    call.retry_interval = kRetryAfterEvent;
  } else {
    call.endpoints = loopback(static_cast<std::uint16_t>(offered_port_));
    call.retry_interval = kPollInterval;
    record_.readiness_poll_ns = std::chrono::nanoseconds(kPollInterval).count();
  }
  call.request = http_get(function_.path, call.endpoints.front().port());
  const HttpResult result = co_await http_call(platform_.io_, call);
  view_.server_port = result.server_port;
  view_.client_port = result.client_port;
  view_.responded_ns = result.first_byte_ns;
  view_.completed_ns = result.done_ns;
  if (by_event_) record_.connect_retries = result.refused;
  if (result.server_port != 0) record_.port = result.server_port;
  if (result.kind != HttpResult::Kind::kAnswered) co_await wait_briefly_for_exit();
  judge_http(result);
}

// The listen event of the port that is to be called; null if the function ends or time runs out.
asio::awaitable<const probes::Event*> ColdStart::listen_event() {
  for (;;) {
    for (const probes::Event& event : channel_->events) {
      if (event.kind() != CS_LISTEN) continue;
      if (event.raw.socket.local_port == offered_port_ || options_.any_port) co_return &event;
    }
    if (ended() || monotonic_ns() >= deadline_ns_) co_return nullptr;
    co_await channel_->changed(deadline_ns_);
  }
}

asio::awaitable<void> ColdStart::wait_briefly_for_exit() {
  const std::int64_t until = std::min(deadline_ns_, monotonic_ns() + kDeathFollowsNs);
  while (!ended() && monotonic_ns() < until) co_await channel_->changed(until);
}

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

// ---- contract exec
// ---------------------------------------------------------------------------------

asio::awaitable<void> ColdStart::serve_exec() {
  // The reader keeps this object in use, so it is awaited below before we return.
  asio::co_spawn(platform_.io_, read_output(), asio::detached);
  while (!ended() && monotonic_ns() < deadline_ns_) co_await channel_->changed(deadline_ns_);
  const bool timed_out = !ended();
  // What was written before the end is in the pipe; a child that keeps it open does not hold us up.
  if (!timed_out) {
    const std::int64_t until = monotonic_ns() + kDeathFollowsNs;
    while (!output_ended_ && monotonic_ns() < until) co_await channel_->changed(until);
  }
  output_end_->cancel();
  while (!output_ended_) co_await channel_->changed(monotonic_ns() + kDeathFollowsNs);

  if (timed_out) {
    record_.outcome = Outcome::kTimeout;
    record_.message =
        "did not end within " + format_duration(function_.timeout.count()) + last_words();
    co_return;
  }
  if (channel_->exited) {
    const std::int64_t end = channel_->exited->time_ns;
    view_.responded_ns = std::min(view_.responded_ns.value_or(end), end);
    view_.completed_ns = end;
    const int status = channel_->exited->wait_status;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) co_return;
  }
  judge_exit();
}

asio::awaitable<void> ColdStart::read_output() {
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    boost::system::error_code error;
    const std::size_t got = co_await output_end_->async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    if (got > 0 && !view_.responded_ns) view_.responded_ns = monotonic_ns();
    if (error) break;
  }
  output_ended_ = true;
  channel_->ring();
}

// ---- the end
// ---------------------------------------------------------------------------------------

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

asio::awaitable<void> ColdStart::end_instance() {
  if (channel_->failed) co_return;
  if (channel_->exited) {
    const int status = channel_->exited->wait_status;
    if (WIFEXITED(status)) record_.exit_status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) record_.exit_signal = WTERMSIG(status);
  }
  platform_.launcher_.stop(record_.instance, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                 function_.stop_timeout));
  while (!channel_->gone) co_await channel_->changed(monotonic_ns() + 3'600'000'000'000);
}

void ColdStart::write_record() {
  record_.due_ns = view_.due_ns;
  record_.lost_events = platform_.session_.lost_events() - lost_before_;
  const auto find = [this](const probes::ProgramKey& key) { return platform_.session_.find(key); };
  const auto tiers = platform_.session_.tiers();
  auto built = probes::build_timeline(channel_->events, view_, find, tiers);
  const auto kernel_wait = [this](int stack) { return platform_.session_.kernel_wait(stack); };
  record_.account =
      probes::build_account(std::move(channel_->events), view_, built, tiers, kernel_wait);
  record_.timeline = std::move(built.timeline);
  if (built.serving_pid != 0) {
    record_.pid = built.serving_pid;
  } else if (channel_->exited) {
    record_.pid = channel_->exited->pid;
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
