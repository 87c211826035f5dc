#include "harness/platform/cold_start.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fcntl.h>
#include <limits>
#include <set>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "harness/platform/cache_state.h"
#include "harness/platform/listeners.h"
#include "harness/platform/stack_watch.h"
#include "harness/process/container_cgroups.h"
#include "harness/process/launcher.h"
#include "harness/process/monotonic.h"
#include "harness/process/spawn.h"
#include "probes/files_needed.h"
#include "results/model/error.h"

namespace asio = boost::asio;

namespace coldstart::harness {
namespace {

Fd memory_file(const char* name) {
  Fd file(::memfd_create(name, MFD_CLOEXEC));
  if (!file) throw Error("memfd", ::strerror(errno));
  return file;
}

// A JVM that is told so by the measured command leaves a file in /tmp at each of its ends. What
// somebody else told it (in our own environment, say) somebody else may want to read.
bool asks_for_perf_map(const FunctionSpec& function) {
  const auto asks = [](const std::string& word) {
    return word.find("+DumpPerfMapAtExit") != std::string::npos;
  };
  return std::any_of(function.command.begin(), function.command.end(), asks) ||
         std::any_of(function.jvm_args.begin(), function.jvm_args.end(), asks) ||
         std::any_of(function.env.begin(), function.env.end(),
                     [&](const auto& variable) { return asks(variable.second); });
}

}  // namespace

ColdStart::ColdStart(Platform& platform, const FunctionSpec& function, const StartOptions& options,
                     std::uint64_t instance)
    : platform_(platform),
      function_(function),
      options_(options),
      channel_(platform.hub_.open(instance)),
      slots_(platform.slots_[function.name]),
      connection_(platform.io_) {
  record_.instance = instance;
  while (!slots_.insert(slot_).second) slot_ += 1;
  by_event_ = options.readiness == Readiness::kAuto && platform.session_.live();
  platform_.alive_.push_back(instance);
}

ColdStart::~ColdStart() {
  channel_->on_event = nullptr;
  if (!cgroups_.empty() && !launched_) platform_.give_up_cgroups(record_.instance);
  leave_the_starting();
  close_record();
  platform_.hub_.forget(record_.instance);
  slots_.erase(slot_);
  std::erase(platform_.alive_, record_.instance);
}

asio::awaitable<Start> ColdStart::run() {
  StackWatch* const stacks = platform_.stacks_.get();
  prepare();
  prepare_cache();
  lost_before_ = platform_.session_.lost_events();
  if (!port_is_taken()) {
    if (stacks) stacks->begin();
    view_.due_ns = monotonic_ns();
    deadline_ns_ = view_.due_ns + function_.timeout.count();
    launch();
    co_await serve();
  }
  platform_.hub_.fetch_events();
  if (stacks) stacks->look(channel_->events);
  if (rehearsal_) complete_rehearsal();
  check_cache_proof();
  record_.outlived = channel_->exited && !channel_->empty;
  note_exit();
  co_await end_instance();
  platform_.hub_.fetch_events();
  if (stacks) stacks->finish(channel_->events, asks_for_perf_map(function_));
  write_record();
  // Of a rehearsal nobody wants to see them.
  if (stacks && !rehearsal_) {
    record_.stacks =
        stacks->profile(record_.instance, view_.due_ns, record_.timeline, plan_.rootfs);
  }
  if (platform_.open_records_ == 0) platform_.session_.between_starts();
  co_return std::move(record_);
}

void ColdStart::request(const FirstRequest& first, WhoWaits who_waits) {
  who_waits_ = std::move(who_waits);
  if (!view_.listens) {
    first_ = first;
    // The environment of a container is written already, and not this one.
    if (first.work && function_.runtime != RuntimeKind::kContainer) {
      const auto time = std::chrono::round<std::chrono::microseconds>(*first.work);
      launch_.environment.push_back("COLDSTART_DURATION_US=" + std::to_string(time.count()));
    }
  }
  lost_before_ = platform_.session_.lost_events();
  platform_.open_records_ += 1;
  has_open_record_ = true;
  starting_since_ns_ = monotonic_ns();
  starting_sum_ns_ = platform_.count_starting(1, starting_since_ns_);
  record_.cache = "as-found";
  record_.account.absent["cache"] = "under load the page cache is left as it is found";
  view_.due_ns = first.due_ns;
  deadline_ns_ = first.deadline_ns;
  if (!port_is_taken()) launch();
}

asio::awaitable<void> ColdStart::serve() {
  if (launched_ && view_.listens) {
    co_await serve_http();
  } else if (launched_) {
    co_await serve_exec();
  }
  leave_the_starting();
}

void ColdStart::leave_the_starting() {
  if (starting_since_ns_ == 0) return;
  const std::int64_t now = monotonic_ns();
  const auto lasted = static_cast<double>(std::max<std::int64_t>(now - starting_since_ns_, 1));
  const double mean = (platform_.count_starting(-1, now) - starting_sum_ns_) / lasted;
  record_.in_flight = std::max(1, static_cast<int>(std::lround(mean)));
  starting_since_ns_ = 0;
}

// Stacks in the kernel's map are needed until no start refers to them.
void ColdStart::close_record() {
  if (!has_open_record_) return;
  has_open_record_ = false;
  platform_.open_records_ -= 1;
  if (platform_.open_records_ == 0) platform_.session_.between_starts();
}

Start ColdStart::take_record() {
  note_exit();
  write_record();
  give_up_record();
  return std::move(record_);
}

void ColdStart::give_up_record() {
  channel_->collects = false;
  channel_->events = {};
  close_record();
}

bool ColdStart::has_died() const {
  if (channel_->failed || channel_->gone) return true;
  if (!channel_->exited) return false;
  const int status = channel_->exited->wait_status;
  return channel_->empty || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

// Everything that need not be part of the measured time.
void ColdStart::prepare() {
  view_.tracks = options_.tracks;
  view_.listens = function_.contract == ContractKind::kHttp;
  if (view_.listens) {
    const std::optional<int> configured = configured_port(function_);
    is_configured_ = configured.has_value();
    if (!configured) lease_ = PortLease(platform_.ports_);
    offered_port_ = configured ? *configured : lease_.port();
    record_.offered_port = offered_port_;
  }
  LaunchContext context{platform_.run_directory_,
                        record_.instance,
                        instance_mark(platform_.launcher_.pid(), record_.instance),
                        offered_port_,
                        slot_,
                        {}};
  prepare_limits(context);
  plan_ = plan_launch(function_, context);
  platform_.settle_cgroups(plan_);
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
    rehearsal_ = std::make_unique<Rehearsal>(
        platform_.session_, plan_.rootfs.string(), plan_.directory.string(),
        options_.files != nullptr ? *options_.files : own_files_);
    channel_->on_event = [this](const probes::Event& event) { rehearsal_->see(event); };
  }
  network_namespace_ = own_network_namespace();
}

// A container's engine makes a group within ours and stays outside of it; any other first process
// is put into ours. So is an engine, and its container with it, in the part of a hybrid layout that
// the engine does not use.
void ColdStart::prepare_limits(LaunchContext& context) {
  if (!function_.limits.any()) return;
  const bool container = function_.runtime == RuntimeKind::kContainer;
  const CgroupLayout layout = container ? at_one_path(platform_.cgroups()) : platform_.cgroups();
  const std::string name = "coldstart-" + context.mark;
  cgroups_ = plan_cgroups(layout, name, function_.limits);
  platform_.launcher_.own_cgroups(record_.instance, cgroups_);
  make_cgroups(layout, cgroups_, function_.limits);
  if (container) {
    context.cgroup = layout.places.begin()->second.in_hierarchy / name / kContainerGroup;
    for (const std::string& folder : cgroups_.folders) {
      if (folder.starts_with(std::string(kHybridCgroup) + '/')) {
        launch_.cgroups.folders.push_back(folder);
      }
    }
  } else {
    launch_.cgroups = cgroups_;
  }
}

// After all other preparations: they read files, too.
void ColdStart::prepare_cache() {
  if (!options_.cache || *options_.cache == CacheState::kWarm) return;
  if (!options_.files)
    throw Error("cache", "no rehearsal has shown the files of " + function_.name);
  CacheOutcome outcome = establish(*options_.files, *options_.cache, options_.drop_caches);
  record_.account.cache = std::move(outcome.proof);
  if (!outcome.unknown.empty()) record_.account.absent["cache"] = std::move(outcome.unknown);
  for (const FileState& file : options_.files->states()) {
    cached_before_[{file.inode, probes::kernel_device(file.device)}] = file.cached_bytes;
  }
}

// The proof is of the files that the rehearsal touched. Whether they are those of this start is
// known only now. While the instance lives, so that what is new can be found for the next start.
void ColdStart::check_cache_proof() {
  if (!options_.cache || *options_.cache == CacheState::kWarm) return;
  const CacheState state = *options_.cache;
  std::vector<std::string> uncovered;
  for (const probes::NeededFile& file : probes::files_needed(
           channel_->events, view_.due_ns,
           view_.responded_ns.value_or(std::numeric_limits<std::int64_t>::max()))) {
    const bool as_seen = state == CacheState::kPageCache;
    if (options_.files->covers(file.inode, file.device, as_seen)) continue;
    uncovered.push_back(file.path);
    if (!options_.files->add(file.pid, file.path, file.inode)) {
      options_.files->add_if(plan_.rootfs, plan_.directory, file.path, file.inode);
    }
  }
  const bool proven = record_.account.cache && record_.account.cache->proven;
  if (proven && !uncovered.empty()) withdraw(record_.account, uncovered);
}

// A port that we did not choose may be in use: then somebody else would answer. Ours was free just
// now, see port_thief() for what remains.
bool ColdStart::port_is_taken() {
  if (!view_.listens || !is_configured_) return false;
  const auto other =
      foreign_listener(static_cast<std::uint16_t>(offered_port_), platform_.launcher_.pid());
  if (!other) return false;
  view_.requested_ns = monotonic_ns();
  if (view_.due_ns == 0) view_.due_ns = view_.requested_ns;
  record_.outcome = Outcome::kNotStarted;
  record_.message = "port " + std::to_string(offered_port_) + " is taken by " + *other +
                    "; end it, or use another port";
  return true;
}

void ColdStart::launch() {
  view_.requested_ns = monotonic_ns();
  platform_.launcher_.launch(launch_);
  launched_ = true;
  // The launcher has its own. Exec: the pipe ends when the function's last copy is closed; else: of
  // thousands of instances each keeps as few descriptors as it can.
  output_.reset();
  input_.reset();
}

// What the function reads, in part known without having been seen: what its command names.
void ColdStart::complete_rehearsal() {
  rehearsal_->examine_all();
  FileSet& files = rehearsal_->files();
  files.add(plan_.executable);
  if (platform_.session_.live()) {
    if (!function_.script.empty()) files.add(function_.script);
    if (!function_.jar.empty()) files.add(function_.jar);
    for (const std::filesystem::path& entry : function_.classpath) {
      const bool is_jar = std::filesystem::is_regular_file(entry);
      is_jar ? void(files.add(entry))
             : files.add_below(entry.filename() == "*" ? entry.parent_path() : entry);
    }
    if (!plan_.rootfs.empty()) files.add_below(plan_.rootfs);
  }
  if (platform_.session_.lost_events() != lost_before_) {
    files.set_incomplete("events of the rehearsal were lost, perhaps of files that it opened");
  }
  if (record_.outcome != Outcome::kOk) {
    files.set_incomplete("the rehearsal did not answer: " + record_.message);
  }
}

// Not our own stop: asked for before.
void ColdStart::note_exit() {
  if (!channel_->exited) return;
  const int status = channel_->exited->wait_status;
  if (WIFEXITED(status)) record_.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) record_.exit_signal = WTERMSIG(status);
}

asio::awaitable<void> ColdStart::end_instance() {
  if (!launched_) co_return;
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
  const auto cached_bytes = [this](std::uint64_t inode,
                                   std::uint32_t device) -> std::optional<std::int64_t> {
    const auto known = cached_before_.find({inode, device});
    return known == cached_before_.end() ? std::nullopt : known->second;
  };
  Account account = probes::build_account(std::move(channel_->events), view_, built, tiers,
                                          kernel_wait, cached_bytes);
  // What was found out of the page cache before the start stays.
  account.cache = std::move(record_.account.cache);
  account.absent.merge(record_.account.absent);
  record_.account = std::move(account);
  record_.timeline = built.timeline;
  refuse_without_latency(record_);
  if (built.serving_pid != 0) {
    record_.pid = built.serving_pid;
  } else if (channel_->exited) {
    record_.pid = channel_->exited->pid;
  }
}

}  // namespace coldstart::harness
