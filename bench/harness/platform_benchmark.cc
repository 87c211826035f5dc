// What the platform itself costs, each number beside what it is to be held against. A program of
// its own and no Google Benchmark: these are runs of seconds, not repetitions of microseconds.
//
//   platform_benchmark open-loop [RATE SECONDS [poisson|even|uniform [TIERS]]]
//       sent - due, CPU of the harness, warm latency
//   platform_benchmark burst [SIZE ROUNDS]
//       SIZE starts at once against a posix_spawn loop
//
// Latency against wrk at the same rate: bench/platform.sh.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "harness/load/arrivals.h"
#include "harness/platform/drive_load.h"
#include "harness/platform/ports.h"
#include "harness/process/monotonic.h"
#include "probes/fd.h"
#include "results/model/error.h"
#include "results/statistics/quantile.h"

extern char** environ;

namespace coldstart::harness {
namespace {

constexpr std::uint32_t kRingBytes = 32 * 1024 * 1024;  // as `coldstart run` takes under load
constexpr StartOptions kRehearsal{.rehearsal = true};
const std::string kHello = COLDSTART_HELLO_PROGRAM;

struct Brought {
  std::vector<Start> starts;
  std::vector<Invocation> invocations;
};

double cpu_seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}
// Of this process, and of the launcher, which has one thread: /proc/PID/schedstat begins with its
// nanoseconds. Not of the functions, which are the launcher's children.
double own_cpu_seconds(pid_t launcher) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const std::string path = "/proc/" + std::to_string(launcher) + "/schedstat";
  double launcher_ns = 0;
  if (!(std::ifstream(path) >> launcher_ns)) throw Error(path, "cannot be read");
  return cpu_seconds(usage.ru_utime) + cpu_seconds(usage.ru_stime) + launcher_ns * 1e-9;
}

double quantile_us(std::vector<std::int64_t> samples, double q) {
  std::sort(samples.begin(), samples.end());
  return samples.empty() ? NAN : results::quantile(samples, q) * 1e-3;
}

FunctionSpec hello() {
  FunctionSpec function;
  function.name = "cpp";
  function.command = {kHello};
  function.directory = "/";
  return function;
}

class Bench {
 public:
  explicit Bench(const probes::TierSet& tiers = probes::TierSet::all())
      : session_(probes::open_session(tiers, kRingBytes)), platform_(launcher_, *session_) {
    if (!session_->live()) std::printf("the probes are off\n");
  }

  Brought drive(const FunctionSpec& function, const LoadSpec& load) {
    Brought brought;
    DriveContext context;
    context.arrivals = [&load](std::size_t position, std::size_t count) {
      return make_arrivals(load, 1, position, count);
    };
    context.sink.starts = [&](std::span<const Start> batch) {
      brought.starts.insert(brought.starts.end(), batch.begin(), batch.end());
    };
    context.sink.invocations = [&](std::span<const Invocation> batch) {
      brought.invocations.insert(brought.invocations.end(), batch.begin(), batch.end());
    };
    const std::vector<DrivenFunction> driven(1, DrivenFunction{function, 0, false});
    const auto work = [&]() -> boost::asio::awaitable<void> {
      if (!rehearsed_) co_await platform_.cold_start(function, kRehearsal);
      rehearsed_ = true;
      cpu_before_ = own_cpu_seconds(launcher_.pid());
      co_await drive_load(platform_, load, 0, driven, context);
    };
    platform_.run_to_end(work());
    return brought;
  }

  /// Since the last load began.
  double cpu_used_seconds() const { return own_cpu_seconds(launcher_.pid()) - cpu_before_; }
  std::uint64_t lost() const { return session_->lost_events(); }

 private:
  Launcher launcher_;
  std::unique_ptr<probes::Session> session_;
  Platform platform_;
  double cpu_before_ = 0;
  bool rehearsed_ = false;
};

int open_loop(double rate, int seconds, Spacing spacing, const probes::TierSet& tiers) {
  Bench bench(tiers);
  LoadSpec load;
  load.name = "constant";
  ConstantPattern pattern;
  pattern.rate = rate;
  pattern.spacing = spacing;
  load.pattern = pattern;
  load.duration = std::chrono::seconds(seconds);
  FunctionSpec function = hello();
  function.platform.min_instances = 4;
  const Brought brought = bench.drive(function, load);
  const double cpu = bench.cpu_used_seconds();
  std::vector<std::int64_t> error, latency, from_due;
  std::size_t cold = 0;
  for (const Invocation& i : brought.invocations) {
    if (i.cold) cold += 1;
    if (i.cold || !i.sent_ns || !i.first_byte_ns) continue;
    error.push_back(*i.sent_ns);
    latency.push_back(*i.first_byte_ns - *i.sent_ns);
    from_due.push_back(*i.first_byte_ns);
  }
  std::printf("%zu requests, %zu cold, %g a second (%s) for %d s\n", brought.invocations.size(),
              cold, rate, std::string(name(spacing)).c_str(), seconds);
  const auto row = [](const char* what, const std::vector<std::int64_t>& samples) {
    std::printf("%-12s median %.1f us, p90 %.1f us, p99 %.1f us, max %.1f us\n", what,
                quantile_us(samples, 0.5), quantile_us(samples, 0.9), quantile_us(samples, 0.99),
                quantile_us(samples, 1.0));
  };
  row("sent - due", error);
  row("sent - byte", latency);
  row("due - byte", from_due);
  std::printf("harness      %.1f %% of one core\n", 100 * cpu / seconds);
  return 0;
}

// ---- the plain loop -----------------------------------------------------------------------------

// Starts the server `size` times with posix_spawn, all at once, and asks each until it has
// answered. Where nobody listens yet it tries again after a millisecond. Returns nanoseconds until
// the last answer.
std::int64_t plain_round(int size, PortPool& pool) {
  struct One {
    PortLease lease;
    pid_t pid = 0;
    Fd socket;
    bool connecting = false;
    bool asked = false;
    bool done = false;
    std::vector<std::string> environment;
  };
  std::vector<One> all(static_cast<std::size_t>(size));
  for (One& one : all) {
    one.lease = PortLease(pool);
    for (char** variable = environ; *variable != nullptr; ++variable) {
      one.environment.emplace_back(*variable);
    }
    one.environment.push_back("PORT=" + std::to_string(one.lease.port()));
    one.environment.emplace_back("HOST=127.0.0.1");
  }
  const std::int64_t begin = monotonic_ns();
  char* arguments[] = {const_cast<char*>(kHello.c_str()), nullptr};
  for (One& one : all) {
    std::vector<char*> pointers;
    for (std::string& variable : one.environment) pointers.push_back(variable.data());
    pointers.push_back(nullptr);
    if (::posix_spawn(&one.pid, kHello.c_str(), nullptr, nullptr, arguments, pointers.data()) != 0)
      throw Error(kHello, "cannot be started");
  }
  static constexpr std::string_view kRequest =
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: plain\r\nAccept: */*\r\n\r\n";
  std::size_t left = all.size();
  while (left > 0) {
    std::vector<pollfd> waiting;
    std::vector<One*> who;
    bool refused = false;
    for (One& one : all) {
      if (one.done) continue;
      if (!one.socket) {
        one.socket = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<in_port_t>(one.lease.port()));
        if (::connect(one.socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) !=
            0) {
          one.socket.reset();
          refused = true;
          continue;
        }
        ::send(one.socket.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL);
      }
      waiting.push_back({one.socket.get(), POLLIN, 0});
      who.push_back(&one);
    }
    ::poll(waiting.data(), waiting.size(), refused ? 1 : -1);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      char answer[512];
      if (::recv(who[i]->socket.get(), answer, sizeof(answer), 0) <= 0)
        throw Error(kHello, "gave no answer");
      who[i]->done = true;
      left -= 1;
    }
  }
  const std::int64_t took = monotonic_ns() - begin;
  for (One& one : all) {
    one.socket.reset();
    ::kill(one.pid, SIGKILL);
    ::waitpid(one.pid, nullptr, 0);
  }
  return took;
}

int burst(int size, int rounds) {
  // Forked before anything else: the launcher is small.
  Bench bench;
  PortPool pool;
  FunctionSpec function = hello();
  function.trials = 1;
  std::vector<std::int64_t> ours, plain;
  std::vector<double> ratios;
  std::size_t starts = 0, whole = 0;
  for (int round = 0; round < rounds; ++round) {
    const bool plain_first = round % 2 == 1;
    std::int64_t bare = plain_first ? plain_round(size, pool) : 0;
    const Brought brought = bench.drive(function, parallel_load(size));
    if (!plain_first) bare = plain_round(size, pool);
    std::int64_t took = 0;
    for (const Invocation& i : brought.invocations)
      took = std::max(took, i.first_byte_ns.value_or(0));
    for (const Start& start : brought.starts) {
      starts += 1;
      bool all = start.usable() && start.lost_events == 0;
      for (const Boundary b : {Boundary::kForked, Boundary::kLaunched, Boundary::kExeced,
                               Boundary::kLinked, Boundary::kEntered, Boundary::kListening,
                               Boundary::kReceived, Boundary::kReplied, Boundary::kResponded}) {
        all = all && start.timeline[b].at_ns.has_value();
      }
      if (all) whole += 1;
    }
    ours.push_back(took);
    plain.push_back(bare);
    ratios.push_back(static_cast<double>(took) / static_cast<double>(bare));
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("%d starts at once, %d rounds, alternating\n", size, rounds);
  std::printf("platform     median %.2f ms (%.2f to %.2f)\n", quantile_us(ours, 0.5) * 1e-3,
              quantile_us(ours, 0.0) * 1e-3, quantile_us(ours, 1.0) * 1e-3);
  std::printf("posix_spawn  median %.2f ms (%.2f to %.2f)\n", quantile_us(plain, 0.5) * 1e-3,
              quantile_us(plain, 0.0) * 1e-3, quantile_us(plain, 1.0) * 1e-3);
  std::printf("ratio        median %.3f of the pairs (%.3f to %.3f)\n", ratios[ratios.size() / 2],
              ratios.front(), ratios.back());
  std::printf("starts       %zu of %zu with all their boundaries; %llu events lost\n", whole,
              starts, static_cast<unsigned long long>(bench.lost()));
  return 0;
}

int run(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  const auto number = [&](int i, int otherwise) {
    return argc > i ? std::atoi(argv[i]) : otherwise;
  };
  if (what == "open-loop") {
    const std::string_view word = argc > 4 ? argv[4] : "poisson";
    const Spacing spacing = word == "even"      ? Spacing::kEven
                            : word == "uniform" ? Spacing::kUniform
                                                : Spacing::kPoisson;
    return open_loop(number(2, 200), number(3, 20), spacing,
                     probes::TierSet::parse(argc > 5 ? argv[5] : "all"));
  }
  if (what == "burst") return burst(number(2, 64), number(3, 10));
  std::fprintf(stderr,
               "usage: platform_benchmark open-loop [RATE SECONDS [SPACING [TIERS]]] | burst [SIZE "
               "ROUNDS]\n");
  return 2;
}

}  // namespace
}  // namespace coldstart::harness

int main(int argc, char** argv) {
  try {
    return coldstart::harness::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
