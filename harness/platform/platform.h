// The platform: starts one instance of a function, calls it, ends it, and says what was seen.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "harness/platform/event_hub.h"
#include "harness/platform/file_set.h"
#include "harness/platform/ports.h"
#include "harness/process/launcher.h"
#include "harness/runtimes/runtime.h"
#include "harness/suite/suite.h"
#include "probes/session.h"
#include "results/model/record.h"

namespace coldstart::harness {

/// How the client learns that a function listens.
enum class Readiness : std::uint8_t {
  kAuto,  ///< by the listen event where the process tier is on, else by polling
  kPoll,  ///< by polling in any case; for comparing probes on and off with the same mechanism
};

/// The clients' poll interval where no event tells that a socket listens.
inline constexpr std::chrono::microseconds kPollInterval{500};

/// Trivial to copy and to destroy on purpose: gcc 12 destroys temporaries of an awaited expression
/// twice.
struct StartOptions {
  Readiness readiness = Readiness::kAuto;
  std::chrono::microseconds poll_interval = kPollInterval;  ///< where it is polled
  /// http: where the offered port does not listen, call the first other one that answers. A
  /// rehearsal waits a while for the offered one before it turns to another.
  bool any_port = false;
  bool rehearsal =
      false;  ///< examine the programs that are executed, so that later starts see more
  /// Rehearsal: gets the files that the function touches. Else: those that `cache` is about.
  /// Not owned.
  FileSet* files = nullptr;
  /// Brought about and proven before `due`. Absent: the cache is left alone and nothing is said.
  std::optional<CacheState> cache = std::nullopt;
  bool drop_caches = false;  ///< for `disk`: have the kernel drop all clean caches as well
  bool tracks = false;       ///< keep what each process and thread did (Account::processes)
};

class ColdStart;

/// Handlers that wait in it, and the coroutines that they keep, can be destroyed before it is.
class IoContext : public boost::asio::io_context {
 public:
  void destroy_handlers() { shutdown(); }
};

/// What is used by all starts of a run. Single-threaded: everything happens in `io`.
class Platform {
 public:
  /// Creates a temporary directory for the run, which the launcher removes at the end.
  Platform(Launcher& launcher, probes::Session& session);
  /// What is under way, because an Error of ours ended it, is dropped; the launcher ends it.
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  /// One cold start (cache state warm: one request to an instance that has answered before), from
  /// `due` to the death of its last process. The record has everything but function, load, trial
  /// and order. Outcomes are in the record; Error is thrown only if we ourselves cannot go on.
  boost::asio::awaitable<Start> cold_start(const FunctionSpec& function,
                                           const StartOptions& options);

  /// A start to be made step by step, see cold_start.h. `function` must live as long.
  std::unique_ptr<ColdStart> make_start(const FunctionSpec& function, const StartOptions& options);

  /// Runs a coroutine to its end in `io`, with all else that waits there. Rethrows what it throws.
  void run_to_end(boost::asio::awaitable<void> work);
  template <typename T>
  T run_to_end(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    run_to_end([](auto inner, std::optional<T>& into) -> boost::asio::awaitable<void> {
      into = co_await std::move(inner);
    }(std::move(work), result));
    return std::move(*result);
  }

  /// Kills the instances that live now; their starts then end with whatever outcome that makes.
  void kill_all();
  /// The same with one of them.
  void kill(std::uint64_t instance);
  /// Fetches all events that the kernel has written so far.
  void fetch_events() { hub_.fetch_events(); }
  /// Starts under way: requested, and neither answered nor given up. Not those of cold_start().
  int starting() const { return starting_; }

  /// Where limits can be set. Looked up once.
  const CgroupLayout& cgroups();
  /// Throws Error where the limits of one of these cannot be enforced here.
  void check_limits(const std::vector<FunctionSpec>& functions);

  boost::asio::io_context& io() { return io_; }
  probes::Session& session() { return session_; }
  const std::filesystem::path& run_directory() const { return run_directory_; }

  /// From now on each cold_start() has its stacks. Throws Error where that does not work here.
  /// Slows what is started; not for several starts at a time.
  void sample_stacks(int rate_hz);

 private:
  friend class ColdStart;

  // One more start is under way, or one less. Returns the integral of their number over time.
  double count_starting(int change, std::int64_t now_ns);
  // Before the first start of crun, which refuses some layouts of cgroups.
  void settle_cgroups(const LaunchPlan& plan);
  void give_up_cgroups(std::uint64_t instance);

  IoContext io_;
  Launcher& launcher_;
  probes::Session& session_;
  std::unique_ptr<StackWatch> stacks_;  // null: not asked for
  EventHub hub_;
  std::filesystem::path run_directory_;
  PortPool ports_;
  std::map<std::string, std::set<int>>
      slots_;  // of each function, those in use: LaunchContext::slot
  std::uint64_t last_instance_ = 0;
  std::optional<CgroupLayout> cgroups_;
  int starting_ = 0;  // starts under way, under load
  // Their number, integrated over time until it changed last.
  double starting_sum_ns_ = 0;
  std::int64_t starting_changed_ns_ = 0;
  int open_records_ = 0;  // starts under load whose record is not built yet
  std::vector<std::uint64_t> alive_;
  bool cgroups_settled_ = false;  // see settle_cgroups()
};

}  // namespace coldstart::harness
